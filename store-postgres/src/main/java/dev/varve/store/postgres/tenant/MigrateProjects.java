package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.uuid;
import static dev.varve.store.postgres.tenant.Columns.uuids;

import dev.varve.tenant.ChildOrganizations.Migration;
import dev.varve.tenant.Projects.Owner;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Moves projects to a child whose row the transaction holds.
///
/// The tokens of their layers and their jobs change hands too. What happened before stays in the parent's audit trail.
///
/// That the child has the `customerExternalId` of one already, only the index can tell: it throws.
record MigrateProjects(Handle handle, Owner parent, UUID child, Instant now) {
    Migration move(Set<UUID> projects) {
        Set<UUID> absent = new HashSet<>(projects);
        handle.createQuery("""
                        select id from project where id = any(:ids) and organization_id = :parent and mode = :mode
                        order by id for update""")
                .bind("ids", uuids(projects))
                .bind("parent", uuid(parent.organizationId()))
                .bind("mode", parent.mode().wireName())
                .mapTo(UUID.class)
                .forEach(absent::remove);
        if (!absent.isEmpty()) {
            return new Migration.NoProjects(absent);
        }
        update("update project set organization_id = :child, updated_at = :at where id = any(:ids)", projects);
        update("""
                update vault_entry set organization_id = :child, updated_at = :at
                where id in (select access_token_id from layer where project_id = any(:ids))""", projects);
        moveJobs(projects);
        return new Migration.Moved();
    }

    private void update(String sql, Set<UUID> projects) {
        handle.createUpdate(sql)
                .bind("child", uuid(child))
                .bind("at", at(now))
                .bind("ids", uuids(projects))
                .execute();
    }

    /// In the order in which running jobs are ended, so that the two never wait for each other in a circle.
    private void moveJobs(Set<UUID> projects) {
        handle.createUpdate("""
                        update job set organization_id = :child
                        where id in (select id from job where project_id = any(:ids) order by id for update)""")
                .bind("child", uuid(child))
                .bind("ids", uuids(projects))
                .execute();
    }
}
