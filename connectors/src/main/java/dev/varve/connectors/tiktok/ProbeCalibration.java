package dev.varve.connectors.tiktok;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// Whether an endpoint looks at the token before the parameters, found out with a made-up token at most once a day.
/// Thread-safe; whoever asks while somebody finds out waits for the answer.
final class ProbeCalibration {
    private static final Duration LIFE = Duration.ofDays(1);

    private final Map<String, Finding> findings = new HashMap<>();

    private record Finding(Instant at, boolean tokenComesFirst) {}

    /// `attempt`: true when a made-up token was refused as such. Without an answer to it the day's finding is false: it
    /// only makes a verdict wait for the first delivered event.
    synchronized boolean tokenComesFirst(String endpoint, Instant now, BooleanSupplier attempt) {
        Finding known = findings.get(endpoint);
        if (known == null || !now.isBefore(known.at().plus(LIFE))) {
            known = new Finding(now, attempt.getAsBoolean());
            findings.put(endpoint, known);
        }
        return known.tokenComesFirst();
    }
}
