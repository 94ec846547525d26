package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.destination.PlatformCounts.Counted;
import dev.varve.destination.PlatformCounts.Period;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Sums Meta's hourly buckets. Times come as ISO 8601 with or without a colon in the offset, or as Unix seconds, counts
/// as numbers or strings; what is neither is left out. Not thread-safe.
final class MetaBuckets {
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .toFormatter(Locale.ROOT);
    private static final long MAX_COUNT = 1L << 40;

    private final Instant from;
    private final Instant until;
    private final Instant countedUntil;
    private final SortedMap<Instant, Long> hours = new TreeMap<>();

    MetaBuckets(Instant from, Instant until, Instant countedUntil) {
        this.from = from;
        this.until = until;
        this.countedUntil = countedUntil;
    }

    Instant from() {
        return from;
    }

    Instant until() {
        return until;
    }

    /// One bucket holds the counts of several names; one hour may come in several buckets.
    void add(JsonNode bucket) {
        Instant time = time(bucket.path("start_time"));
        if (time == null || time.isBefore(from) || !time.isBefore(until)) {
            return;
        }
        long events = 0;
        for (JsonNode entry : bucket.path("data")) {
            events += count(entry.path("count"));
        }
        if (events > 0) {
            hours.merge(time.truncatedTo(ChronoUnit.HOURS), events, Long::sum);
        }
    }

    Counted counted() {
        List<Period> periods = hours.entrySet().stream()
                .map(hour -> new Period(hour.getKey(), hour.getKey().plus(1, ChronoUnit.HOURS), hour.getValue()))
                .toList();
        return new Counted(periods, countedUntil);
    }

    private static @Nullable Instant time(JsonNode node) {
        String text = node.asText("").strip();
        try {
            return text.matches("\\d{1,12}")
                    ? Instant.ofEpochSecond(Long.parseLong(text))
                    : OffsetDateTime.parse(text, ISO).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static long count(JsonNode node) {
        String text = node.asText("").strip();
        return text.matches("\\d{1,12}") ? Math.min(Long.parseLong(text), MAX_COUNT) : 0;
    }
}
