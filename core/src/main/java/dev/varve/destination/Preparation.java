package dev.varve.destination;

/// What mapping made of an event.
public sealed interface Preparation {
    record Prepared(PreparedEvent event) implements Preparation {}

    /// Not for this platform; ends as a `skipped` receipt.
    record Skipped(SkipReason reason) implements Preparation {}

    /// For this platform, but the platform would refuse it; ends as a dead letter. `reason` as in contract 4.11,
    /// such as `missing_currency`; `message` says what to mend.
    record Refused(String reason, String message, String sentAs) implements Preparation {}
}
