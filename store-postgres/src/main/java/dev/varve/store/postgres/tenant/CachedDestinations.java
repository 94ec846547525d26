package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.destination.Destination;
import dev.varve.destination.Destinations;
import dev.varve.destination.LayerDestination;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Mode;
import dev.varve.tenant.PlatformEndpoints;
import dev.varve.tenant.ProjectChanges;
import dev.varve.tenant.Vault;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Destinations, read from PostgreSQL at most once a second each, with their tokens decrypted. A suspended
/// organization's token is withheld: nothing can be sent, and as the destination still stands, its events wait.
public final class CachedDestinations implements Destinations, ProjectChanges {
    private static final Logger LOG = LoggerFactory.getLogger(CachedDestinations.class);

    private final Jdbi jdbi;
    private final Vault vault;
    private final PlatformEndpoints endpoints;
    private final FreshCopies<Destination.Key, Destination> copies;

    public CachedDestinations(Jdbi jdbi, Vault vault, PlatformEndpoints endpoints) {
        this(jdbi, vault, endpoints, System::nanoTime);
    }

    CachedDestinations(Jdbi jdbi, Vault vault, PlatformEndpoints endpoints, LongSupplier nanoTime) {
        this.jdbi = jdbi;
        this.vault = vault;
        this.endpoints = endpoints;
        this.copies = new FreshCopies<>(this::load, nanoTime);
    }

    @Override
    public Optional<Destination> find(Destination.Key key) {
        return copies.find(key);
    }

    @Override
    public void changed(UUID projectId) {
        copies.forget(key -> key.projectId().equals(projectId));
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
                .map((row, context) -> read(row))
                .findOne());
    }

    private Destination read(ResultSet row) throws SQLException {
        Layer layer = PostgresLayers.read(row);
        Mode mode = Mode.valueOf(row.getString("mode").toUpperCase(Locale.ROOT));
        return LayerDestination.of(layer, mode, endpoints, token(layer.token().vaultId(), row.getBytes("ciphertext")));
    }

    private Optional<String> token(@Nullable UUID vaultId, byte @Nullable [] ciphertext) {
        if (vaultId == null || ciphertext == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(PostgresLayers.reveal(vault, vaultId, ciphertext));
        } catch (RuntimeException e) {
            // As without a token: its events wait. It must not fail whoever looks, the relay serves all projects.
            LOG.atError().addKeyValue("vaultId", vaultId).setCause(e).log("vault.token_unreadable");
            return Optional.empty();
        }
    }
}
