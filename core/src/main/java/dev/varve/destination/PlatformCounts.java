package dev.varve.destination;

import java.time.Instant;
import java.util.List;

/// A platform's own statistics of what it received from servers.
public sealed interface PlatformCounts {
    /// `periods` hold every period of the asked range that has any event. What ended before `countedUntil` is final.
    record Counted(List<Period> periods, Instant countedUntil) implements PlatformCounts {
        public Counted {
            periods = List.copyOf(periods);
        }
    }

    /// Events between two instants; an hour on Meta, a UTC day on TikTok.
    record Period(Instant from, Instant until, long events) {}

    /// The token may not read them, or the platform has none. `reason` is for people. Says nothing about sending.
    record Unreadable(String reason) implements PlatformCounts {}

    /// No verdict: throttled, failing or out of reach.
    record Unknown(Answer answer) implements PlatformCounts {}
}
