package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.destination.Destination;
import dev.varve.destination.Destinations;
import dev.varve.tenant.PlatformEndpoints;
import dev.varve.tenant.ProjectChanges;
import dev.varve.tenant.Vault;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;

/// Destinations with their tokens decrypted, read from PostgreSQL when they changed. A suspended
/// organization's token is withheld: nothing can be sent, and as the destination still stands, its events
/// wait.
public final class CachedDestinations implements Destinations, ProjectChanges, TenantChanges.Copies {
    private final Jdbi jdbi;
    private final DestinationRows rows;
    private final FreshCopies<Destination.Key, Destination> copies;

    private CachedDestinations(Jdbi jdbi, DestinationRows rows, TenantChanges changes) {
        this.jdbi = jdbi;
        this.rows = rows;
        this.copies = new FreshCopies<>(this::load, changes);
    }

    public static CachedDestinations open(Jdbi jdbi, Vault vault, PlatformEndpoints endpoints, TenantChanges changes) {
        CachedDestinations destinations = new CachedDestinations(jdbi, new DestinationRows(vault, endpoints), changes);
        changes.tell(destinations);
        return destinations;
    }

    @Override
    public Optional<Destination> find(Destination.Key key) {
        return copies.find(key);
    }

    @Override
    public void changed(UUID projectId) {
        forget(projectId::equals);
    }

    @Override
    public void forget(Predicate<UUID> projects) {
        copies.forget(key -> projects.test(key.projectId()));
    }

    @Override
    public void tidy() {
        copies.tidy();
    }

    private Optional<Destination> load(Destination.Key key) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select l.*, p.mode, v.ciphertext
                        from layer l join project p on p.id = l.project_id
                        join organization o on o.id = p.organization_id
                        left join vault_entry v on v.id = l.access_token_id and o.status <> 'suspended'
                        where l.project_id = :project and l.platform = :platform and p.status = 'active'""")
                .bind("project", uuid(key.projectId()))
                .bind("platform", key.platform().layerName())
                .map((row, context) -> rows.read(row))
                .findOne());
    }
}
