package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Everything the relay learned since the last write, recorded in one transaction, so that receipts, counts and
/// positions can never contradict each other. Not thread-safe; filled by `Recorder` under its lock.
public final class LedgerWrite {
    /// Names the write: `number` rises with every write of one `writer`, so a write whose answer was lost is not
    /// done twice.
    public final UUID writer;

    public final long number;

    public LedgerWrite(UUID writer, long number) {
        this.writer = writer;
        this.number = number;
    }

    public final List<Receipt> receipts = new ArrayList<>();
    public final List<ForwardRequest> requests = new ArrayList<>();
    public final List<FailedAttempt> attempts = new ArrayList<>();
    /// Inserted; one that is there because of a replay is brought up to date instead and dead again.
    public final List<DeadLetter> deadLetters = new ArrayList<>();
    /// Inserted, or updated when the (event, destination) is there.
    public final Map<BacklogKey, BacklogEntry> backlog = new HashMap<>();
    /// Leave the backlog, because they were settled; applied after `backlog`. When one came from a replay and is not
    /// among the dead letters again, its dead letter goes with it.
    public final List<BacklogKey> settledBacklog = new ArrayList<>();
    public final Map<Counted, Long> counts = new HashMap<>();
    public final Map<String, Instant> lastEventByApp = new HashMap<>();
    public final Map<ActivityKey, Activity> activity = new HashMap<>();
    public final Map<Destination.Key, DestinationState> states = new HashMap<>();
    /// Stream → its opening by this writer. What the write says of these streams stands only while that is the newest
    /// one. A stream without it is not checked.
    public final Map<Long, Long> epochs = new HashMap<>();
    /// Stream → offset up to which everything is settled or in the backlog.
    public final Map<Long, Long> positions = new HashMap<>();

    /// A count and the stream of the events it counts; `NO_STREAM`: of requests.
    public record Counted(RollupKey key, long stream) {}

    public static final long NO_STREAM = -1;

    public record BacklogKey(Destination.Key destination, long offset) {}

    public record ActivityKey(Destination.Key destination, String appId) {}

    /// `Instant.MIN` = not in this write.
    public record Activity(Instant lastEligibleAt, Instant lastForwardAt) {
        static final Activity NONE = new Activity(Instant.MIN, Instant.MIN);

        Activity max(Activity other) {
            return new Activity(later(lastEligibleAt, other.lastEligibleAt), later(lastForwardAt, other.lastForwardAt));
        }

        private static Instant later(Instant a, Instant b) {
            return a.isAfter(b) ? a : b;
        }
    }

    public void count(RollupKey key, long stream, long amount) {
        counts.merge(new Counted(key, stream), amount, Long::sum);
    }

    /// The same write without what it says of events of these streams, which others work on now. What was learned of
    /// requests and destinations stays.
    LedgerWrite without(Set<Long> streams) {
        LedgerWrite left = new LedgerWrite(writer, number);
        receipts.stream().filter(r -> !streams.contains(stream(r.event()))).forEach(left.receipts::add);
        left.requests.addAll(requests);
        attempts.stream()
                .filter(a -> !streams.contains(EventLog.streamOf(a.offset())))
                .forEach(left.attempts::add);
        deadLetters.stream()
                .filter(d -> !streams.contains(EventLog.streamOf(d.event().offset())))
                .forEach(left.deadLetters::add);
        left.backlog.putAll(backlog);
        left.backlog.keySet().removeIf(key -> streams.contains(EventLog.streamOf(key.offset())));
        settledBacklog.stream()
                .filter(key -> !streams.contains(EventLog.streamOf(key.offset())))
                .forEach(left.settledBacklog::add);
        left.counts.putAll(counts);
        left.counts.keySet().removeIf(counted -> streams.contains(counted.stream()));
        left.lastEventByApp.putAll(lastEventByApp);
        left.activity.putAll(activity);
        left.states.putAll(states);
        left.epochs.putAll(epochs);
        left.epochs.keySet().removeAll(streams);
        left.positions.putAll(positions);
        left.positions.keySet().removeAll(streams);
        return left;
    }

    /// Streams of whose events the write says anything.
    Set<Long> streams() {
        Set<Long> streams = new HashSet<>(positions.keySet());
        receipts.forEach(receipt -> streams.add(stream(receipt.event())));
        backlog.keySet().forEach(key -> streams.add(EventLog.streamOf(key.offset())));
        settledBacklog.forEach(key -> streams.add(EventLog.streamOf(key.offset())));
        counts.keySet().forEach(counted -> streams.add(counted.stream()));
        return streams;
    }

    private static long stream(EventRef event) {
        return EventLog.streamOf(event.offset());
    }

    public void activity(Destination.Key destination, String appId, Activity seen) {
        activity.merge(new ActivityKey(destination, appId), seen, Activity::max);
    }

    public boolean isEmpty() {
        return receipts.isEmpty()
                && requests.isEmpty()
                && backlog.isEmpty()
                && settledBacklog.isEmpty()
                && counts.isEmpty()
                && lastEventByApp.isEmpty()
                && states.isEmpty()
                && positions.isEmpty();
    }

    /// Rows this write holds, for bounding memory.
    public int size() {
        return receipts.size() + backlog.size() + settledBacklog.size() + requests.size();
    }

    /// A (log offset, platform) that has an entry already.
    public record Entry(long offset, Platform platform) {}
}
