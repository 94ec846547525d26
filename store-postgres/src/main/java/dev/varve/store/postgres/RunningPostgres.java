package dev.varve.store.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// How to connect to the embedded PostgreSQL that another process started.
public record RunningPostgres(String jdbcUrl, String user, String password) {
    /// The one of `dataDir`, if it runs. Starts and stops nothing.
    public static Optional<RunningPostgres> of(Path dataDir) {
        try {
            PostgresProcesses processes =
                    new PostgresProcesses(dataDir.toRealPath().resolve("pg"));
            Path password = dataDir.resolve("pg.password");
            if (processes.postmaster() == null || !Files.exists(password)) {
                return Optional.empty();
            }
            return Optional.of(new RunningPostgres(
                    EmbeddedPostgres.jdbcUrl(processes.port()),
                    EmbeddedPostgres.USER,
                    Files.readString(password).trim()));
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded PostgreSQL cannot be looked at: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "RunningPostgres[" + jdbcUrl + "]";
    }
}
