package dev.varve.delivery;

import java.time.Instant;
import java.util.Set;

/// Which entries of a backlog to fetch: at most `max` that are due at `now` and not in `held` (log offsets). First
/// those that occurred until `urgentUntil`, oldest first, then the others in the given order of arrival.
public record DueQuery(Instant now, int max, Set<Long> held, BacklogOrder order, Instant urgentUntil) {
    public DueQuery {
        held = Set.copyOf(held);
    }
}
