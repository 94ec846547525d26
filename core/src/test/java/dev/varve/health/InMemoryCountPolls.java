package dev.varve.health;

import dev.varve.destination.Destination;
import dev.varve.destination.PlatformCounts.Period;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Polls and counts in memory, for tests.
final class InMemoryCountPolls implements CountPolls {
    private final Map<Destination.Key, Entry> entries = new LinkedHashMap<>();

    static final class Entry {
        final Map<Instant, Long> events = new TreeMap<>();
        boolean enabled = true;
        String pixelId;
        Instant configuredAt;
        Instant nextAt;

        @Nullable
        Instant countedUntil;

        @Nullable
        String unreadable;

        @Nullable
        Instant unreadableSince;

        Entry(String pixelId, Instant at) {
            this.pixelId = pixelId;
            this.configuredAt = at;
            this.nextAt = at;
        }
    }

    synchronized Destination.Key add(Instant at) {
        Destination.Key key = new Destination.Key(UUID.randomUUID(), Platform.META);
        entries.put(key, new Entry("pixel", at));
        return key;
    }

    synchronized Entry entry(Destination.Key key) {
        return Objects.requireNonNull(entries.get(key));
    }

    synchronized void configure(Destination.Key key, String pixelId, Instant at) {
        Entry entry = entry(key);
        if (!entry.pixelId.equals(pixelId)) {
            entry.events.clear();
            entry.countedUntil = null;
        }
        entry.pixelId = pixelId;
        entry.configuredAt = at;
        entry.nextAt = at;
        entry.unreadable = null;
        entry.unreadableSince = null;
    }

    @Override
    public synchronized List<Due> claim(Platform platform, Instant now, Instant until, int limit) {
        return entries.entrySet().stream()
                .filter(e -> e.getKey().platform() == platform
                        && e.getValue().enabled
                        && !e.getValue().nextAt.isAfter(now))
                .sorted(Comparator.comparing(e -> e.getValue().nextAt))
                .limit(limit)
                .map(e -> claimed(e.getKey(), e.getValue(), until))
                .toList();
    }

    private static Due claimed(Destination.Key key, Entry entry, Instant until) {
        entry.nextAt = until;
        Destination destination = new Destination(
                key,
                true,
                false,
                entry.pixelId,
                Optional.of(new Destination.AccessToken("token")),
                "http://localhost:1",
                Destination.Mapping.DEFAULT);
        return new Due(destination, entry.configuredAt);
    }

    @Override
    public synchronized void counted(Due due, List<Period> periods, Instant countedUntil, Instant nextAt) {
        current(due).ifPresent(entry -> {
            periods.forEach(period -> entry.events.put(period.from(), period.events()));
            entry.countedUntil = countedUntil;
            entry.unreadable = null;
            entry.unreadableSince = null;
            entry.nextAt = nextAt;
        });
    }

    @Override
    public synchronized void unreadable(Due due, String reason, Instant at, Instant nextAt) {
        current(due).ifPresent(entry -> {
            entry.unreadable = reason;
            entry.unreadableSince = entry.unreadableSince == null ? at : entry.unreadableSince;
            entry.nextAt = nextAt;
        });
    }

    @Override
    public synchronized void postponed(Due due, Instant nextAt) {
        current(due).ifPresent(entry -> entry.nextAt = nextAt);
    }

    private Optional<Entry> current(Due due) {
        return Optional.of(entry(due.destination().key()))
                .filter(entry -> entry.configuredAt.equals(due.configuredAt()));
    }
}
