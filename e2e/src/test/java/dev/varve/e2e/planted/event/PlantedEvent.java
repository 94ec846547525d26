package dev.varve.e2e.planted.event;

import dev.varve.e2e.planted.delivery.PlantedLane;

/// Breaks: inside the core, `event` stands below `delivery`.
public record PlantedEvent(PlantedLane lane) {}
