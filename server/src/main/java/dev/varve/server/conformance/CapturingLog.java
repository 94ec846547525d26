package dev.varve.server.conformance;

import dev.varve.event.LoggedEvent;
import dev.varve.eventlog.AppendResult;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventRef;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Keeps what the collector appends until it is taken. Has one stream and no disk. Not thread-safe.
public final class CapturingLog implements EventLog {
    private List<LoggedEvent> events = new ArrayList<>();

    /// What was appended since the last call.
    public List<LoggedEvent> take() {
        List<LoggedEvent> taken = events;
        events = new ArrayList<>();
        return taken;
    }

    @Override
    public AppendResult append(EventBatch batch) {
        batch.events().forEach(event -> events.add(new LoggedEvent(events.size(), batch.receivedAt(), event)));
        return new AppendResult(batch.events().size(), new BitSet());
    }

    @Override
    public List<LoggedEvent> read(long stream, long after, int max) {
        return List.of();
    }

    @Override
    public List<LoggedEvent> fetch(Set<EventRef> refs) {
        return List.of();
    }

    @Override
    public List<Long> heldStreams() {
        return List.of();
    }

    @Override
    public List<Long> ownStreams() {
        return List.of(0L);
    }

    @Override
    public void onCommitted(Consumer<List<LoggedEvent>> listener) {}
}
