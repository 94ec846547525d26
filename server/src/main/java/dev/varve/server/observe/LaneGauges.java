package dev.varve.server.observe;

import dev.varve.delivery.DestinationState;
import dev.varve.delivery.Relay;
import dev.varve.event.Platform;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// How many lanes of this process are in which state.
public final class LaneGauges {
    private LaneGauges() {}

    public static void register(Relay relay, MeterRegistry registry) {
        for (Platform platform : Platform.values()) {
            for (DestinationState.Phase phase : DestinationState.Phase.values()) {
                Gauge.builder("varve.relay.lanes", () -> relay.lanes(platform, phase))
                        .description("Destinations this process works on, by what their lane does")
                        .tag("platform", platform.shortName())
                        .tag("state", phase.wireName())
                        .register(registry);
            }
        }
    }
}
