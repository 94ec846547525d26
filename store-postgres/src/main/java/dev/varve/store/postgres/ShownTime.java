package dev.varve.store.postgres;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Times are shown in whole milliseconds, and lists are asked for and paged by what is shown. Rows of earlier releases
/// hold finer ones: they stand where their shown time puts them.
public final class ShownTime {
    private static final Duration STEP = Duration.ofMillis(1);

    private ShownTime() {}

    /// What is shown of a stored time.
    public static Instant of(Instant stored) {
        return isEndless(stored) ? stored : stored.truncatedTo(ChronoUnit.MILLIS);
    }

    /// Behind everything that is shown as this time.
    public static Instant after(Instant shown) {
        return isEndless(shown) ? shown : of(shown).plus(STEP);
    }

    /// Where times begin that are shown as `bound` or later. As an exclusive end it leaves those that are
    /// shown earlier.
    public static Instant from(Instant bound) {
        return isWhole(bound) ? bound : after(bound);
    }

    public static boolean isWhole(Instant time) {
        return of(time).equals(time);
    }

    private static boolean isEndless(Instant time) {
        return time.equals(Instant.MIN) || time.equals(Instant.MAX);
    }
}
