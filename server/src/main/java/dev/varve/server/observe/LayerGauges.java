package dev.varve.server.observe;

import dev.varve.event.Platform;
import dev.varve.store.postgres.health.LayerTallies;
import dev.varve.store.postgres.health.LayerTallies.Tally;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.function.ToLongFunction;

/// What the platforms think of the layers that are on, in the whole installation. Looked up by `refresh`.
public final class LayerGauges {
    private final LayerTallies tallies;
    private volatile Map<Platform, Tally> latest = Map.of();

    public LayerGauges(LayerTallies tallies, MeterRegistry registry) {
        this.tallies = tallies;
        for (Platform platform : Platform.values()) {
            gauge(registry, platform, "varve.layers.enabled", "Layers that are on", Tally::enabled);
            gauge(registry, platform, "varve.layers.refused", "Those whose token is bad or absent", Tally::refused);
            gauge(
                    registry,
                    platform,
                    "varve.layers.unreadable",
                    "Those whose platform counts cannot be read",
                    Tally::unreadable);
        }
    }

    private void gauge(
            MeterRegistry registry, Platform platform, String name, String description, ToLongFunction<Tally> value) {
        Gauge.builder(name, () -> value.applyAsLong(latest.getOrDefault(platform, Tally.NONE)))
                .description(description)
                .tag("platform", platform.shortName())
                .register(registry);
    }

    public void refresh() {
        latest = tallies.read();
    }
}
