package dev.varve.collect;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When an event happened, after the clock of a device was set right. `isAdjusted`: not what the device said.
record EventTime(Instant occurredAt, boolean isAdjusted) {
    private static final Duration MAX_SKEW = Duration.ofMinutes(5);
    private static final Duration MAX_AHEAD = Duration.ofSeconds(60);
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    /// `sentAt`: what the device's clock said when the request left. More than 5 minutes off the arrival, the clock
    /// is wrong and the difference is added; what is then more than 60 s ahead becomes the arrival.
    static EventTime corrected(Instant stated, @Nullable Instant sentAt, Instant receivedAt) {
        Instant time = stated;
        if (sentAt != null) {
            Duration skew = Duration.between(sentAt, receivedAt);
            if (skew.abs().compareTo(MAX_SKEW) > 0) {
                time = time.plus(skew);
            }
        }
        if (time.isAfter(receivedAt.plus(MAX_AHEAD))) {
            time = receivedAt;
        } else if (time.isBefore(EARLIEST)) {
            time = EARLIEST;
        }
        return new EventTime(time, !time.equals(stated));
    }
}
