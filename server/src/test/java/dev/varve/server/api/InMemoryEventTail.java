package dev.varve.server.api;

import dev.varve.event.LoggedEvent;
import dev.varve.eventlog.EventLog;
import dev.varve.health.EventTail;
import dev.varve.health.TailPosition;
import dev.varve.health.Timeline.TimelineEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;

/// A log of one stream in memory.
final class InMemoryEventTail implements EventTail {
    static final long STREAM = 1;
    private final SortedMap<Long, TimelineEntry> entries = new ConcurrentSkipListMap<>();

    long nextOffset() {
        return last() + 1;
    }

    /// Also replaces what is at that offset.
    void put(TimelineEntry entry) {
        entries.put(entry.logged().offset(), entry);
    }

    private long last() {
        return entries.isEmpty() ? EventLog.firstOffset(STREAM) : entries.lastKey();
    }

    @Override
    public TailPosition end() {
        return new TailPosition(Instant.now(), Map.of(STREAM, last()));
    }

    @Override
    public Slice after(Set<UUID> projects, TailPosition after, int limit) {
        List<TimelineEntry> found = behind(after).stream()
                .filter(entry -> projects.contains(entry.logged().identity().projectId()))
                .limit(limit)
                .toList();
        boolean isCut = found.size() == limit;
        long end = isCut ? found.getLast().logged().offset() : last();
        return new Slice(found, new TailPosition(Instant.now(), Map.of(STREAM, end)), isCut);
    }

    @Override
    public Optional<Instant> arrivalAfter(TailPosition after) {
        return behind(after).stream().map(entry -> entry.logged().receivedAt()).findFirst();
    }

    @Override
    public List<TimelineEntry> now(List<LoggedEvent> events) {
        return events.stream()
                .map(event -> Objects.requireNonNull(entries.get(event.offset())))
                .toList();
    }

    private List<TimelineEntry> behind(TailPosition after) {
        return List.copyOf(entries.tailMap(after.of(STREAM).orElse(EventLog.firstOffset(STREAM)) + 1)
                .values());
    }
}
