package dev.varve.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.event.Platform;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One entry of a file: a case, or why it is none.
sealed interface CaseReading {
    /// Before this many milliseconds a time in digits is taken for seconds.
    long MILLISECONDS = 100_000_000_000L;

    record Usable(Case value) implements CaseReading {}

    record IllFormed(String id, String reason) implements CaseReading {}

    static boolean isCase(JsonNode entry) {
        return entry.has("neutral_event");
    }

    /// One reading per platform the case speaks of.
    static List<CaseReading> read(JsonNode entry, int index) {
        String id = entry.path("id").asText("#" + (index + 1));
        JsonNode event = entry.path("neutral_event");
        if (!event.isObject()) {
            return List.of(new IllFormed(id, "neutral_event: expected an object"));
        }
        String tier = entry.path("tier").asText("A");
        if (!tier.equals("A") && !tier.equals("B")) {
            return List.of(new IllFormed(id, "tier: expected A or B, got " + tier));
        }
        Instant now = now(entry, event);
        if (now == null) {
            return List.of(new IllFormed(id, "mocked_now or suggested_now: expected a date and time"));
        }
        List<Platform> platforms = platforms(entry, event);
        if (platforms.isEmpty()) {
            return List.of(new IllFormed(id, "neither its event nor its expectations say which platform is meant"));
        }
        String problem = Expectations.problem(entry);
        if (problem != null) {
            return List.of(new IllFormed(id, problem));
        }
        List<CaseReading> readings = new ArrayList<>();
        for (Platform platform : platforms) {
            readings.add(new Usable(new Case(id, tier.equals("A"), platform, now, event, entry)));
        }
        return readings;
    }

    /// By the stated expectations; where these are of either platform, by the word for the source.
    private static List<Platform> platforms(JsonNode entry, JsonNode event) {
        List<Platform> stated = new ArrayList<>();
        for (Platform platform : Platform.values()) {
            if (Expectations.speaksOf(platform, entry)) {
                stated.add(platform);
            }
        }
        if (!stated.isEmpty()) {
            return stated;
        }
        if (event.hasNonNull("eventSource")) {
            return List.of(Platform.TIKTOK);
        }
        return event.hasNonNull("actionSource") ? List.of(Platform.META) : List.of();
    }

    /// Null: stated and unreadable. Without a stated clock, one minute after the event.
    private static @Nullable Instant now(JsonNode entry, JsonNode event) {
        for (String name : List.of("mocked_now", "suggested_now")) {
            if (entry.hasNonNull(name)) {
                return instant(entry.get(name));
            }
        }
        Instant happened = instant(event.path("timestamp"));
        return (happened == null ? Instant.EPOCH : happened).plusSeconds(60);
    }

    /// ISO 8601, or digits in seconds or milliseconds.
    static @Nullable Instant instant(JsonNode node) {
        try {
            if (node.isIntegralNumber()) {
                long number = node.longValue();
                return number < MILLISECONDS ? Instant.ofEpochSecond(number) : Instant.ofEpochMilli(number);
            }
            return node.isTextual() ? Instant.parse(node.textValue()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
