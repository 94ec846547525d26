package dev.varve.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// Does the relay deliver for a project and platform? Derived from facts, never stored; the first that holds.
public enum CapiStatus {
    DISABLED,
    BROKEN,
    DEGRADED,
    IDLE,
    HEALTHY;

    private static final Duration FAILING_LONG = Duration.ofMinutes(5);
    private static final Duration FAILURE_RECENT = Duration.ofMinutes(15);
    private static final double TOLERATED_FAILURES = 0.05;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static CapiStatus of(CapiFacts facts, Instant now) {
        if (!facts.configuration().enabled()) {
            return DISABLED;
        }
        if (facts.configuration().isUnusable() || facts.lane().state().equals(CapiFacts.Lane.STOPPED)) {
            return BROKEN;
        }
        if (isDegraded(facts, now)) {
            return DEGRADED;
        }
        return facts.counts().eligible24h() == 0 ? IDLE : HEALTHY;
    }

    private static boolean isDegraded(CapiFacts facts, Instant now) {
        return facts.lane().state().equals(CapiFacts.Lane.HELD)
                || isFailingForLong(facts.lane(), now)
                || isFailingOften(facts.counts());
    }

    private static boolean isFailingForLong(CapiFacts.Lane lane, Instant now) {
        return lane.failingSince() != null
                && lane.lastFailureAt() != null
                && !lane.failingSince().isAfter(now.minus(FAILING_LONG))
                && !lane.lastFailureAt().isBefore(now.minus(FAILURE_RECENT));
    }

    private static boolean isFailingOften(CapiFacts.Counts counts) {
        return counts.attempts15m() > 0 && counts.failedAttempts15m() > TOLERATED_FAILURES * counts.attempts15m();
    }
}
