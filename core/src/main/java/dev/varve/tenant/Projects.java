package dev.varve.tenant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// Stores projects. Every look-up but that of the mode is scoped by organization and mode: another's project does not
/// exist here.
public interface Projects {
    Saved insert(Project project);

    /// Changes a project that nobody else changes meanwhile: `edit` gets it as it is stored now. What `edit` throws
    /// passes, and nothing was saved.
    Changed change(Owner owner, UUID id, UnaryOperator<Project> edit);

    Optional<Project> find(Owner owner, UUID id);

    /// Of a project of whichever organization: its owner may change, its mode never does.
    Optional<Mode> mode(UUID id);

    /// Newest first, at most `limit`.
    List<Project> list(Owner owner, Filter filter, Optional<Position> after, int limit);

    /// Whose projects.
    record Owner(UUID organizationId, Mode mode) {}

    /// `search`: case-insensitive part of the name.
    record Filter(Optional<Project.Status> status, Optional<String> search, Optional<String> customerExternalId) {
        public static final Filter NONE = new Filter(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// The last item of the page before.
    record Position(Instant createdAt, UUID id) {}

    sealed interface Changed {
        record Done(Project before, Project after) implements Changed {}

        record Absent() implements Changed {}

        /// As `Saved.DUPLICATE_CUSTOMER`.
        record DuplicateCustomer() implements Changed {}

        /// As `Saved.ORGANIZATION_ARCHIVED`.
        record OrganizationArchived() implements Changed {}
    }

    enum Saved {
        SAVED,
        /// The organization already has this `customerExternalId`; nothing was saved.
        DUPLICATE_CUSTOMER,
        /// Nothing is made or changed in an archived organization; nothing was saved.
        ORGANIZATION_ARCHIVED
    }
}
