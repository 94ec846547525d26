package dev.varve.destination;

import java.util.Optional;

/// Looks up destinations. Answers come from memory; a change is seen by every process within a second.
public interface Destinations {
    /// Empty when the project has no layer for the platform, or is archived.
    Optional<Destination> find(Destination.Key key);
}
