package dev.varve.e2e.planted.event;

import java.sql.Connection;

/// Breaks: the core knows no driver.
public record PlantedCall(Connection connection) {}
