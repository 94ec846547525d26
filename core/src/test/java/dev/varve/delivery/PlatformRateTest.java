package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PlatformRateTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");

    @Property
    void noMoreRequestsPassThanTheRateAndATenthOfASecondAllow(
            @ForAll @IntRange(min = 1, max = 1_000) int perSecond,
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 400) Integer> pausesMillis) {
        PlatformRate rate = new PlatformRate(perSecond);
        long elapsed = 0;
        int taken = 0;
        for (int pause : pausesMillis) {
            elapsed += pause;
            for (int i = 0; i < 50; i++) {
                taken += rate.tryTake(NOW.plusMillis(elapsed)) ? 1 : 0;
            }
            assertThat(taken).isLessThanOrEqualTo(Math.max(1, perSecond / 10) + 1 + (int) (elapsed * perSecond / 1000));
        }
    }

    @Test
    void withoutABoundEverythingPasses() {
        PlatformRate rate = new PlatformRate(0);
        rate.slowDown(NOW);
        for (int i = 0; i < 10_000; i++) {
            assertThat(rate.tryTake(NOW)).isTrue();
        }
    }

    @Test
    void aThrottleHalvesTheRateForFiveMinutes() {
        PlatformRate rate = new PlatformRate(100);
        rate.slowDown(NOW);
        assertThat(takenIn(rate, NOW, Duration.ofSeconds(10))).isBetween(490, 510);
        assertThat(takenIn(rate, NOW.plus(Duration.ofMinutes(5)), Duration.ofSeconds(10)))
                .isBetween(990, 1_015);
    }

    @Test
    void aRequestThatCouldNotWaitIsPaidForByThoseAfterIt() {
        PlatformRate rate = new PlatformRate(10);
        for (int i = 0; i < 5; i++) {
            rate.overdraw(NOW);
        }
        assertThat(rate.tryTake(NOW.plusMillis(400))).isFalse();
        assertThat(rate.tryTake(NOW.plusMillis(600))).isTrue();
    }

    private static int takenIn(PlatformRate rate, Instant from, Duration time) {
        int taken = 0;
        for (long at = 0; at < time.toMillis(); at += 5) {
            while (rate.tryTake(from.plusMillis(at))) {
                taken++;
            }
        }
        return taken;
    }
}
