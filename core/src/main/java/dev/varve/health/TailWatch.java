package dev.varve.health;

import dev.varve.health.Timeline.TimelineEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The events whose receipts may still change, each for 5 minutes after it was shown. Not thread-safe.
final class TailWatch {
    static final Duration TIME = Duration.ofMinutes(5);
    /// Beyond it the oldest are given up: a busier log cannot be followed by eye anyway.
    static final int MOST_EVENTS = 2_000;

    private final Map<Long, Watched> events = new LinkedHashMap<>();

    private record Watched(TimelineEntry entry, Instant since) {}

    void add(TimelineEntry entry, Instant now) {
        if (entry.receipts().stream().allMatch(Receipt::isSettled)) {
            return;
        }
        events.putIfAbsent(entry.logged().offset(), new Watched(entry, now));
        if (events.size() > MOST_EVENTS) {
            Iterator<Watched> oldest = events.values().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    void forget(Predicate<TimelineEntry> isOfNoInterest, Instant now) {
        events.values()
                .removeIf(watched -> isOfNoInterest.test(watched.entry())
                        || watched.since().plus(TIME).isBefore(now));
    }

    /// Those whose receipts differ from what was known before; what is settled now is watched no longer.
    List<TimelineEntry> changed(EventTail log) {
        if (events.isEmpty()) {
            return List.of();
        }
        List<TimelineEntry> known = events.values().stream().map(Watched::entry).toList();
        List<TimelineEntry> changed = new ArrayList<>();
        for (TimelineEntry entry :
                log.now(known.stream().map(TimelineEntry::logged).toList())) {
            Watched before = events.get(entry.logged().offset());
            if (before != null && !before.entry().receipts().equals(entry.receipts())) {
                changed.add(entry);
                events.put(entry.logged().offset(), new Watched(entry, before.since()));
            }
        }
        events.values().removeIf(watched -> watched.entry().receipts().stream().allMatch(Receipt::isSettled));
        return changed;
    }
}
