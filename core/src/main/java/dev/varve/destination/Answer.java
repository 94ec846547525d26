package dev.varve.destination;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a platform answered. `httpStatus` 0: nothing was received. `message` is for people, already free of tokens,
/// URLs and personal data. `traceId`: Meta's `fbtrace_id`, TikTok's `request_id`.
public record Answer(
        Instant at,
        Duration latency,
        int httpStatus,
        @Nullable Integer platformCode,
        @Nullable String message,
        @Nullable String traceId) {}
