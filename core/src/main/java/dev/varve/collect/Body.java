package dev.varve.collect;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a request body turned out to be.
sealed interface Body {
    /// `events` is not empty; their free parts are in the sinks.
    record Read(
            List<EventDraft> events,
            ByteSink properties,
            ByteSink extra,
            @Nullable Instant sentAt,
            Map<String, String> testEventCode)
            implements Body {}

    record Unreadable(CollectOutcome.Issue issue) implements Body {}

    record TooMany() implements Body {}
}
