package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.eventlog.EventRef;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// How an (event, platform) ended: forwarded, skipped or dead. `requestId` names the request that settled it.
public record Receipt(
        EventRef event,
        Destination.Key destination,
        ReceiptState state,
        @Nullable String reason,
        @Nullable String sentAs,
        Settlement settlement) {

    /// `attempts` counts requests that carried the event and were not throttled.
    public record Settlement(
            Instant at, int attempts, @Nullable UUID requestId, List<String> notes) {
        public Settlement {
            notes = List.copyOf(notes);
        }
    }
}
