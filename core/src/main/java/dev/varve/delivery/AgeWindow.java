package dev.varve.delivery;

import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/// How close to its end the age window of a stored event is. Pure.
final class AgeWindow {
    /// What has less time left goes before everything else.
    static final Duration URGENT = Duration.ofHours(12);

    private AgeWindow() {}

    /// Ordinary events that occurred until then are too old within `URGENT`, or already.
    static Instant urgentUntil(Connector connector, Destination destination, Instant now) {
        Duration window = Duration.between(now, connector.tooOldAt(ordinaryEvent(destination, now), destination));
        return now.plus(URGENT).minus(window);
    }

    private static LoggedEvent ordinaryEvent(Destination destination, Instant now) {
        EventIdentity identity = new EventIdentity(destination.key().projectId(), "", "", "");
        return new LoggedEvent(
                0,
                now,
                new Event(
                        identity,
                        now,
                        EventSource.SDK,
                        false,
                        SenderFacts.NONE,
                        Consent.UNSTATED,
                        "{}".getBytes(StandardCharsets.UTF_8),
                        RequestOrigin.UNKNOWN));
    }
}
