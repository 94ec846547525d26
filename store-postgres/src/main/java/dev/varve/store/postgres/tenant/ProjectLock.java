package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.uuid;

import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Makes changes of what belongs to a project wait for each other, where no row of its own could.
final class ProjectLock {
    private ProjectLock() {}

    /// Until the transaction ends. Rows that refer to the project can be written meanwhile.
    static void take(Handle handle, UUID projectId) {
        handle.createQuery("select 1 from project where id = :id for no key update")
                .bind("id", uuid(projectId))
                .mapTo(Integer.class)
                .findOne();
    }
}
