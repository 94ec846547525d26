package dev.varve.server.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.server.config.Allowance;
import dev.varve.tenant.ApiKey;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// One token bucket per key and class, and the writes of the day. Counted in this process alone: several processes
/// allow as many times as much, and a restart begins anew. Thread-safe; memory is bounded.
final class RateLimits {
    private static final int MOST_KEYS = 100_000;
    /// An untouched bucket is full after a minute, so forgetting it later changes nothing.
    private static final Duration FULL_AGAIN = Duration.ofMinutes(2);

    private final Allowance internal;
    private final Cache<BucketKey, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST_KEYS)
            .expireAfterAccess(FULL_AGAIN)
            .build();
    private final Cache<DayKey, AtomicLong> days = Caffeine.newBuilder()
            .maximumSize(MOST_KEYS)
            .expireAfterAccess(Duration.ofHours(25))
            .build();
    private final TimeMeter meter;

    RateLimits(Allowance internal, InstantSource clock) {
        this.internal = internal;
        this.meter = new ClockMeter(clock);
    }

    /// A key whose tier changes gets a new bucket.
    private record BucketKey(UUID key, RateClass rateClass, int perMinute) {}

    private record DayKey(UUID key, LocalDate day) {}

    /// Where a key stands in a class. `full`: when its bucket is full again.
    record Standing(RateClass rateClass, long limit, long remaining, Instant full, Optional<Refusal> refusal) {}

    /// `reason` as in the error's details.
    record Refusal(String reason, Duration retryAfter) {}

    /// Takes a token, if there is one.
    Standing take(ApiKey key, RateClass rateClass, Instant now) {
        int perMinute = perMinute(key, rateClass);
        Standing standing = perMinute == 0 ? unlimited(rateClass, now) : taken(key, rateClass, perMinute, now);
        if (standing.refusal().isPresent() || rateClass != RateClass.WRITE_LIGHT) {
            return standing;
        }
        return countDay(key, standing, now);
    }

    /// Takes nothing.
    Standing look(ApiKey key, RateClass rateClass, Instant now) {
        int perMinute = perMinute(key, rateClass);
        if (perMinute == 0) {
            return unlimited(rateClass, now);
        }
        long remaining = bucket(key, rateClass, perMinute).getAvailableTokens();
        Duration untilFull =
                Duration.ofMinutes(1).multipliedBy(perMinute - remaining).dividedBy(perMinute);
        return new Standing(rateClass, perMinute, remaining, now.plus(untilFull), Optional.empty());
    }

    private Standing taken(ApiKey key, RateClass rateClass, int perMinute, Instant now) {
        ConsumptionProbe probe = bucket(key, rateClass, perMinute).tryConsumeAndReturnRemaining(1);
        Instant full = now.plusNanos(probe.getNanosToWaitForReset());
        Optional<Refusal> refusal = probe.isConsumed()
                ? Optional.empty()
                : Optional.of(new Refusal("bucket", Duration.ofNanos(probe.getNanosToWaitForRefill())));
        return new Standing(rateClass, perMinute, probe.getRemainingTokens(), full, refusal);
    }

    private Standing countDay(ApiKey key, Standing standing, Instant now) {
        int perDay = allowance(key).writeLightPerDay();
        LocalDate day = now.atOffset(ZoneOffset.UTC).toLocalDate();
        if (perDay == 0
                || days.get(new DayKey(key.id(), day), _ -> new AtomicLong()).incrementAndGet() <= perDay) {
            return standing;
        }
        Instant midnight = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        return new Standing(
                standing.rateClass(),
                standing.limit(),
                standing.remaining(),
                standing.full(),
                Optional.of(new Refusal("daily_quota", Duration.between(now, midnight))));
    }

    private Bucket bucket(ApiKey key, RateClass rateClass, int perMinute) {
        return buckets.get(new BucketKey(key.id(), rateClass, perMinute), _ -> Bucket.builder()
                .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, Duration.ofMinutes(1)))
                .withCustomTimePrecision(meter)
                .build());
    }

    /// No limit shows as the largest number there is for one.
    private static Standing unlimited(RateClass rateClass, Instant now) {
        return new Standing(rateClass, Integer.MAX_VALUE, Integer.MAX_VALUE, now, Optional.empty());
    }

    private int perMinute(ApiKey key, RateClass rateClass) {
        Allowance allowance = allowance(key);
        return switch (rateClass) {
            case READ_LIGHT -> allowance.readLight();
            case WRITE_LIGHT -> allowance.writeLight();
            case LONG_RUNNING -> allowance.longRunning();
        };
    }

    private Allowance allowance(ApiKey key) {
        return switch (key.tier()) {
            case STANDARD, SANDBOX -> Allowance.STANDARD;
            case PILOT -> Allowance.PILOT;
            case PARTNER -> Allowance.PARTNER;
            case INTERNAL -> internal;
        };
    }

    private record ClockMeter(InstantSource clock) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            Instant now = clock.instant();
            return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        }

        @Override
        public boolean isWallClockBased() {
            return true;
        }
    }
}
