package dev.varve.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.postgresql.PGConnection;

/// A database of its own on the PostgreSQL server of a running installation, with the product's schema; dropped at
/// the end.
final class ThrowawayDatabase implements AutoCloseable {
    private static final String NAME = "varve_bench";
    private static final List<String> MIGRATIONS = List.of(
            "/db/migration/V1__varve.sql",
            "/db/migration/V2__relay_at_depth.sql",
            "/db/migration/V6__event_filters.sql");

    private final Connection administration;
    private final Connection connection;

    private ThrowawayDatabase(Connection administration, Connection connection) {
        this.administration = administration;
        this.connection = connection;
    }

    static ThrowawayDatabase create(Path data) throws SQLException, IOException {
        Connection administration = Installation.of(data).connect();
        execute(administration, "drop database if exists " + NAME + " with (force)");
        execute(administration, "create database " + NAME);
        Connection connection = Installation.of(data).connect(NAME);
        for (String migration : MIGRATIONS) {
            execute(connection, text(migration));
        }
        connection.setAutoCommit(false);
        return new ThrowawayDatabase(administration, connection);
    }

    Connection connection() {
        return connection;
    }

    void execute(String sql) throws SQLException {
        execute(connection, sql);
        connection.commit();
    }

    /// One COPY and its commit.
    void copy(byte[] rows) throws SQLException, IOException {
        connection.unwrap(PGConnection.class).getCopyAPI().copyIn(EventRows.COPY, new ByteArrayInputStream(rows));
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        execute(administration, "drop database " + NAME + " with (force)");
        administration.close();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String text(String migration) throws IOException {
        try (InputStream sql = ThrowawayDatabase.class.getResourceAsStream(migration)) {
            if (sql == null) {
                throw new IOException("the schema is not on the class path");
            }
            return new String(sql.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
