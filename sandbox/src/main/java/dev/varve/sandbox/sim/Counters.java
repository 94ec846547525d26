package dev.varve.sandbox.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/// Requests and events per platform and pixel. `eventsAccepted` are the acknowledged ones, duplicates among them;
/// `duplicates` those that were not counted again; `eventsRejected` events of refused requests. Past 10,000 pixels the
/// rest share the name `(other)`. Thread-safe.
public final class Counters {
    private static final int MAX_PIXELS = 10_000;

    public enum Kind {
        REQUESTS("requests"),
        ACCEPTED("eventsAccepted"),
        DUPLICATES("duplicates"),
        REJECTED("eventsRejected"),
        TEST_EVENTS("testEvents");

        private final String wireName;

        Kind(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    private final Map<SimPlatform, Map<String, long[]>> counts = new EnumMap<>(SimPlatform.class);

    public synchronized void add(SimPlatform platform, String pixelId, Kind kind, long amount) {
        Map<String, long[]> pixels = counts.computeIfAbsent(platform, _ -> new TreeMap<>());
        String name = pixels.containsKey(pixelId) || pixels.size() < MAX_PIXELS ? pixelId : "(other)";
        pixels.computeIfAbsent(name, _ -> new long[Kind.values().length])[kind.ordinal()] += amount;
    }

    public synchronized long total(SimPlatform platform, Kind kind) {
        return counts.getOrDefault(platform, Map.of()).values().stream()
                .mapToLong(pixel -> pixel[kind.ordinal()])
                .sum();
    }

    public synchronized ObjectNode toJson() {
        ObjectNode json = Json.object();
        for (SimPlatform platform : SimPlatform.values()) {
            ObjectNode one = json.putObject(platform.shortName());
            for (Kind kind : Kind.values()) {
                one.put(kind.wireName(), total(platform, kind));
            }
            ObjectNode pixels = one.putObject("pixels");
            counts.getOrDefault(platform, Map.of()).forEach((pixelId, values) -> {
                ObjectNode pixel = pixels.putObject(pixelId);
                for (Kind kind : Kind.values()) {
                    pixel.put(kind.wireName(), values[kind.ordinal()]);
                }
            });
        }
        return json;
    }

    synchronized void clear() {
        counts.clear();
    }
}
