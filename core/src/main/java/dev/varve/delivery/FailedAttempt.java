package dev.varve.delivery;

import dev.varve.event.Platform;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A try that did not settle an event well. `isFinal`: nothing follows, the event is a dead letter.
public record FailedAttempt(
        long offset,
        Platform platform,
        int attempt,
        UUID requestId,
        String sentAs,
        @Nullable Instant nextRetryAt) {
    public boolean isFinal() {
        return nextRetryAt == null;
    }
}
