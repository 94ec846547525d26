package dev.varve.e2e.planted.delivery;

/// The target of forbidden arrows.
public final class PlantedLane {}
