package dev.varve.health;

import dev.varve.destination.Destination;
import dev.varve.destination.PlatformCounts.Period;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.List;

/// The destinations whose platform is to be asked for its counts, and what it said; shared by all processes.
public interface CountPolls {
    /// At most `limit` destinations that are switched on, longest overdue first. Nobody else gets them before `until`.
    List<Due> claim(Platform platform, Instant now, Instant until, int limit);

    /// The platform counted. `periods`: all that are final, of which earlier counts are replaced; what ended before
    /// `countedUntil` is among them. This and the two below keep nothing when the layer was configured anew since.
    void counted(Due due, List<Period> periods, Instant countedUntil, Instant nextAt);

    /// The token may not read the counts, or there are none. `reason` is for people.
    void unreadable(Due due, String reason, Instant at, Instant nextAt);

    /// No verdict.
    void postponed(Due due, Instant nextAt);

    /// `configuredAt`: the layer's newest configuration.
    record Due(Destination destination, Instant configuredAt) {}
}
