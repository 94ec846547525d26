package dev.varve.delivery;

/// How many events a lane puts into one request: halved when the platform finds them too large, doubled again after
/// enough successes. Guarded by the lane's lock.
final class BatchSize {
    /// Successes in a row after which a lane whose batches were too large tries larger ones again.
    static final int SUCCESSES_TO_GROW = 20;

    private final int full;
    private int current;
    private int successesSinceShrink;

    BatchSize(int full) {
        this.full = full;
        this.current = full;
    }

    int current() {
        return current;
    }

    void shrink() {
        current = Math.max(1, current / 2);
        successesSinceShrink = 0;
    }

    void succeeded() {
        if (current < full && ++successesSinceShrink >= SUCCESSES_TO_GROW) {
            current = Math.min(full, current * 2);
            successesSinceShrink = 0;
        }
    }
}
