package dev.varve.e2e.planted.health;

import dev.varve.e2e.planted.server.PlantedServer;

/// Breaks: the core knows nothing outside of itself.
public record PlantedStatus(PlantedServer server) {}
