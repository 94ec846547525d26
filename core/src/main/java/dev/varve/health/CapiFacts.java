package dev.varve.health;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What ledger, roll-ups and configuration say of one project and platform at one moment.
public record CapiFacts(
        Configuration configuration, Lane lane, Counts counts, Drift drift, Backlog backlog, long deadLetters) {

    /// `tokenRefused`: the platform said no; a token without any verdict is neither valid nor refused.
    public record Configuration(boolean enabled, boolean hasPixel, boolean hasToken, boolean tokenRefused) {
        boolean isUnusable() {
            return !hasPixel || !hasToken || tokenRefused;
        }
    }

    /// What the destination's lane last learned. `failingSince`: first failure after the last success.
    public record Lane(
            String state,
            @Nullable Instant lastSuccessAt,
            @Nullable Instant failingSince,
            @Nullable Instant lastFailureAt,
            @Nullable Instant lastEligibleAt) {
        public static final String FLOWING = "flowing";
        public static final String HELD = "held";
        public static final String STOPPED = "stopped";
        public static final Lane IDLE = new Lane(FLOWING, null, null, null, null);
    }

    /// Real events and requests, by trailing window; of the last hour those that were eligible, sent and received.
    /// `skipped24h`: by wire reason, of receipts written in that time, whenever their events arrived.
    public record Counts(
            Map<String, Long> sums1h, Map<String, Long> sums24h, long attempts15m, long failedAttempts15m) {
        public static final Counts ZERO = new Counts(Map.of(), Map.of(), 0, 0);

        public Counts {
            sums1h = Map.copyOf(sums1h);
            sums24h = Map.copyOf(sums24h);
        }

        public long eligible1h() {
            return sums1h.getOrDefault("eligible", 0L);
        }

        public long eligible24h() {
            return sums24h.getOrDefault("eligible", 0L);
        }

        public long sent1h() {
            return sums1h.getOrDefault("sent", 0L);
        }

        public long sent24h() {
            return sums24h.getOrDefault("sent", 0L);
        }

        public long received1h() {
            return sums1h.getOrDefault("received", 0L);
        }

        public long received24h() {
            return sums24h.getOrDefault("received", 0L);
        }

        public long skipped24h(String reason) {
            return sums24h.getOrDefault("skips_" + reason, 0L);
        }
    }

    /// Over the 24 h that end at `asOf`.
    public record Drift(long sent, long received, Instant asOf) {
        /// Four decimals; empty when nothing was sent.
        public Optional<Double> ratio() {
            return sent == 0 ? Optional.empty() : Optional.of(Math.round(10_000.0 * received / sent) / 10_000.0);
        }
    }

    /// Events waiting in the ledger. `oldestAt`: arrival of the oldest.
    public record Backlog(long events, @Nullable Instant oldestAt) {
        public static final Backlog EMPTY = new Backlog(0, null);
    }
}
