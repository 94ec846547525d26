package dev.varve.postback;

/// Whether a postback is Apple's.
sealed interface Verdict {
    record Genuine() implements Verdict {}

    /// `reason`: `signature`, `unsupported` (a version nobody signs in a way that can be checked), `development_key`
    /// or `incomplete`.
    record Rejected(String reason) implements Verdict {}
}
