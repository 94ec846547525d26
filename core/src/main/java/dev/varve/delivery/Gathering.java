package dev.varve.delivery;

import java.time.Duration;

/// How long what was handed over gathers before it is planned, as planning asks the stores the same few questions for
/// one event as for a thousand. Plans begin `PAUSE` apart: an event that comes while nothing else does waits for
/// nobody, and none waits longer than that. In nanoseconds of `System.nanoTime`. For one thread.
final class Gathering {
    static final Duration PAUSE = Duration.ofMillis(40);

    private long nextAt;

    Gathering(long now) {
        this.nextAt = now;
    }

    /// 0: the next plan may begin.
    long left(long now) {
        return Math.max(0, nextAt - now);
    }

    void planBegins(long now) {
        nextAt = now + PAUSE.toNanos();
    }
}
