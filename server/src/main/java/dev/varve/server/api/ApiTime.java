package dev.varve.server.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/// Points of time as callers give them.
final class ApiTime {
    static final String EXPECTED = "must be an RFC 3339 timestamp with a time zone";

    private ApiTime() {}

    /// Empty when the text is something else.
    static Optional<Instant> parse(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
