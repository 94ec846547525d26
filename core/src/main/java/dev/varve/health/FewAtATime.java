package dev.varve.health;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs requests that block on virtual threads, a few at a time. Thread-safe.
final class FewAtATime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FewAtATime.class);
    private static final Duration DRAIN = Duration.ofSeconds(1);

    private final String name;
    private final int most;
    private final Semaphore permits;
    private volatile boolean closed;

    FewAtATime(String name, int most) {
        this.name = name;
        this.most = most;
        this.permits = new Semaphore(most);
    }

    /// How many more may run now; 0 once closed.
    int free() {
        return closed ? 0 : permits.availablePermits();
    }

    /// Waits for a place.
    void run(Runnable work) {
        permits.acquireUninterruptibly();
        Thread.ofVirtual().name(name).start(() -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                LOG.atError().addKeyValue("work", name).setCause(e).log("health.check_failed");
            } finally {
                permits.release();
            }
        });
    }

    /// True when everything that was begun has ended.
    boolean awaitIdle(Duration limit) {
        try {
            if (!permits.tryAcquire(most, limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            permits.release(most);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// What is still under way is left to end by itself; its claim runs out.
    @Override
    public void close() {
        closed = true;
        awaitIdle(DRAIN);
    }
}
