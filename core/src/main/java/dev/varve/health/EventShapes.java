package dev.varve.health;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Reads the shapes of stored events, for `SchemaDrift`.
public interface EventShapes {
    /// Of the app's real events called `name` that happened in `SchemaDrift.WINDOW` before `now`, or later:
    /// one entry per environment, empty where none is stated. Environments with too few events to learn from
    /// are left out.
    ///
    /// All events are looked at where the name is rare. Of a frequent one the newest are, and others spread
    /// evenly over the window, so that what is read does not grow with what is stored. The caller has already
    /// checked that the app is the project's and the project the caller's.
    Map<Optional<String>, ObservedShapes> read(UUID projectId, String appId, String name, Instant now);
}
