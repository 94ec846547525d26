package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.eventlog.EventRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An event that waits for its destination. `owner`: the log stream whose lease covers the work. `attempts` 0:
/// never tried, the receipt reads `pending`, else `retrying`. `synthetic`: the event is a probe's, which
/// counts nowhere.
public record BacklogEntry(
        long owner,
        Destination.Key destination,
        EventRef event,
        String appId,
        Instant receivedAt,
        boolean synthetic,
        Progress progress) {
    /// Stands in place of the event's time once an operator has erased the event: so its entries come before all others
    /// whenever somebody looks for what is too old, and the lane, whatever its state, finds no event and
    /// gives it up.
    public static final Instant ERASED = Instant.EPOCH.minusSeconds(1);

    public record Progress(int attempts, @Nullable Instant firstAttemptAt, Instant nextAt) {}

    boolean isErased() {
        return event.occurredAt().equals(ERASED);
    }
}
