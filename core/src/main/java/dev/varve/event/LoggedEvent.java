package dev.varve.event;

import java.time.Instant;

/// An event with its place in the log. Offsets of one log stream rise in commit order; see
/// `dev.varve.eventlog.EventLog`.
public record LoggedEvent(long offset, Instant receivedAt, Event event) {
    public EventIdentity identity() {
        return event.identity();
    }
}
