package dev.varve.store.postgres;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A fresh, migrated database per test class on one embedded server per JVM:
/// ```java
/// @RegisterExtension
/// static final PostgresForTests postgres = new PostgresForTests();
/// ```
public final class PostgresForTests implements BeforeAllCallback, AfterAllCallback {
    /// A test class and those nested in it share one database.
    private int classes;

    private final String name = "test_" + UUID.randomUUID().toString().replace("-", "");
    private @Nullable EmbeddedPostgres server;
    private @Nullable Database database;

    @Override
    public void beforeAll(ExtensionContext context) throws SQLException {
        if (classes++ > 0) {
            return;
        }
        EmbeddedPostgres running = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(SharedServer.class, key -> new SharedServer(), SharedServer.class)
                .postgres;
        server = running;
        // no worker reads tables whenever it likes: tests count what is read
        administer("alter system set autovacuum = off", "select pg_reload_conf()", "create database " + name);
        Database opened = open(8);
        database = opened;
        Migrations.apply(opened.dataSource());
    }

    @Override
    public void afterAll(ExtensionContext context) throws SQLException {
        if (--classes > 0) {
            return;
        }
        database().close();
        administer("drop database " + name + " with (force)");
    }

    public Database database() {
        return present(database);
    }

    public EmbeddedPostgres server() {
        return present(server);
    }

    /// Another pool on the same database, as another process would have; the caller closes it.
    public Database open(int poolSize) {
        return Database.open(url(), server().user(), server().password(), poolSize);
    }

    public String url() {
        return server().jdbcUrl().replaceAll("/[^/]*$", "/" + name);
    }

    private void administer(String... statements) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(server().jdbcUrl(), server().user(), server().password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("used outside of a test");
        }
        return value;
    }

    /// Uses a fixed directory below `target`, so that later runs neither unpack nor initialise again; takes the
    /// next one when another build has it open.
    private static final class SharedServer implements AutoCloseable {
        private final EmbeddedPostgres postgres = open();

        private static EmbeddedPostgres open() {
            Path parent = Path.of("target", "postgres");
            for (int i = 1; i < 10; i++) {
                try {
                    return EmbeddedPostgres.start(parent.resolve("data-" + i), parent);
                } catch (IllegalStateException e) {
                    if (i == 9) {
                        throw e;
                    }
                }
            }
            throw new AssertionError();
        }

        @Override
        public void close() {
            postgres.close();
        }
    }
}
