package dev.varve.health;

import dev.varve.health.TailMessage.Appeared;
import dev.varve.health.TailMessage.Ended;
import dev.varve.health.TailMessage.Gap;
import dev.varve.health.TailMessage.Quiet;
import dev.varve.health.TailMessage.Settled;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What waits for one reader. Never blocks who offers: once full, it drops until the reader has taken all of it, then
/// tells how many are missing. Thread-safe.
final class TailBuffer {
    static final int MOST_MESSAGES = 1_000;
    /// Of documents, so that slow readers of large events do not fill the heap.
    static final long MOST_BYTES = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<TailMessage> waiting = new ArrayDeque<>();
    private long bytes;
    private long dropped;
    private boolean ended;

    void offer(TailMessage message) {
        lock.lock();
        try {
            if (dropped > 0 || waiting.size() >= MOST_MESSAGES || bytes >= MOST_BYTES) {
                dropped++;
            } else {
                waiting.add(message);
                bytes += size(message);
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// The reader is to stop, whatever still waits.
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean isEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    TailMessage take(Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = patience.toNanos();
            while (waiting.isEmpty() && dropped == 0 && !ended && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return ended ? new Ended() : next();
        } finally {
            lock.unlock();
        }
    }

    private TailMessage next() {
        TailMessage first = waiting.poll();
        if (first != null) {
            bytes -= size(first);
            return first;
        }
        if (dropped == 0) {
            return new Quiet();
        }
        Gap gap = new Gap(dropped);
        dropped = 0;
        return gap;
    }

    private static long size(TailMessage message) {
        return switch (message) {
            case Appeared appeared -> appeared.entry().logged().event().document().length;
            case Settled settled -> settled.entry().logged().event().document().length;
            case Gap _, Quiet _, Ended _ -> 0;
        };
    }
}
