package dev.varve.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which lanes need a look, and when: nearly all of thousands have nothing to do. A lane reports itself whenever
/// something happens to it; what nobody reports is found when all of them are looked at. Thread-safe.
final class LaneTurns {
    private final Map<DestinationLane, Instant> looks = new ConcurrentHashMap<>();

    /// Something happened to the lane.
    void wake(DestinationLane lane) {
        looks.put(lane, Instant.MIN);
    }

    /// The lane has nothing to do before `at`, unless it is woken.
    void lookAt(DestinationLane lane, Instant at) {
        if (!at.equals(Instant.MAX)) {
            looks.merge(lane, at, (there, reported) -> reported.isBefore(there) ? reported : there);
        }
    }

    boolean isEmpty() {
        return looks.isEmpty();
    }

    /// Those whose time has come, beginning at another one for every `turn`. They need another report to come again.
    List<DestinationLane> take(int turn, Instant now) {
        List<DestinationLane> due = new ArrayList<>();
        looks.forEach((lane, at) -> {
            // A lane that is woken in between stays, for the next time.
            if (!at.isAfter(now) && looks.remove(lane, at)) {
                due.add(lane);
            }
        });
        Collections.rotate(due, turn);
        return due;
    }
}
