package dev.varve.server;

import dev.varve.server.config.DatabaseSettings;
import dev.varve.server.config.Secret;
import dev.varve.server.config.Settings;
import dev.varve.server.config.SettingsException;
import dev.varve.server.vault.TinkVault;
import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.EmbeddedPostgres;
import dev.varve.store.postgres.Migrations;
import dev.varve.tenant.Vault;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The database, its schema, and the secrets in it.
record StoreParts(Database database, Vault vault, String probe) {
    private static final Logger LOG = LoggerFactory.getLogger(StoreParts.class);

    static StoreParts open(Settings settings, Parts parts) {
        Database database = openDatabase(settings, parts);
        Vault vault = TinkVault.open(
                settings.installation().vaultKeyFile(), () -> ProbeSecret.anySecretStored(database.jdbi()));
        return new StoreParts(database, vault, ProbeSecret.of(database.jdbi(), vault));
    }

    private static Database openDatabase(Settings settings, Parts parts) {
        DatabaseSettings chosen = settings.database();
        Database database;
        if (chosen.url().isPresent()) {
            database = openExternal(chosen.url().get(), chosen);
        } else {
            EmbeddedPostgres postgres = parts.watch(parts.own(startEmbedded(settings)));
            database = Database.open(postgres.jdbcUrl(), postgres.user(), postgres.password(), chosen.poolSize());
        }
        parts.watch(parts.own(database));
        Migrations.apply(database.dataSource());
        return database;
    }

    /// @throws SettingsException saying why it cannot be used
    static Database openExternal(String url, DatabaseSettings chosen) {
        try {
            return Database.open(
                    url,
                    chosen.user().orElse(""),
                    chosen.password().map(Secret::value).orElse(""),
                    chosen.poolSize());
        } catch (RuntimeException e) {
            LOG.debug("database.refused", e);
            throw new SettingsException("The external PostgreSQL cannot be used: " + reason(e));
        }
    }

    /// @throws SettingsException saying why it does not start
    static EmbeddedPostgres startEmbedded(Settings settings) {
        try {
            return EmbeddedPostgres.start(settings.installation().data());
        } catch (IllegalStateException | UncheckedIOException e) {
            LOG.debug("postgres.refused", e);
            throw new SettingsException(String.valueOf(e.getMessage()));
        }
    }

    /// The first line of what the database or its driver says; the pool's own words around it help nobody.
    private static String reason(RuntimeException e) {
        String said = Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
                .filter(SQLException.class::isInstance)
                .findFirst()
                .orElse(e)
                .getMessage();
        String line = String.valueOf(said).lines().findFirst().orElse("no reason given");
        return line.endsWith(".") ? line : line + ".";
    }
}
