package dev.varve.event;

import java.util.UUID;

/// What names an event: `eventId` is unique per (project, app).
public record EventIdentity(UUID projectId, String appId, String eventId, String name) {}
