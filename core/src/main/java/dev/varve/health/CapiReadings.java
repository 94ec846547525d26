package dev.varve.health;

import dev.varve.event.Platform;
import dev.varve.tenant.Layer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Reads the facts behind a platform's status.
public interface CapiReadings {
    CapiFacts read(UUID projectId, Platform platform, Optional<Layer> layer, Instant now);

    /// What somebody should look at although it stops nothing. `facts`: those just read.
    List<CapiWarning> warnings(UUID projectId, Platform platform, CapiFacts facts, Instant now);
}
