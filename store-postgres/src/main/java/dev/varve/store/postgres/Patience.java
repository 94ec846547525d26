package dev.varve.store.postgres;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;

/// How long one statement may take, its waiting for locks included. PostgreSQL ends it then, and the connection stays
/// good. Should PostgreSQL itself stand still, the driver gives the connection up two seconds later: what such a
/// statement did is not known then.
public record Patience(Duration limit) {
    /// Calls that somebody waits for.
    public static final Patience PROMPT = new Patience(Duration.ofSeconds(8));

    /// The relay and the watches. A statement that needs longer than this every time would never get anywhere.
    public static final Patience BACKGROUND = new Patience(Duration.ofSeconds(30));

    /// Work on as many rows as there are: retention, replays, sums over long windows.
    public static final Patience LONG = new Patience(Duration.ofMinutes(5));

    /// An index over a year of events takes its time.
    static final Patience MIGRATION = new Patience(Duration.ofHours(6));

    private static final Duration ANSWER_ON_ITS_WAY = Duration.ofSeconds(2);

    /// When the driver gives up.
    Duration network() {
        return limit.plus(ANSWER_ON_ITS_WAY);
    }

    /// For what is left of the handle's transaction; its connection has to be a pooled one, which forgets it.
    public void within(Handle handle) {
        try {
            handle.getConnection()
                    .setNetworkTimeout(Runnable::run, (int) network().toMillis());
        } catch (SQLException e) {
            throw new IllegalStateException("the connection takes no time limit", e);
        }
        handle.execute("set local statement_timeout = " + limit.toMillis());
    }

    /// Connections of a pool that has another patience.
    ConnectionFactory of(HikariDataSource pool) {
        return new ConnectionFactory() {
            @Override
            public Connection openConnection() throws SQLException {
                Connection connection = pool.getConnection();
                try {
                    prepare(connection);
                    return connection;
                } catch (SQLException e) {
                    discard(pool, connection);
                    throw e;
                }
            }

            @Override
            public void closeConnection(Connection connection) throws SQLException {
                try {
                    if (!connection.isClosed()) {
                        execute(connection, "reset statement_timeout");
                    }
                    connection.close();
                } catch (SQLException e) {
                    discard(pool, connection);
                }
            }
        };
    }

    /// The pool takes the network's limit back by itself, but not the session's.
    private void prepare(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, (int) network().toMillis());
        execute(connection, "set statement_timeout = " + limit.toMillis());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void discard(HikariDataSource pool, Connection connection) throws SQLException {
        pool.evictConnection(connection);
        connection.close();
    }
}
