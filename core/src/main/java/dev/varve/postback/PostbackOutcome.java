package dev.varve.postback;

import java.time.Duration;

/// What became of a postback.
public sealed interface PostbackOutcome {
    /// Stored as an event, now or before; or kept as rejected or waiting.
    record Taken() implements PostbackOutcome {}

    record NotJson() implements PostbackOutcome {}

    record Unauthenticated() implements PostbackOutcome {}

    record RateLimited(Duration retryAfter) implements PostbackOutcome {}
}
