package dev.varve.delivery;

import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.Preparation;
import dev.varve.destination.SkipReason;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
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
        return barred(candidate.event(), candidate.app(), destination, connector.platform())
                .orElseGet(() -> mapped(candidate, destination.orElseThrow(), connector, now));
    }

    /// What keeps an event from a destination before its content matters; empty: the destination is there and on, and
    /// mapping decides.
    static Optional<Routing> barred(
            LoggedEvent event, IngestApp app, Optional<Destination> destination, Platform platform) {
        if (destination.isEmpty() || !destination.get().enabled() || isOff(app, platform)) {
            return Optional.of(new Off());
        }
        if (event.event().name().equals(Event.SKAN_POSTBACK)) {
            return Optional.of(new Skip(SkipReason.UNMAPPED));
        }
        return event.event().consent().isAdvertisingDenied()
                ? Optional.of(new Skip(SkipReason.CONSENT))
                : Optional.empty();
    }

    /// Whether mapping would skip the event as unmapped, as far as its name tells.
    static boolean isUnmapped(Event event, Destination destination, Connector connector) {
        try {
            return connector.isUnmapped(event, destination);
        } catch (RuntimeException e) {
            return false; // mapping it ends as a dead letter
        }
    }

    /// What mapping makes of an event that nothing bars.
    static Routing mapped(Candidate candidate, Destination destination, Connector connector, Instant now) {
        return switch (prepare(candidate, destination, connector, now)) {
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
