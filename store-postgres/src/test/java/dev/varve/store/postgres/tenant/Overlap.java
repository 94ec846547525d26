package dev.varve.store.postgres.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.store.postgres.Eventually;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Jdbi;

/// Two calls under way at once, of which the second has to wait for the transaction of the first.
record Overlap(Jdbi jdbi, CountDownLatch entered) {
    static Overlap on(Jdbi jdbi) {
        return new Overlap(jdbi, new CountDownLatch(1));
    }

    /// To be called within the transaction of the first: returns when the second waits for it.
    <T> T meanwhile(T value) {
        entered.countDown();
        try {
            return Eventually.within(Duration.ofSeconds(20), () -> {
                assertThat(waiting()).isEqualTo(1);
                return value;
            });
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// `second` begins when `first` is within its transaction, which ends when `second` waits for it. Answers what
    /// `second` does.
    <T> T together(Callable<?> first, Callable<T> second) throws Exception {
        CompletableFuture<Object> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                done.complete(first.call());
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        entered.await();
        T answer = second.call();
        done.get();
        return answer;
    }

    /// Within one transaction the list of connections stays as it was first read, unless it is cleared.
    private int waiting() {
        return jdbi.withHandle(handle -> {
            handle.execute("select pg_stat_clear_snapshot()");
            return handle.createQuery("""
                            select count(*) from pg_stat_activity
                            where datname = current_database() and wait_event_type = 'Lock'""").mapTo(Integer.class).one();
        });
    }
}
