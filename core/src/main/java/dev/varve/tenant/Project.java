package dev.varve.tenant;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One end customer's product and the tenant boundary. `mode` never changes.
public record Project(UUID id, UUID organizationId, Mode mode, Status status, ProjectProfile profile, Times times) {
    public enum Status {
        ACTIVE,
        ARCHIVED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Status of(String wireName) {
            return valueOf(wireName.toUpperCase(Locale.ROOT));
        }
    }

    public record Times(
            Instant createdAt, Instant updatedAt, @Nullable Instant archivedAt) {}

    public boolean isArchived() {
        return status == Status.ARCHIVED;
    }

    public boolean isTest() {
        return mode == Mode.TEST;
    }

    public Project updated(ProjectProfile next, Status nextStatus, Instant now) {
        Instant archivedAt = nextStatus == Status.ACTIVE ? null : isArchived() ? times.archivedAt() : now;
        return new Project(id, organizationId, mode, nextStatus, next, new Times(times.createdAt(), now, archivedAt));
    }

    /// Archives; a repeat moves `archivedAt`.
    public Project archived(Instant now) {
        return new Project(id, organizationId, mode, Status.ARCHIVED, profile, new Times(times.createdAt(), now, now));
    }
}
