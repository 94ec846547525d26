package dev.varve.destination;

/// Whether a destination is likely to work.
public sealed interface ProbeResult {
    Answer answer();

    /// The platform accepts token and pixel. `conclusive` false: the probe cannot tell, it did not object.
    record Accepted(Answer answer, boolean conclusive) implements ProbeResult {}

    record TokenRefused(Answer answer) implements ProbeResult {}

    record PixelRefused(Answer answer) implements ProbeResult {}

    /// No verdict: throttled, failing or out of reach.
    record Unknown(Answer answer) implements ProbeResult {}
}
