package dev.varve.delivery;

import java.time.Duration;
import java.time.Instant;

/// Bounds the requests of this process to one platform: a bucket that fills steadily and holds a tenth of a second.
/// Thread-safe.
final class PlatformRate {
    private static final Duration SLOWED = Duration.ofMinutes(5);

    private final int perSecond;
    private double available;
    private Instant filledAt = Instant.MIN;
    private Instant halvedUntil = Instant.MIN;

    /// `perSecond` 0: no bound.
    PlatformRate(int perSecond) {
        this.perSecond = perSecond;
    }

    synchronized boolean tryTake(Instant now) {
        if (perSecond == 0) {
            return true;
        }
        fill(now);
        if (available < 1) {
            return false;
        }
        available--;
        return true;
    }

    /// For a request that was not sent after all.
    synchronized void giveBack() {
        available++;
    }

    /// For a request that belongs to one under way: it is not held up, those after it wait the longer.
    synchronized void overdraw(Instant now) {
        if (perSecond > 0) {
            fill(now);
            available--;
        }
    }

    /// The platform found it too much: half of it for a while.
    synchronized void slowDown(Instant now) {
        halvedUntil = now.plus(SLOWED);
    }

    private void fill(Instant now) {
        double rate = halvedUntil.isAfter(now) ? perSecond / 2.0 : perSecond;
        double most = Math.max(1, rate / 10);
        if (filledAt.equals(Instant.MIN)) {
            available = most;
            filledAt = now;
        } else if (now.isAfter(filledAt)) {
            double seconds = Duration.between(filledAt, now).toNanos() / 1e9;
            available = Math.min(most, available + seconds * rate);
            filledAt = now;
        }
    }
}
