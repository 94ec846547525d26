package dev.varve.health;

import dev.varve.event.Platform;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One request to a platform that carried an event. `outcome`: `forwarded`, `retry`, `dead`.
public record Attempt(
        Platform platform,
        int number,
        String sentAs,
        String outcome,
        @Nullable Instant nextRetryAt,
        PlatformAnswer answer) {
    /// `httpStatus` null: nothing was received.
    public record PlatformAnswer(
            Instant at,
            @Nullable Integer httpStatus,
            @Nullable Integer platformCode,
            @Nullable String message,
            @Nullable String traceId,
            int latencyMs) {}
}
