package dev.varve.sandbox.sim;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// The sandbox's time: a source that a test may freeze or move. Thread-safe.
public final class SimClock implements InstantSource {
    private final InstantSource source;
    private Duration offset = Duration.ZERO;
    private @Nullable Instant frozen;

    public SimClock(InstantSource source) {
        this.source = source;
    }

    @Override
    public synchronized Instant instant() {
        return frozen != null ? frozen : source.instant().plus(offset);
    }

    /// Stands still at `now` until moved or reset.
    public synchronized void freeze(Instant now) {
        frozen = now;
    }

    public synchronized void advance(Duration step) {
        if (frozen != null) {
            frozen = frozen.plus(step);
        } else {
            offset = offset.plus(step);
        }
    }

    /// Back to the source's own time.
    public synchronized void reset() {
        frozen = null;
        offset = Duration.ZERO;
    }
}
