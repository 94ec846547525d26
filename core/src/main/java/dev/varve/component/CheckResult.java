package dev.varve.component;

/// What a component says of itself. `detail` is one sentence for people, without secrets.
public sealed interface CheckResult {
    String detail();

    record Passed(String detail) implements CheckResult {}

    /// Works, but somebody should look.
    record Degraded(String detail) implements CheckResult {}

    record Failed(String detail) implements CheckResult {}
}
