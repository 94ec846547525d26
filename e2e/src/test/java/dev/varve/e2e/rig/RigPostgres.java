package dev.varve.e2e.rig;

import dev.varve.e2e.fixture.Product;
import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.EmbeddedPostgres;
import dev.varve.store.postgres.Migrations;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;

/// One PostgreSQL per JVM, and a fresh, migrated database on it for every rig. Its files stay below `target`, so that
/// later runs neither unpack nor initialise again.
final class RigPostgres implements AutoCloseable {
    private static final int POOL = 8;

    private final String name = "rig_" + UUID.randomUUID().toString().replace("-", "");
    private final Database database;

    private RigPostgres() {
        administer("create database " + name);
        EmbeddedPostgres server = Server.POSTGRES;
        database = Database.open(
                server.jdbcUrl().replaceAll("/[^/]*$", "/" + name), server.user(), server.password(), POOL);
        Migrations.apply(database.dataSource());
    }

    static RigPostgres open() {
        return new RigPostgres();
    }

    Database database() {
        return database;
    }

    @Override
    public void close() {
        database.close();
        administer("drop database " + name + " with (force)");
    }

    private static void administer(String sql) {
        EmbeddedPostgres server = Server.POSTGRES;
        try (var connection = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static final class Server {
        private static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            Path parent = Product.root().resolve("e2e/target/rig");
            EmbeddedPostgres started = EmbeddedPostgres.start(parent.resolve("data"), parent);
            Runtime.getRuntime().addShutdownHook(new Thread(started::close));
            return started;
        }
    }
}
