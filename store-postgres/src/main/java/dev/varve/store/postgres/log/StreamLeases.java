package dev.varve.store.postgres.log;

import dev.varve.store.postgres.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The leases of streams whose writers are gone, held as session locks on a connection of their own: when that is lost,
/// so are all leases, at once and without anybody's doing. Thread-safe.
final class StreamLeases implements AutoCloseable {
    static final int LOCK_CLASS = 7671;
    private static final Logger LOG = LoggerFactory.getLogger(StreamLeases.class);
    private static final int NETWORK_TIMEOUT_MS = 3_000;

    private final Database database;
    private volatile List<Long> held = List.of();
    private @Nullable Connection connection;

    StreamLeases(Database database) {
        this.database = database;
    }

    List<Long> held() {
        return held;
    }

    /// Takes the leases of all streams but `own` that nobody holds, and lets go of those that are finished.
    synchronized void adoptOrphans(Set<Long> own) {
        try {
            Connection open = connected();
            Set<Long> now = new LinkedHashSet<>(held);
            Set<Long> streams = streams(open);
            for (long finished : now.stream().filter(s -> !streams.contains(s)).toList()) {
                unlock(open, finished);
                now.remove(finished);
            }
            for (long stream : streams) {
                if (!own.contains(stream) && !now.contains(stream) && tryLock(open, stream)) {
                    LOG.atInfo().addKeyValue("stream", stream).log("stream.adopted");
                    now.add(stream);
                }
            }
            held = List.copyOf(now);
        } catch (SQLException e) {
            LOG.warn("the leases of the log's streams are lost until the database answers again: {}", e.getMessage());
            drop();
        }
    }

    @Override
    public synchronized void close() {
        drop();
    }

    /// Tries to take the lease of a stream that still exists.
    static boolean tryLock(Connection connection, long stream) throws SQLException {
        if (!ask(connection, "select pg_try_advisory_lock(" + LOCK_CLASS + ", ?::int)", stream)) {
            return false;
        }
        boolean exists = ask(connection, "select exists (select 1 from log_stream where stream = ?)", stream);
        if (!exists) {
            unlock(connection, stream);
        }
        return exists;
    }

    private static void unlock(Connection connection, long stream) throws SQLException {
        ask(connection, "select pg_advisory_unlock(" + LOCK_CLASS + ", ?::int)", stream);
    }

    private static boolean ask(Connection connection, String sql, long stream) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, stream);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static Set<Long> streams(Connection connection) throws SQLException {
        Set<Long> streams = new LinkedHashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select stream from log_stream order by stream")) {
            while (rows.next()) {
                streams.add(rows.getLong(1));
            }
        }
        return streams;
    }

    private Connection connected() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = database.dedicated();
            open.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT_MS);
            connection = open;
        }
        return open;
    }

    private void drop() {
        held = List.of();
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.debug("the lease connection was gone already", e);
            }
        }
    }
}
