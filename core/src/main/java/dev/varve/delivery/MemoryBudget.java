package dev.varve.delivery;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Bounds the bytes of event documents and payloads that the relay holds, over the hand-over and all lanes. Whoever
/// gets nothing leaves the event in the log or the backlog, from where it is read again. Thread-safe.
public final class MemoryBudget {
    private final long limit;
    private final AtomicLong taken = new AtomicLong();
    private final @Nullable MemoryBudget stored;

    /// Half of it is for what comes back from the backlog: under a steady stream of fresh events that would never find
    /// room else, and grow too old.
    public MemoryBudget(long limitBytes) {
        if (limitBytes < 1) {
            throw new IllegalArgumentException("the memory budget must be at least 1 byte, not " + limitBytes);
        }
        this.limit = limitBytes - limitBytes / 2;
        this.stored = new MemoryBudget(Math.max(1, limitBytes / 2), null);
    }

    private MemoryBudget(long limit, @Nullable MemoryBudget none) {
        this.limit = limit;
        this.stored = none;
    }

    /// The share of stored events; its own is itself.
    MemoryBudget forStored() {
        return stored == null ? this : stored;
    }

    /// An eighth of the heap.
    public static MemoryBudget ofHeap() {
        return new MemoryBudget(Runtime.getRuntime().maxMemory() / 8);
    }

    /// False when they do not fit; nothing is taken then. What is larger than the whole budget fits when nothing else
    /// is held, so that no event is too large to ever be sent.
    public boolean tryTake(long bytes) {
        while (true) {
            long before = taken.get();
            if (before > 0 && before + bytes > limit) {
                return false;
            }
            if (taken.compareAndSet(before, before + bytes)) {
                return true;
            }
        }
    }

    /// Gives back what `tryTake` gave, once.
    public void release(long bytes) {
        if (taken.addAndGet(-bytes) < 0) {
            throw new IllegalStateException("more memory was released than taken");
        }
    }

    /// Of both shares.
    public long taken() {
        return taken.get() + (stored == null ? 0 : stored.taken());
    }
}
