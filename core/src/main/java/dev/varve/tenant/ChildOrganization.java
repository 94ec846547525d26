package dev.varve.tenant;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An organization as its parent manages it. `metadata` is the parent's own.
public record ChildOrganization(Organization organization, Map<String, String> metadata, Times times) {
    public ChildOrganization {
        metadata = Map.copyOf(metadata);
    }

    public record Times(Instant updatedAt, @Nullable Instant archivedAt) {}

    public boolean isArchived() {
        return organization.status() == Organization.Status.ARCHIVED;
    }

    /// With other contents of its own.
    public ChildOrganization described(
            String name, @Nullable String billingEmail, Map<String, String> nextMetadata, Instant now) {
        return new ChildOrganization(
                new Organization(
                        organization.id(),
                        organization.parentId(),
                        name,
                        organization.status(),
                        organization.mode(),
                        billingEmail,
                        organization.createdAt()),
                nextMetadata,
                new Times(now, times.archivedAt()));
    }

    /// Suspended or active. A repeat changes nothing.
    public ChildOrganization withStatus(Organization.Status status, Instant now) {
        if (organization.status() == status) {
            return this;
        }
        return new ChildOrganization(
                new Organization(
                        organization.id(),
                        organization.parentId(),
                        organization.name(),
                        status,
                        organization.mode(),
                        organization.billingEmail(),
                        organization.createdAt()),
                metadata,
                new Times(now, times.archivedAt()));
    }
}
