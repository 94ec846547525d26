package dev.varve.store.postgres.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.eventlog.EventLogUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FreshCopiesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final AtomicLong nanos = new AtomicLong();
    private volatile String row = "old";
    private volatile CountDownLatch store = new CountDownLatch(0);
    private final AtomicInteger reads = new AtomicInteger();
    private final FreshCopies<String, String> copies = new FreshCopies<>(key -> load(), nanos::get, readAt -> readAt);
    /// As when every look at the changes succeeds.
    private final FreshCopies<String, String> held = new FreshCopies<>(key -> load(), nanos::get, _ -> nanos.get());

    @AfterEach
    void goOn() {
        store.countDown();
    }

    @Test
    void anOldCopyServesWhileTheStoreStandsStillAndOnlyOneReadingWaitsForIt() {
        assertThat(copies.find("k")).contains("old");
        standStill();
        nanos.addAndGet(SECOND.toNanos());
        long start = System.nanoTime();
        List<CompletableFuture<Optional<String>>> askers = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> copies.find("k"), Thread::startVirtualThread))
                .limit(20)
                .toList();
        assertThat(askers)
                .allSatisfy(asker -> assertThat(asker.get(5, TimeUnit.SECONDS)).contains("old"));
        // The reading is long overdue: who asks now does not wait for it at all.
        for (int i = 0; i < 1_000; i++) {
            assertThat(copies.find("k")).contains("old");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(reads).hasValue(2);
    }

    @Test
    void whatWasNeverReadIsRefusedInTime() {
        standStill();
        assertThatThrownBy(() -> copies.find("k")).isInstanceOf(EventLogUnavailableException.class);
    }

    @Test
    void aReadingFromBeforeAChangeLeavesNoCopy() throws Exception {
        aReadingLeavesNoCopyAfter(() -> copies.forget(_ -> true));
    }

    /// What it reads may have such a value.
    @Test
    void aReadingFromBeforeAChangeOfValuesLeavesNoCopyEither() throws Exception {
        aReadingLeavesNoCopyAfter(() -> copies.forgetValues(_ -> false));
    }

    private void aReadingLeavesNoCopyAfter(Runnable forgetting) throws Exception {
        standStill();
        CompletableFuture<Optional<String>> early =
                CompletableFuture.supplyAsync(() -> copies.find("k"), Thread::startVirtualThread);
        while (reads.get() == 0) {
            Thread.onSpinWait();
        }
        CountDownLatch before = store;
        store = new CountDownLatch(0);
        forgetting.run();
        row = "new";
        assertThat(copies.find("k")).contains("new");
        before.countDown();
        assertThat(early.get(5, TimeUnit.SECONDS)).contains("old");
        assertThat(copies.find("k")).contains("new");
    }

    @Test
    void valuesAreForgottenByThemselves() {
        copies.find("k");
        copies.forgetValues(value -> value.equals("another"));
        copies.find("k");
        assertThat(reads).hasValue(1);
        copies.forgetValues(value -> value.equals("old"));
        copies.find("k");
        assertThat(reads).hasValue(2);
    }

    @Test
    void whatHoldsIsReadAnewAllTheSameAfterFiveMinutesAndOnlyOneWaitsForIt() throws Exception {
        assertThat(held.find("k")).contains("old");
        nanos.addAndGet(Duration.ofMinutes(4).minusSeconds(1).toNanos());
        assertThat(held.find("k")).contains("old");
        assertThat(reads).hasValue(1);
        standStill();
        row = "new";
        nanos.addAndGet(Duration.ofMinutes(1).plusSeconds(1).toNanos());
        CompletableFuture<Optional<String>> renewing =
                CompletableFuture.supplyAsync(() -> held.find("k"), Thread::startVirtualThread);
        while (reads.get() == 1) {
            Thread.onSpinWait();
        }
        assertThat(held.find("k")).as("the others go on").contains("old");
        store.countDown();
        assertThat(renewing.get(5, TimeUnit.SECONDS)).contains("new");
        assertThat(held.find("k")).contains("new");
        assertThat(reads).hasValue(2);
    }

    @Test
    void whatNobodyAsksForIsDropped() {
        held.find("idle");
        for (int minute = 0; minute < 12; minute++) {
            held.find("used");
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            held.tidy();
        }
        assertThat(held.size()).isEqualTo(1);
    }

    private void standStill() {
        store = new CountDownLatch(1);
    }

    private Optional<String> load() {
        Optional<String> seen = Optional.of(row);
        CountDownLatch latch = store;
        reads.incrementAndGet();
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return seen;
    }
}
