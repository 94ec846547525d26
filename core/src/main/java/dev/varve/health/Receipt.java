package dev.varve.health;

import dev.varve.delivery.ReceiptState;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where an event stands on a platform. `reason`: with `SKIPPED` and `DEAD`. `at`: null while pending. `traceId`:
/// Meta's `fbtrace_id`, TikTok's `request_id`.
public record Receipt(
        Platform platform,
        ReceiptState state,
        @Nullable String reason,
        @Nullable Instant at,
        @Nullable String traceId,
        List<String> notes) {
    public Receipt {
        notes = List.copyOf(notes);
    }

    /// True once nothing more will happen by itself.
    public boolean isSettled() {
        return switch (state) {
            case PENDING, RETRYING -> false;
            case FORWARDED, SKIPPED, DEAD -> true;
        };
    }
}
