package dev.varve.tenant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// Stores child organizations. Every look-up is scoped by parent and mode: whoever is not a direct child does not
/// exist here.
public interface ChildOrganizations {
    void insert(ChildOrganization child);

    Optional<ChildOrganization> find(Projects.Owner parent, UUID id);

    /// Newest first, at most `limit`.
    List<ChildOrganization> list(
            Projects.Owner parent, Optional<Organization.Status> status, Optional<Projects.Position> after, int limit);

    /// Applies `change` while nobody else can change the child; what it throws leaves everything as it was.
    Optional<Changed> change(Projects.Owner parent, UUID id, UnaryOperator<ChildOrganization> change);

    /// Revokes the child's keys and archives its projects with it, all or nothing. A repeat changes nothing.
    Optional<Archived> archive(Projects.Owner parent, UUID id, Instant now);

    /// Moves projects of the parent to the child, all or none. Apps keep their ids and keys.
    Migration migrate(Projects.Owner parent, UUID child, Set<UUID> projects, Instant now);

    /// Projects of the child in one mode, archived ones included.
    int projectCount(Projects.Owner child);

    record Changed(ChildOrganization before, ChildOrganization after) {}

    /// `projects`: those this call archived. `repeat`: whether it had been archived before.
    record Archived(ChildOrganization child, int revokedKeys, List<UUID> projects, Repeat repeat) {
        public Archived {
            projects = List.copyOf(projects);
        }
    }

    enum Repeat {
        FIRST,
        AGAIN
    }

    sealed interface Migration {
        record Moved() implements Migration {}

        /// The child is absent, or not the parent's.
        record NoChild() implements Migration {}

        record ChildArchived() implements Migration {}

        /// These are not projects of the parent.
        record NoProjects(Set<UUID> absent) implements Migration {
            public NoProjects {
                absent = Set.copyOf(absent);
            }
        }

        /// A project of the child has the `customerExternalId` of one that was to move.
        record DuplicateCustomer() implements Migration {}
    }
}
