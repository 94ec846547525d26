package dev.varve.delivery;

import dev.varve.delivery.RetryPolicy.Evidence;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Events that failed by themselves so often that they may be why the platform fails, and when they last did. Guarded
/// by the lane's lock.
final class Suspects {
    /// A forgotten one is suspected anew: that costs it one more wait.
    static final int LIMIT = 1_000;

    private final Map<Long, Instant> failedAloneAt = new LinkedHashMap<>();

    void add(long offset, Instant at) {
        failedAloneAt.remove(offset);
        failedAloneAt.put(offset, at);
        if (failedAloneAt.size() > LIMIT) {
            failedAloneAt.remove(failedAloneAt.keySet().iterator().next());
        }
    }

    boolean contains(long offset) {
        return failedAloneAt.containsKey(offset);
    }

    /// `takenAt`: when the platform last took a request of the lane.
    Evidence evidence(LaneItem item, @Nullable Instant takenAt) {
        if (takenAt == null || item.firstAttemptAt == null || takenAt.isBefore(item.firstAttemptAt)) {
            return Evidence.NONE;
        }
        Instant alone = failedAloneAt.get(item.offset());
        return alone != null && takenAt.isAfter(alone) ? Evidence.CONDEMNED : Evidence.OTHERS_PASSED;
    }
}
