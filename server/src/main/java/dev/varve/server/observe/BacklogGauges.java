package dev.varve.server.observe;

import dev.varve.event.Platform;
import dev.varve.store.postgres.ledger.BacklogSizes;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// What waits in the ledger for each platform, in the whole installation: two servers on one database report the same.
/// Looked up by `refresh`, not at every scrape, because counting a long backlog takes the database a moment.
public final class BacklogGauges {
    private final BacklogSizes sizes;
    private volatile Map<Platform, BacklogSizes.Size> latest = Map.of();
    private volatile Instant lookedAt = Instant.EPOCH;

    public BacklogGauges(BacklogSizes sizes, MeterRegistry registry) {
        this.sizes = sizes;
        for (Platform platform : Platform.values()) {
            Gauge.builder("varve.delivery.backlog.events", () -> size(platform).events())
                    .description("Events that wait in the ledger")
                    .tag("platform", platform.shortName())
                    .register(registry);
            Gauge.builder("varve.delivery.backlog.oldest", () -> age(platform).toSeconds())
                    .description("Age of the oldest of them")
                    .baseUnit("seconds")
                    .tag("platform", platform.shortName())
                    .register(registry);
        }
    }

    public void refresh(Instant now) {
        latest = sizes.read();
        lookedAt = now;
    }

    private BacklogSizes.Size size(Platform platform) {
        return latest.getOrDefault(platform, BacklogSizes.Size.NONE);
    }

    private Duration age(Platform platform) {
        return size(platform)
                .oldestReceivedAt()
                .map(oldest -> Duration.between(oldest, lookedAt))
                .filter(Duration::isPositive)
                .orElse(Duration.ZERO);
    }
}
