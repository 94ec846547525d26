package dev.varve.delivery;

import java.time.Duration;
import java.util.List;

/// How the relay works. `batchEvents`: most events in one request, capped by the platform's own limit. `linger`:
/// how long a lane waits for more events before it sends, at most 1 s.
public record DeliverySettings(
        int batchEvents, Duration linger, Backoff backoff, Probing probing, BacklogOrder backlogOrder) {
    /// Of the exponential backoff with full jitter.
    public record Backoff(Duration base, Duration cap) {}

    /// `confirmationDelays`: pauses before the probes that confirm a refusal. `stoppedInterval`: how often a stopped
    /// destination is asked again.
    public record Probing(List<Duration> confirmationDelays, Duration stoppedInterval) {
        public Probing {
            confirmationDelays = List.copyOf(confirmationDelays);
            if (confirmationDelays.size() < 2) {
                throw new IllegalArgumentException("at least two confirmation probes are needed");
            }
        }
    }

    public static final DeliverySettings DEFAULT = new DeliverySettings(
            200,
            Duration.ofMillis(200),
            Duration.ofSeconds(2),
            Duration.ofMinutes(15),
            List.of(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(5)),
            Duration.ofMinutes(15));

    public DeliverySettings {
        if (batchEvents < 1 || batchEvents > 1000) {
            throw new IllegalArgumentException("delivery batch size must be 1 to 1000, not " + batchEvents);
        }
        if (linger.isNegative() || linger.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException("delivery linger must be 0 to 1 s, not " + linger);
        }
    }

    /// With the oldest stored events first.
    public DeliverySettings(
            int batchEvents,
            Duration linger,
            Duration backoffBase,
            Duration backoffCap,
            List<Duration> confirmationDelays,
            Duration stoppedProbeInterval) {
        this(
                batchEvents,
                linger,
                new Backoff(backoffBase, backoffCap),
                new Probing(confirmationDelays, stoppedProbeInterval),
                BacklogOrder.OLDEST);
    }
}
