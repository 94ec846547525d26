package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.tenant.Organization;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Makes archiving an organization wait for what comes to life in it, and the reverse. To be taken before any lock of
/// what belongs to the organization, as archiving does, so that the two never wait for each other in a circle.
final class OrganizationLock {
    private OrganizationLock() {}

    /// When it is not, nobody archives the organization until the transaction ends.
    static boolean isArchived(Handle handle, UUID organizationId) {
        return handle.createQuery("select status from organization where id = :id for share")
                .bind("id", uuid(organizationId))
                .mapTo(String.class)
                .findOne()
                .filter(Organization.Status.ARCHIVED.wireName()::equals)
                .isPresent();
    }
}
