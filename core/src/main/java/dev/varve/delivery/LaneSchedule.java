package dev.varve.delivery;

import java.time.Duration;
import java.time.Instant;

/// When a lane's part of the ledger is to be looked at, by one at a time. Guarded by the lane's lock.
final class LaneSchedule {
    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);
    private static final Duration RELEASE_LOOK_INTERVAL = Duration.ofSeconds(3);

    private boolean looking;
    private Instant dueAt = Instant.MAX;
    private Instant nextSweepAt;
    private Instant nextReleaseLookAt = Instant.MIN;

    LaneSchedule(Instant now) {
        this.nextSweepAt = now.plus(SWEEP_INTERVAL);
    }

    void due(Instant at) {
        if (at.isBefore(dueAt)) {
            dueAt = at;
        }
    }

    boolean isLoadDue(Instant now) {
        return !looking && !dueAt.isAfter(now);
    }

    /// From when on a load is due; `Instant.MAX`: none is, or the end of a look decides.
    Instant loadAt() {
        return looking ? Instant.MAX : dueAt;
    }

    void beginLoad() {
        looking = true;
        dueAt = Instant.MAX;
    }

    boolean beginSweep(Instant now) {
        boolean due = !looking && !nextSweepAt.isAfter(now);
        if (due) {
            looking = true;
            nextSweepAt = now.plus(SWEEP_INTERVAL);
        }
        return due;
    }

    void sweepAgain(Instant now) {
        nextSweepAt = now;
    }

    void nothingDue() {
        dueAt = Instant.MAX;
    }

    void endLook() {
        looking = false;
    }

    boolean beginReleaseLook(Instant now) {
        boolean due = !nextReleaseLookAt.isAfter(now);
        if (due) {
            nextReleaseLookAt = now.plus(RELEASE_LOOK_INTERVAL);
        }
        return due;
    }

    boolean isQuiet() {
        return !looking && dueAt.equals(Instant.MAX);
    }
}
