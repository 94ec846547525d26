package dev.varve.delivery;

import dev.varve.event.LoggedEvent;
import dev.varve.eventlog.AppendResult;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventRef;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// A log with some streams of its own, which the test chooses among. Takes every event, also a repeated one.
final class ListLog implements EventLog {
    private final TreeMap<Long, LoggedEvent> events = new TreeMap<>();
    private volatile List<Long> streams;
    private volatile List<Long> adopted = List.of();
    private Runnable beforeRead = () -> {};
    private Consumer<List<LoggedEvent>> listener = group -> {};

    /// With streams 1 to `streams`.
    ListLog(int streams) {
        this.streams = LongStream.rangeClosed(1, streams).boxed().toList();
    }

    @Override
    public AppendResult append(EventBatch batch) {
        return append(1, batch);
    }

    synchronized AppendResult append(long stream, EventBatch batch) {
        List<LoggedEvent> group = batch.events().stream()
                .map(event -> {
                    LoggedEvent logged = new LoggedEvent(last(stream) + 1, batch.receivedAt(), event);
                    events.put(logged.offset(), logged);
                    return logged;
                })
                .toList();
        listener.accept(group);
        return new AppendResult(group.size(), new BitSet());
    }

    /// While somebody is about to read, the writers have lost their streams, which are adopted, and go on in another.
    synchronized void changeStreamAtNextRead(long to, Runnable then) {
        beforeRead = () -> {
            beforeRead = () -> {};
            adopted = streams;
            streams = List.of(to);
            then.run();
        };
    }

    /// The writers have gone on in other streams; those they left are adopted.
    synchronized void changeStreams(List<Long> to) {
        adopted = streams.stream().filter(left -> !to.contains(left)).toList();
        streams = to;
    }

    /// The offset of the newest event of a stream.
    synchronized long last(long stream) {
        Long newest = events.lowerKey(EventLog.firstOffset(stream + 1));
        return newest == null || newest < EventLog.firstOffset(stream) ? EventLog.firstOffset(stream) : newest;
    }

    @Override
    public synchronized List<LoggedEvent> read(long stream, long after, int max) {
        beforeRead.run();
        return events
                .subMap(Math.max(after, EventLog.firstOffset(stream)), false, EventLog.firstOffset(stream + 1), false)
                .values()
                .stream()
                .limit(max)
                .toList();
    }

    @Override
    public synchronized List<LoggedEvent> fetch(Set<EventRef> refs) {
        return events.values().stream()
                .filter(e -> refs.contains(new EventRef(e.offset(), e.event().occurredAt())))
                .toList();
    }

    @Override
    public List<Long> heldStreams() {
        return Stream.concat(streams.stream(), adopted.stream()).toList();
    }

    @Override
    public List<Long> ownStreams() {
        return streams;
    }

    @Override
    public synchronized void onCommitted(Consumer<List<LoggedEvent>> newListener) {
        listener = newListener;
    }
}
