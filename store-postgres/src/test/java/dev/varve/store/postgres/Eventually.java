package dev.varve.store.postgres;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// For what another process does in its own time: asks until the answer comes without an exception.
public final class Eventually {
    private Eventually() {}

    public static <T> T within(Duration limit, Callable<T> question) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return question.call();
            } catch (Exception | AssertionError e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(10_000_000);
            }
        }
    }
}
