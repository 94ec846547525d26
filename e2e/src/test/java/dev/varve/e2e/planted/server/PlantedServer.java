package dev.varve.e2e.planted.server;

/// The target of forbidden arrows.
public final class PlantedServer {}
