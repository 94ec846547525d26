package dev.varve.eventlog;

import java.time.Instant;

/// Where an event stands: its offset, and its time, which names the partition.
public record EventRef(long offset, Instant occurredAt) {}
