package dev.varve.collect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of a request with events.
public sealed interface CollectOutcome {
    /// At least one event was valid; the accepted ones are durable. `eventIds` runs parallel to the events of the
    /// request: null where rejected, the known id for a duplicate.
    record Collected(int accepted, int duplicates, List<Rejection> rejected, List<@Nullable String> eventIds)
            implements CollectOutcome {}

    /// Unreadable, no events, or no event valid; `rejected` is empty in the first two cases. `issues` has every problem
    /// of a server's events too, each at its place in the request.
    record Invalid(List<Issue> issues, List<Rejection> rejected) implements CollectOutcome {}

    record TooManyEvents(int limit) implements CollectOutcome {}

    /// Unknown app or wrong app key; deliberately without detail.
    record Unauthenticated() implements CollectOutcome {}

    /// More events than the app may send now; nothing was stored.
    record RateLimited(java.time.Duration retryAfter) implements CollectOutcome {}

    /// One problem of a request. `path` in dotted form, empty for the whole body.
    record Issue(String path, String message) {}

    /// An event that was not taken. `code`: `VALIDATION`, `CONSENT_DENIED`, `PAYLOAD_TOO_LARGE`.
    record Rejection(int index, String code, String message) {}
}
