package dev.varve.delivery;

import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.event.LoggedEvent;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An event that will not reach a platform without help. `code`: `VALIDATION` for local checks, else `PLATFORM_ERROR`.
public record DeadLetter(
        LoggedEvent event, Destination.Key destination, String reason, String code, Failure failure, Instant tooOldAt) {
    /// `sent` null when a local check failed and nothing was sent.
    public record Failure(
            int attempts,
            Instant firstAt,
            Instant lastAt,
            String message,
            @Nullable Sent sent) {}

    /// The request that failed. `payload`: the event as it was sent, JSON.
    public record Sent(UUID requestId, Answer answer, byte[] payload) {
        /// The payload as it may be kept and shown; null when it is no JSON.
        public @Nullable String maskedPayload() {
            return PayloadMask.mask(payload);
        }
    }
}
