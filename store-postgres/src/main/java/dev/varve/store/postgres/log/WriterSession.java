package dev.varve.store.postgres.log;

import dev.varve.eventlog.EventLog;
import dev.varve.store.postgres.Database;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The writer's connection, which also holds the lease of the stream it writes: a commit on it proves that the lease
/// still stood. When the connection is lost the stream may be adopted by another process, so a new session takes
/// the old stream up again only when it gets its lease back before anybody else.
final class WriterSession implements AutoCloseable {
    /// Above what the server allows a statement, and what ending the session before may take.
    private static final int NETWORK_TIMEOUT_MS = 10_000;
    private final Connection connection;
    private final Backend backend;
    private long stream;

    private record Backend(int pid, String startedAt) {}

    /// `before` is the session whose connection was lost; its server process is ended first, so that it cannot commit
    /// any more behind our back.
    static WriterSession open(Database database, @Nullable WriterSession before, boolean continueStream)
            throws SQLException {
        Connection connection = database.dedicated();
        try {
            WriterSession session = new WriterSession(connection);
            if (before != null) {
                session.terminate(before.backend);
            }
            if (before == null || !continueStream || !session.takeUp(before.stream)) {
                session.openStream();
            }
            connection.setAutoCommit(false);
            return session;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private WriterSession(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT_MS);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set synchronous_commit = on; set lock_timeout = '6s'; set statement_timeout = '8s'");
            try (ResultSet row = statement.executeQuery(
                    "select pid, backend_start::text from pg_stat_activity where pid = pg_backend_pid()")) {
                row.next();
                backend = new Backend(row.getInt(1), row.getString(2));
            }
        }
    }

    long stream() {
        return stream;
    }

    /// The usual way: three COPYs and a commit. Fails with a unique violation when one of the keys is known.
    void copyOptimistically(Group group) throws SQLException {
        send("event_key", PendingAppend.KEY_COLUMNS, group.keyRows());
        copyRows(group);
    }

    /// The slower way, once for a group in which a key is known: asks for every key, then copies what is new.
    void copyNewOnly(Group group) throws SQLException {
        group.keepOnly(insertKeys(group.newKeys()));
        copyRows(group);
    }

    void commit() throws SQLException {
        connection.commit();
    }

    /// Ends whatever transaction is open, and asks the server.
    boolean isAlive() {
        try {
            connection.rollback();
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    /// Whether the transaction of `group` was committed. All its rows stand or fall together, so one key tells.
    boolean isStored(Group group) throws SQLException {
        Group.NewKeys keys = group.newKeys();
        if (keys.keys().isEmpty()) {
            return true;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("select 1 from event_key where key = ? and log_offset = ?")) {
            statement.setObject(1, keys.keys().getFirst().key());
            statement.setLong(2, keys.keys().getFirst().offset());
            try (ResultSet row = statement.executeQuery()) {
                boolean stored = row.next();
                connection.rollback();
                return stored;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private void copyRows(Group group) throws SQLException {
        CopyBuffer origins = group.originRows();
        send("matching_record", PendingAppend.ORIGIN_COLUMNS, origins);
        send("event", PendingAppend.EVENT_COLUMNS, group.eventRows());
    }

    private void send(String table, String columns, CopyBuffer rows) throws SQLException {
        if (rows.size() <= EMPTY_SIZE) {
            return;
        }
        rows.copyTo(connection, table, columns);
    }

    private static final int EMPTY_SIZE = new CopyBuffer(32).header().trailer().size();

    private Set<EventKey> insertKeys(Group.NewKeys keys) throws SQLException {
        Array uuids = connection.createArrayOf("uuid", keys.uuids());
        Array offsets = connection.createArrayOf("bigint", keys.offsets());
        Array times = connection.createArrayOf("timestamptz", keys.times());
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into event_key (key, log_offset, occurred_at)
                select * from unnest(?::uuid[], ?::bigint[], ?::timestamptz[]) order by 1
                on conflict do nothing returning key""")) {
            statement.setArray(1, uuids);
            statement.setArray(2, offsets);
            statement.setArray(3, times);
            Set<EventKey> fresh = new HashSet<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    fresh.add(EventKey.of(rows.getObject(1, UUID.class)));
                }
            }
            return fresh;
        }
    }

    private void terminate(Backend gone) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select pg_terminate_backend(pid, 5000)"
                + " from pg_stat_activity where pid = ? and backend_start = ?::timestamptz")) {
            statement.setInt(1, gone.pid());
            statement.setString(2, gone.startedAt());
            statement.execute();
        }
    }

    private boolean takeUp(long old) throws SQLException {
        boolean taken = StreamLeases.tryLock(connection, old);
        if (taken) {
            stream = old;
        }
        return taken;
    }

    /// The lease is taken before the row becomes visible, so nobody can adopt the stream in between.
    private void openStream() throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row =
                    statement.executeQuery("insert into log_stream (position) values (0) returning stream")) {
                row.next();
                stream = row.getLong(1);
            }
            statement.execute("select pg_advisory_lock(" + StreamLeases.LOCK_CLASS + ", " + stream + ")");
            statement.execute(
                    "update log_stream set position = " + EventLog.firstOffset(stream) + " where stream = " + stream);
        }
        connection.commit();
    }
}
