package dev.varve.e2e.planted.connectors;

import dev.varve.e2e.planted.store.PlantedStore;
import org.jspecify.annotations.Nullable;

/// Breaks: no arrow between siblings; and stands in a cycle.
public record PlantedConnector(@Nullable PlantedStore store) {}
