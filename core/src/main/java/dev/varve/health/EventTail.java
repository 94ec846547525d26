package dev.varve.health;

import dev.varve.event.LoggedEvent;
import dev.varve.health.Timeline.TimelineEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Reads the newest end of the log of all processes. Thread-safe.
public interface EventTail {
    /// Where the log ends now.
    TailPosition end();

    /// Events of these projects behind `after`, by offset, at most `limit` of each stream.
    Slice after(Set<UUID> projects, TailPosition after, int limit);

    /// The earliest arrival right behind `after`, of any project; empty at the end.
    Optional<Instant> arrivalAfter(TailPosition after);

    /// These events as they stand now, in the given order.
    List<TimelineEntry> now(List<LoggedEvent> events);

    /// `end`: how far was read. `isCut`: there is more behind it already.
    record Slice(List<TimelineEntry> entries, TailPosition end, boolean isCut) {
        public Slice {
            entries = List.copyOf(entries);
        }
    }
}
