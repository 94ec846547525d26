package dev.varve.health;

import java.time.Instant;

/// A problem of configuration or quality that stops nothing. `message` is for people.
public record CapiWarning(String code, String message, Instant since) {}
