package dev.varve.health;

import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers.LayerError;
import java.util.List;
import java.util.Optional;

/// What is known of one project and platform. `warnings`: what somebody should look at although it stops nothing.
public record CapiReading(
        Optional<Layer> layer, CapiFacts facts, Optional<LayerError> lastError, List<CapiWarning> warnings) {
    public CapiReading {
        warnings = List.copyOf(warnings);
    }
}
