package dev.varve.server.ingest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.collect.EventAllowance;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.Optional;

/// One bucket of events per app, refilled continuously. Kept per process; an app unused for two minutes has a full
/// bucket anyway and is forgotten. Thread-safe.
public final class AppEventAllowance implements EventAllowance {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final int eventsPerMinute;
    private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
            .expireAfterAccess(MINUTE.multipliedBy(2))
            .maximumSize(100_000)
            .build();

    private AppEventAllowance(int eventsPerMinute) {
        this.eventsPerMinute = eventsPerMinute;
    }

    /// 0 events per minute means no limit.
    public static EventAllowance perMinute(int events) {
        return events == 0 ? EventAllowance.UNLIMITED : new AppEventAllowance(events);
    }

    @Override
    public Optional<Duration> take(String appId, int events) {
        if (events <= 0) {
            return Optional.empty();
        }
        if (events > eventsPerMinute) {
            return Optional.of(MINUTE);
        }
        ConsumptionProbe probe = bucket(appId).tryConsumeAndReturnRemaining(events);
        return probe.isConsumed() ? Optional.empty() : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    private Bucket bucket(String appId) {
        return buckets.get(appId, id -> Bucket.builder()
                .addLimit(limit -> limit.capacity(eventsPerMinute).refillGreedy(eventsPerMinute, MINUTE))
                .build());
    }
}
