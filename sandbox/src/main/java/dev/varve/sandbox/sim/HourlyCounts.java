package dev.varve.sandbox.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Counted events per hour of arrival, the platforms' statistics. Keeps 31 days and at most 200,000 cells. Thread-safe.
public final class HourlyCounts {
    private static final Duration KEPT = Duration.ofDays(31);
    private static final int MAX_CELLS = 200_000;

    /// Server and browser events of one name.
    public record Count(int server, int browser) {
        public static final Count NONE = new Count(0, 0);

        Count plus(int moreServer, int moreBrowser) {
            return new Count(server + moreServer, browser + moreBrowser);
        }

        public Count plus(Count other) {
            return plus(other.server, other.browser);
        }
    }

    private record Cell(SimPlatform platform, String pixelId, String eventName) {}

    private final NavigableMap<Instant, Map<Cell, Count>> hours = new TreeMap<>();
    private int cells;

    synchronized void add(SimPlatform platform, String pixelId, String eventName, Instant at, int server, int browser) {
        Instant hour = hourOf(at);
        while (!hours.isEmpty() && hours.firstKey().isBefore(at.minus(KEPT))) {
            cells -= hours.pollFirstEntry().getValue().size();
        }
        Map<Cell, Count> counts = hours.computeIfAbsent(hour, _ -> new HashMap<>());
        Cell cell = new Cell(platform, pixelId, eventName);
        if (!counts.containsKey(cell)) {
            if (cells >= MAX_CELLS) {
                return;
            }
            cells++;
        }
        counts.merge(cell, Count.NONE.plus(server, browser), Count::plus);
    }

    /// Hours that begin in [from, until) and have counts for the pixel, by event name.
    public synchronized NavigableMap<Instant, Map<String, Count>> between(
            SimPlatform platform, String pixelId, Instant from, Instant until) {
        NavigableMap<Instant, Map<String, Count>> found = new TreeMap<>();
        if (!from.isBefore(until)) {
            return found;
        }
        hours.subMap(from, true, until, false)
                .forEach((hour, counts) -> counts.forEach((cell, count) -> {
                    if (cell.platform == platform && cell.pixelId.equals(pixelId)) {
                        found.computeIfAbsent(hour, _ -> new TreeMap<>()).put(cell.eventName, count);
                    }
                }));
        return found;
    }

    public static Instant hourOf(Instant at) {
        return at.truncatedTo(java.time.temporal.ChronoUnit.HOURS);
    }

    synchronized void clear() {
        hours.clear();
        cells = 0;
    }
}
