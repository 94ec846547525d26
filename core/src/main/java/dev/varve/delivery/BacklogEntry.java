package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.eventlog.EventRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An event that waits for its destination. `owner`: the log stream whose lease covers the work. `attempts` 0:
/// never tried, the receipt reads `pending`, else `retrying`.
public record BacklogEntry(
        long owner, Destination.Key destination, EventRef event, String appId, Instant receivedAt, Progress progress) {
    public record Progress(int attempts, @Nullable Instant firstAttemptAt, Instant nextAt) {}
}
