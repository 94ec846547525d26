package dev.varve.bench;

import java.time.Duration;
import java.time.Instant;

/// When the events of a growing installation happened: `events` of them in their order, numbered from 0, over `span`
/// until `end`, more in recent days.
record TimeCurve(Instant end, Duration span, long events) {
    static final double GROWTH = 1.5;

    Instant at(long number) {
        double left = 1 - (double) number / events;
        return end.minusMillis((long) (span.toMillis() * Math.pow(left, GROWTH)));
    }

    /// How many happened before; the number of the first that did not.
    long before(Instant instant) {
        double age = (double) Duration.between(instant, end).toMillis() / span.toMillis();
        if (age <= 0) {
            return events;
        }
        return age >= 1 ? 0 : (long) Math.ceil(events * (1 - Math.pow(age, 1 / GROWTH)));
    }
}
