package dev.varve.health;

import dev.varve.eventlog.EventLog;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// How far each stream of the log was read, and when that was. Its text form is what a client resumes from: opaque to
/// the client, and it says nothing about anybody's events.
public record TailPosition(Instant at, Map<Long, Long> offsets) {
    /// More streams than processes ever run at once; a longer text was made by nobody.
    private static final int MOST_STREAMS = 64;
    private static final int RADIX = 36;
    private static final Pattern TEXT =
            Pattern.compile("[0-9a-z]{1,10}(\\.[0-9a-z]{1,4}-[0-9a-z]{1,8}){1," + MOST_STREAMS + "}");

    /// Too old to resume from.
    public static final TailPosition LOST = new TailPosition(Instant.EPOCH, Map.of());

    public TailPosition {
        offsets = Map.copyOf(offsets);
    }

    /// The same, with this event read too.
    TailPosition past(long offset) {
        Map<Long, Long> further = new TreeMap<>(offsets);
        further.put(EventLog.streamOf(offset), offset);
        return new TailPosition(at, further);
    }

    TailPosition seenAt(Instant moment) {
        return new TailPosition(moment, offsets);
    }

    public OptionalLong of(long stream) {
        Long offset = offsets.get(stream);
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    public long newestStream() {
        return offsets.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /// Whether the event lies before this position. A stream that is not named is over when a newer one is, else it
    /// had not begun.
    boolean covers(long offset) {
        long stream = EventLog.streamOf(offset);
        Long read = offsets.get(stream);
        return read == null ? stream < newestStream() : offset <= read;
    }

    String text() {
        return new TreeMap<>(offsets)
                .entrySet().stream()
                        .map(entry -> text(entry.getKey()) + "-"
                                + text(entry.getValue() - EventLog.firstOffset(entry.getKey())))
                        .collect(Collectors.joining(".", text(at.toEpochMilli()) + ".", ""));
    }

    /// Empty for a text that is none.
    public static Optional<TailPosition> parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            return Optional.empty();
        }
        String[] parts = text.split("\\.");
        Map<Long, Long> offsets = new TreeMap<>();
        Arrays.stream(parts).skip(1).map(part -> part.split("-")).forEach(pair -> {
            long stream = number(pair[0]);
            offsets.put(stream, EventLog.firstOffset(stream) + number(pair[1]) % (1L << EventLog.POSITION_BITS));
        });
        return Optional.of(new TailPosition(Instant.ofEpochMilli(number(parts[0])), offsets));
    }

    private static String text(long number) {
        return Long.toString(number, RADIX);
    }

    private static long number(String text) {
        return Long.parseLong(text, RADIX);
    }
}
