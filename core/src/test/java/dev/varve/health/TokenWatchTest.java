package dev.varve.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.component.CheckResult;
import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.ProbeResult;
import dev.varve.event.Platform;
import dev.varve.health.TokenStanding.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class TokenWatchTest {
    private static final Instant START = Instant.parse("2026-11-04T12:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final InMemoryTokenChecks checks = new InMemoryTokenChecks();
    private volatile Instant now = START;
    private volatile ProbeResult result = new ProbeResult.Accepted(answer(), true);

    @Test
    void aTokenThatExpiresWithoutAnyTrafficIsRefusedAndWorksAgainWhenThePlatformTakesIt() {
        TokenWatch watch = watch(_ -> result);
        Destination.Key key = checks.add(Known.VALID, START.minus(Duration.ofHours(6)));
        result = new ProbeResult.TokenRefused(answer());
        beat(watch);
        assertThat(checks.entry(key).known).as("one refusal").isEqualTo(Known.VALID);
        now = START.plusSeconds(60);
        beat(watch);
        assertThat(checks.entry(key).known).isEqualTo(Known.REFUSED);

        result = new ProbeResult.Accepted(answer(), true);
        now = START.plusSeconds(60).plus(Duration.ofMinutes(14));
        beat(watch);
        assertThat(checks.entry(key).known).as("not yet due").isEqualTo(Known.REFUSED);
        now = START.plusSeconds(60).plus(Duration.ofMinutes(15));
        beat(watch);
        assertThat(checks.entry(key).known).isEqualTo(Known.VALID);
        assertThat(checks.entry(key).nextAt).isEqualTo(now.plus(Duration.ofHours(6)));
    }

    @Test
    void aPlatformThatHangsIsAskedFourTimesAtMostAndHoldsUpNobody() {
        CountDownLatch hanging = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        TokenWatch watch = watch(_ -> {
            asked.incrementAndGet();
            awaitQuietly(hanging);
            return result;
        });
        for (int i = 0; i < 9; i++) {
            checks.add(Known.VALID, START.minus(Duration.ofHours(6)));
        }
        watch.checkDue();
        watch.checkDue();
        hanging.countDown();
        assertThat(watch.awaitIdle(LIMIT)).isTrue();
        assertThat(asked).hasValue(4);
        beat(watch);
        assertThat(asked).hasValue(8);
    }

    @Test
    void aStoreThatFailsShowsInTheHealthReportUntilItIsBack() {
        TokenChecks failing = new TokenChecks() {
            @Override
            public List<Due> claim(Platform platform, Window window, int limit) {
                throw new IllegalStateException("as the test says");
            }

            @Override
            public boolean record(Due due, TokenFinding finding, Instant at, Instant nextAt) {
                throw new AssertionError("nothing was claimed");
            }
        };
        TokenWatch watch = new TokenWatch(failing, List.of(connector(_ -> result)), CheckSchedule.DEFAULT, () -> now);
        assertThat(watch.check()).isInstanceOf(CheckResult.Passed.class);
        assertThatThrownBy(watch::checkDue).isInstanceOf(IllegalStateException.class);
        assertThat(watch.check()).isInstanceOf(CheckResult.Degraded.class);
    }

    private TokenWatch watch(Function<Destination, ProbeResult> probes) {
        return new TokenWatch(checks, List.of(connector(probes)), CheckSchedule.DEFAULT, () -> now);
    }

    private static AskedConnector connector(Function<Destination, ProbeResult> probes) {
        return new AskedConnector(Platform.META, probes, (_, _) -> new PlatformCounts.Unreadable("none"));
    }

    private static void beat(TokenWatch watch) {
        watch.checkDue();
        assertThat(watch.awaitIdle(LIMIT)).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Answer answer() {
        return new Answer(START, Duration.ZERO, 401, 190, "as the test says", null);
    }
}
