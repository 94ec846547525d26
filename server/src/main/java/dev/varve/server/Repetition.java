package dev.varve.server;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Something done again and again on a thread of its own until it is closed.
final class Repetition {
    private static final Logger LOG = LoggerFactory.getLogger(Repetition.class);

    private Repetition() {}

    /// A failed run is logged and does not end the repetition.
    static AutoCloseable every(Duration period, Runnable task) {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("repeat").factory());
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("repeat.failed", e);
            }
        };
        clock.scheduleAtFixedRate(guarded, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return clock::shutdownNow;
    }
}
