package dev.varve.delivery;

import java.util.HashSet;
import java.util.Set;

/// Events whose request the platform stored in part, until they are seen again. Guarded by the lane's lock.
final class PartlyStored {
    /// Forgetting them costs one more repeat, which the platform recognises.
    private static final int LIMIT = 10_000;

    private final Set<Long> offsets = new HashSet<>();

    /// True the second time, which forgets the event.
    boolean isThereAgain(long offset) {
        if (offsets.remove(offset)) {
            return true;
        }
        if (offsets.size() >= LIMIT) {
            offsets.clear();
        }
        offsets.add(offset);
        return false;
    }
}
