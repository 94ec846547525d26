package dev.varve.delivery;

import java.time.Duration;
import java.util.List;

/// How the relay works. `batchEvents`: most events in one request, capped by the platform's own limit. `linger`:
/// how long a lane waits for more events before it sends, at most 1 s. `backoffBase`, `backoffCap`: of the
/// exponential backoff with full jitter. `confirmationDelays`: pauses before the probes that confirm a refusal.
/// `stoppedProbeInterval`: how often a stopped destination is asked again.
public record DeliverySettings(
        int batchEvents,
        Duration linger,
        Duration backoffBase,
        Duration backoffCap,
        List<Duration> confirmationDelays,
        Duration stoppedProbeInterval) {
    public static final DeliverySettings DEFAULT = new DeliverySettings(
            200,
            Duration.ofMillis(200),
            Duration.ofSeconds(2),
            Duration.ofMinutes(15),
            List.of(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(5)),
            Duration.ofMinutes(15));

    public DeliverySettings {
        confirmationDelays = List.copyOf(confirmationDelays);
        if (batchEvents < 1 || batchEvents > 1000) {
            throw new IllegalArgumentException("delivery batch size must be 1 to 1000, not " + batchEvents);
        }
        if (linger.isNegative() || linger.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException("delivery linger must be 0 to 1 s, not " + linger);
        }
        if (confirmationDelays.size() < 2) {
            throw new IllegalArgumentException("at least two confirmation probes are needed");
        }
    }
}
