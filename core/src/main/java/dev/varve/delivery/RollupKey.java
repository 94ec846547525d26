package dev.varve.delivery;

import dev.varve.destination.Destination;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Names one minute count. `appId` empty: a count of requests, which belong to no single app.
public record RollupKey(Destination.Key destination, String appId, Instant minute, String metric) {
    public static final String ELIGIBLE = "eligible";
    public static final String SENT = "sent";
    public static final String RECEIVED = "received";
    public static final String ATTEMPTS = "attempts";
    public static final String FAILED_ATTEMPTS = "failed_attempts";
    public static final String DEAD = "dead";
    public static final String SKIPPED_PREFIX = "skipped.";

    public RollupKey {
        minute = minute.truncatedTo(ChronoUnit.MINUTES);
    }
}
