package dev.varve.destination;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// What a platform answered. `at` is cut to milliseconds, which is what is shown and asked for. `httpStatus`
/// 0: nothing was received. `message` is for people, already free of tokens, URLs and personal data.
/// `traceId`: Meta's `fbtrace_id`, TikTok's `request_id`. `excerpt`: the beginning of a refusal's body as it
/// came, cleaned likewise; null after a success.
public record Answer(
        Instant at,
        Duration latency,
        int httpStatus,
        @Nullable Integer platformCode,
        @Nullable String message,
        @Nullable String traceId,
        @Nullable String excerpt) {
    public Answer {
        at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    public Answer(
            Instant at,
            Duration latency,
            int httpStatus,
            @Nullable Integer platformCode,
            @Nullable String message,
            @Nullable String traceId) {
        this(at, latency, httpStatus, platformCode, message, traceId, null);
    }
}
