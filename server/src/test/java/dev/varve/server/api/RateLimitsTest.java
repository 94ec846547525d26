package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.config.Allowance;
import dev.varve.tenant.ApiKey;
import dev.varve.tenant.Mode;
import dev.varve.tenant.RateLimitTier;
import dev.varve.tenant.Scopes;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
    private Instant now = Instant.parse("2026-11-03T22:00:00.000Z");
    private final RateLimits limits = new RateLimits(new Allowance(2, 0, 1, 3), () -> now);
    private final ApiKey standard = key(RateLimitTier.STANDARD);

    @Test
    void aBucketHoldsAMinuteAndRefillsAllTheTime() {
        for (int i = 119; i >= 0; i--) {
            RateLimits.Standing standing = limits.take(standard, RateClass.READ_LIGHT, now);
            assertThat(standing.refusal()).isEmpty();
            assertThat(standing.remaining()).isEqualTo(i);
            assertThat(standing.limit()).isEqualTo(120);
        }
        RateLimits.Standing refused = limits.take(standard, RateClass.READ_LIGHT, now);
        assertThat(refused.refusal()).hasValue(new RateLimits.Refusal("bucket", Duration.ofMillis(500)));
        assertThat(refused.full()).isEqualTo(now.plusSeconds(60));
        now = now.plusMillis(500);
        assertThat(limits.take(standard, RateClass.READ_LIGHT, now).refusal()).isEmpty();
        assertThat(limits.take(standard, RateClass.READ_LIGHT, now).refusal()).isPresent();
    }

    @Test
    void classesAndKeysDoNotShareABucket() {
        for (int i = 0; i < 20; i++) {
            assertThat(limits.take(standard, RateClass.LONG_RUNNING, now).refusal())
                    .isEmpty();
        }
        assertThat(limits.take(standard, RateClass.LONG_RUNNING, now).refusal()).isPresent();
        assertThat(limits.take(standard, RateClass.WRITE_LIGHT, now).refusal()).isEmpty();
        assertThat(limits.take(key(RateLimitTier.SANDBOX), RateClass.LONG_RUNNING, now)
                        .refusal())
                .isEmpty();
    }

    @Test
    void everyTierHasItsOwnFigures() {
        assertThat(limits.take(key(RateLimitTier.PILOT), RateClass.WRITE_LIGHT, now)
                        .limit())
                .isEqualTo(600);
        assertThat(limits.take(key(RateLimitTier.PARTNER), RateClass.LONG_RUNNING, now)
                        .limit())
                .isEqualTo(300);
        assertThat(limits.take(key(RateLimitTier.SANDBOX), RateClass.READ_LIGHT, now)
                        .limit())
                .isEqualTo(120);
        assertThat(limits.take(key(RateLimitTier.INTERNAL), RateClass.READ_LIGHT, now)
                        .limit())
                .isEqualTo(2);
    }

    @Test
    void theQuotaOfTheDayEndsAtMidnightUtc() {
        ApiKey internal = key(RateLimitTier.INTERNAL);
        for (int i = 0; i < 3; i++) {
            assertThat(limits.take(internal, RateClass.WRITE_LIGHT, now).refusal())
                    .isEmpty();
        }
        assertThat(limits.take(internal, RateClass.WRITE_LIGHT, now).refusal())
                .hasValue(new RateLimits.Refusal("daily_quota", Duration.ofHours(2)));
        assertThat(limits.take(internal, RateClass.READ_LIGHT, now).refusal()).isEmpty();
        now = Instant.parse("2026-11-04T00:00:00.000Z");
        assertThat(limits.take(internal, RateClass.WRITE_LIGHT, now).refusal()).isEmpty();
    }

    @Test
    void lookingTakesNothing() {
        limits.take(standard, RateClass.LONG_RUNNING, now);
        for (int i = 0; i < 50; i++) {
            RateLimits.Standing standing = limits.look(standard, RateClass.LONG_RUNNING, now);
            assertThat(standing.remaining()).isEqualTo(19);
            assertThat(standing.full()).isEqualTo(now.plusSeconds(3));
        }
    }

    private static ApiKey key(RateLimitTier tier) {
        return new ApiKey(
                UUID.randomUUID(),
                UUID.randomUUID(),
                "JZ3G58F149WXW0QA",
                "test",
                Mode.LIVE,
                Scopes.of("*"),
                tier,
                Instant.EPOCH);
    }
}
