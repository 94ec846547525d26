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
/// The tokens of their layers change hands too. What happened before stays in the parent's audit trail.
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
        if (customerIsTaken(projects)) {
            return new Migration.DuplicateCustomer();
        }
        update("update project set organization_id = :child, updated_at = :at where id = any(:ids)", projects);
        update("""
                update vault_entry set organization_id = :child, updated_at = :at
                where id in (select access_token_id from layer where project_id = any(:ids))""", projects);
        return new Migration.Moved();
    }

    private boolean customerIsTaken(Set<UUID> projects) {
        return handle.createQuery("""
                        select exists (select from project moving join project there
                            on there.customer_external_id = moving.customer_external_id and there.mode = moving.mode
                            where moving.id = any(:ids) and there.organization_id = :child)""")
                .bind("ids", uuids(projects))
                .bind("child", uuid(child))
                .mapTo(Boolean.class)
                .one();
    }

    private void update(String sql, Set<UUID> projects) {
        handle.createUpdate(sql)
                .bind("child", uuid(child))
                .bind("at", at(now))
                .bind("ids", uuids(projects))
                .execute();
    }
}
