package dev.varve.health;

import dev.varve.event.Platform;
import dev.varve.tenant.Projects;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Reads what is known of a project's platforms.
public interface CapiReadings {
    /// One reading for each of `platforms`, configured or not, all of the same moment. The caller has already checked
    /// that the project is the caller's.
    Map<Platform, CapiReading> read(UUID projectId, Set<Platform> platforms, Instant now);

    /// The same where nobody has checked that; empty when the owner has no such project. At least one of `platforms`.
    Optional<Map<Platform, CapiReading>> find(
            Projects.Owner owner, UUID projectId, Set<Platform> platforms, Instant now);
}
