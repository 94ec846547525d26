package dev.varve.store.postgres.timeline;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/// A window of arrival, cut where the minute counts can answer: its whole minutes, and the parts of minutes at its
/// edges. All ranges are without their end; the parts together are the window, and none overlaps another. Pure.
record ArrivalWindow(Range minutes, List<Range> edges) {
    record Range(Instant from, Instant until) {
        boolean isEmpty() {
            return !from.isBefore(until);
        }
    }

    /// `since` inclusive, `until` exclusive, in the precision of the store.
    static ArrivalWindow of(Instant since, Instant until) {
        Instant firstMinute = minuteAtOrAfter(since);
        Instant lastMinute = until.truncatedTo(ChronoUnit.MINUTES);
        if (lastMinute.isBefore(firstMinute)) {
            return new ArrivalWindow(new Range(firstMinute, firstMinute), notEmpty(new Range(since, until)));
        }
        return new ArrivalWindow(
                new Range(firstMinute, lastMinute),
                notEmpty(new Range(since, firstMinute), new Range(lastMinute, until)));
    }

    private static Instant minuteAtOrAfter(Instant instant) {
        Instant minute = instant.truncatedTo(ChronoUnit.MINUTES);
        return minute.equals(instant) ? minute : minute.plus(1, ChronoUnit.MINUTES);
    }

    private static List<Range> notEmpty(Range... ranges) {
        return Stream.of(ranges).filter(range -> !range.isEmpty()).toList();
    }
}
