package dev.varve.health;

import dev.varve.destination.Destination;
import java.time.Instant;
import java.util.List;

/// Finds destinations whose accounting may not add up, over all projects at once.
public interface Imbalances {
    /// Cheap and a little too suspicious: what it names is to be looked at with `Accounting`, what it does not name is
    /// well. `since` inclusive, `until` exclusive, both whole minutes of arrival; at most `limit` destinations.
    List<Destination.Key> suspects(Instant since, Instant until, int limit);
}
