package dev.varve.server;

import dev.varve.server.config.Settings;
import dev.varve.server.config.SettingsException;
import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.EmbeddedPostgres;
import dev.varve.store.postgres.Migrations;
import dev.varve.store.postgres.RunningPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jdbi.v3.core.Jdbi;

/// The database of an installation for a command that works on its rows: the external one, else the embedded one,
/// which is started for the time of the command when no server runs. Never makes or upgrades a schema.
final class OperatorDatabase implements AutoCloseable {
    private static final int CONNECTIONS = 2;

    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final Database database;

    private OperatorDatabase(Settings settings) {
        try {
            database = settings.database().url().isPresent()
                    ? own(StoreParts.openExternal(settings.database().url().get(), settings.database()))
                    : embedded(settings);
            if (!Migrations.areApplied(database.dataSource())) {
                throw new SettingsException(
                        "The database was made by another version of Varve; start the server of this version once.");
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// @throws SettingsException saying why there is none
    static OperatorDatabase open(Settings settings) {
        return new OperatorDatabase(settings);
    }

    Jdbi jdbi() {
        return database.jdbi();
    }

    private Database embedded(Settings settings) {
        Path data = settings.installation().data();
        if (!Files.exists(data.resolve("pg").resolve("PG_VERSION"))) {
            throw new SettingsException("There is no installation in " + data + "; name its directory with --data.");
        }
        return RunningPostgres.of(data)
                .filter(_ -> isInUse(data))
                .map(access -> open(access.jdbcUrl(), access.user(), access.password()))
                .orElseGet(() -> start(settings));
    }

    /// By a server. Otherwise what runs was left behind by one, and this command adopts and stops it.
    private static boolean isInUse(Path data) {
        try (DataDirectory free = DataDirectory.open(data)) {
            return !Files.exists(free.path());
        } catch (SettingsException e) {
            return true;
        }
    }

    private Database start(Settings settings) {
        own(DataDirectory.open(settings.installation().data()));
        EmbeddedPostgres postgres = own(StoreParts.startEmbedded(settings));
        return open(postgres.jdbcUrl(), postgres.user(), postgres.password());
    }

    private Database open(String url, String user, String password) {
        return own(Database.open(url, user, password, CONNECTIONS));
    }

    private <T extends AutoCloseable> T own(T part) {
        owned.push(part);
        return part;
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("the database was not closed", e);
            }
        }
    }
}
