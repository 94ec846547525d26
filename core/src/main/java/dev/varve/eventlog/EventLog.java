package dev.varve.eventlog;

import dev.varve.event.LoggedEvent;
import java.util.List;
import java.util.Set;

/// The durable, append-only store of events.
///
/// The log consists of **streams**. Each running process writes a few streams of its own, each with a single writer, so
/// within a stream offsets rise in commit order and a reader can never pass a row that commits late, whatever others
/// do. A stream belongs to the process that holds its lease; the lease ends with the process.
/// Offset = stream number × 2^40 + position, so that one `long` names an event.
///
/// Thread-safe.
public interface EventLog {
    int POSITION_BITS = 40;

    /// Bytes of documents after which a read or fetch ends: a thousand large events would not fit a small heap.
    long READ_BYTES = 2 << 20;

    /// Appends and returns when the whole batch is durable: this return is the moment of acknowledgement.
    /// Events whose `event_id` the app already has are not stored again and named in the result.
    ///
    /// @throws EventLogUnavailableException when nothing of the batch was stored; the caller answers 503
    AppendResult append(EventBatch batch);

    /// Up to `max` events of `stream` with an offset above `after`, in offset order, ending with the one that brings
    /// their documents to `READ_BYTES`. Empty at the end.
    List<LoggedEvent> read(long stream, long after, int max);

    /// The events with these offsets, in offset order, ending with the one that brings their documents to
    /// `READ_BYTES`; offsets that do not exist are left out.
    List<LoggedEvent> fetch(Set<EventRef> refs);

    /// Streams whose lease this process holds now: its own first, then those adopted from writers that died.
    List<Long> heldStreams();

    /// The streams this process writes, at least one, also while their writers have lost their connections.
    List<Long> ownStreams();

    /// Called with every committed group of an own stream, in offset order within the stream, on its writer's thread
    /// and before the group is acknowledged: what a sender sends after an acknowledgement comes later in
    /// another group. Must not block. At most one listener.
    void onCommitted(java.util.function.Consumer<List<LoggedEvent>> listener);

    /// Whether there may be more than what a read or fetch brought.
    static boolean isCut(List<LoggedEvent> events, int max) {
        return events.size() >= max || bytes(events) >= READ_BYTES;
    }

    private static long bytes(List<LoggedEvent> events) {
        return events.stream()
                .mapToLong(event -> event.event().document().length)
                .sum();
    }

    static long streamOf(long offset) {
        return offset >>> POSITION_BITS;
    }

    static long firstOffset(long stream) {
        return stream << POSITION_BITS;
    }
}
