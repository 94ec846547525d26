package dev.varve.delivery;

import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.Preparation;
import dev.varve.destination.SkipReason;
import dev.varve.event.Platform;
import dev.varve.tenant.IngestApp;
import java.time.Instant;
import java.util.Optional;

/// Decides, for one event and one platform, whether it goes to the destination. Pure.
public sealed interface Routing {
    /// The destination is off for this app: nothing is recorded, which reads as `skipped`/`disabled`.
    record Off() implements Routing {}

    record Skip(SkipReason reason) implements Routing {}

    /// Ready, or refused by a local check.
    record Route(Preparation preparation) implements Routing {}

    static Routing decide(Candidate candidate, Optional<Destination> destination, Connector connector, Instant now) {
        if (destination.isEmpty() || !destination.get().enabled() || isOff(candidate.app(), connector.platform())) {
            return new Off();
        }
        if (candidate.event().event().consent().isAdvertisingDenied()) {
            return new Skip(SkipReason.CONSENT);
        }
        return switch (prepare(candidate, destination.get(), connector, now)) {
            case Preparation.Skipped skipped -> new Skip(skipped.reason());
            case Preparation.Prepared prepared -> new Route(prepared);
            case Preparation.Refused refused -> new Route(refused);
        };
    }

    /// An event that a connector cannot cope with must not stop those behind it: it ends as a dead letter.
    private static Preparation prepare(Candidate candidate, Destination destination, Connector connector, Instant now) {
        try {
            return connector.prepare(candidate, destination, now);
        } catch (RuntimeException e) {
            return new Preparation.Refused(
                    "platform_rejected",
                    "the event could not be mapped: " + e.getClass().getSimpleName(),
                    candidate.event().event().name());
        }
    }

    private static boolean isOff(IngestApp app, Platform platform) {
        return Boolean.FALSE.equals(app.toggles().get(platform));
    }
}
