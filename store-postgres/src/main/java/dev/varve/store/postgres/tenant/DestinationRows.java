package dev.varve.store.postgres.tenant;

import dev.varve.destination.Destination;
import dev.varve.destination.LayerDestination;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Mode;
import dev.varve.tenant.PlatformEndpoints;
import dev.varve.tenant.Vault;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes destinations of rows that hold a layer's columns, its project's `mode`, and its token's `ciphertext` or null.
public record DestinationRows(Vault vault, PlatformEndpoints endpoints) {
    private static final Logger LOG = LoggerFactory.getLogger(DestinationRows.class);

    public Destination read(ResultSet row) throws SQLException {
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
