package dev.varve.e2e.planted.store;

import dev.varve.e2e.planted.connectors.PlantedConnector;

/// Breaks: no arrow between siblings.
public record PlantedStore(PlantedConnector connector) {}
