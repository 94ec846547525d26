package dev.varve.destination;

import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Code for one platform: turns events into its payloads, sends them, reads its answers. Thread-safe.
public interface Connector {
    Platform platform();

    Limits limits();

    /// Whether the platform has an event of exactly this name, so that sending it would mean something.
    boolean isStandardName(String name);

    /// Pure: whether `prepare` would skip the event as unmapped whatever is in its document, so that nobody
    /// need look into it. False when only the document tells.
    default boolean isUnmapped(Event event, Destination destination) {
        return false;
    }

    /// Pure: what would be sent for this event, or why nothing would be. Called once per event and destination;
    /// consent, toggles and the destination's switch are already checked by the caller.
    Preparation prepare(Candidate candidate, Destination destination, Instant now);

    /// How well the platform can match the event. Pure.
    MatchQuality matchQuality(PreparedEvent event);

    /// When the platform stops accepting this event for its age.
    Instant tooOldAt(LoggedEvent event, Destination destination);

    /// One request with the given events, in order. Blocks up to the connector's time-out; never throws for what the
    /// platform or the network does. All events share one `batchKey`.
    AttemptOutcome send(Destination destination, List<PreparedEvent> events);

    /// Asks the platform whether the destination's token and pixel work, without recording anything.
    ProbeResult probe(Destination destination);

    /// Asks the platform how many events it counted from `from` until `until`. Blocks; never throws for what the
    /// platform or the network does.
    PlatformCounts counts(Destination destination, Instant from, Instant until);

    /// `maxEvents`: the platform's hard limit; `defaultEvents`: what is sent at once by default; `maxBytes`: of a body;
    /// `maxInFlight`: requests at a time to one destination.
    record Limits(int maxEvents, int defaultEvents, int maxBytes, int maxInFlight, Duration timeout, Rate rate) {}

    /// `perSecond`: requests of this process to the platform, 0 = as many as it likes. `throttleLadder`: pauses after
    /// the first, second, … throttle in a row that names no time; the last one repeats.
    record Rate(int perSecond, List<Duration> throttleLadder) {
        public Rate {
            throttleLadder = List.copyOf(throttleLadder);
        }
    }
}
