package dev.varve.store.postgres.ledger;

import dev.varve.delivery.BacklogEntry;
import dev.varve.delivery.DeliveryLedger;
import dev.varve.delivery.DestinationState;
import dev.varve.delivery.DueQuery;
import dev.varve.delivery.LedgerWrite;
import dev.varve.delivery.Twin;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// The delivery ledger in PostgreSQL. Thread-safe.
public final class PostgresDeliveryLedger implements DeliveryLedger {
    private final Jdbi jdbi;

    public PostgresDeliveryLedger(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public long position(long stream) {
        return jdbi.withHandle(handle -> handle.createQuery("select position from log_stream where stream = :stream")
                .bind("stream", stream)
                .mapTo(Long.class)
                .one());
    }

    @Override
    public Set<LedgerWrite.Entry> entriesAfter(long stream, long position) {
        return new HashSet<>(jdbi.withHandle(handle -> handle.createQuery("""
                        select log_offset, platform from delivery_receipt where log_offset > :after and log_offset < :end
                        union all
                        select log_offset, platform from delivery_backlog where owner = :stream and log_offset > :after
                        """)
                .bind("after", position)
                .bind("end", dev.varve.eventlog.EventLog.firstOffset(stream + 1))
                .bind("stream", stream)
                .map((row, context) -> new LedgerWrite.Entry(row.getLong(1), Platform.values()[row.getInt(2)]))
                .list()));
    }

    @Override
    public Opened open(long stream) {
        // With a commit of its own: an opening whose answer was lost cannot come to pass after the one that repeats it.
        return jdbi.inTransaction(handle -> handle.createQuery(
                        "update log_stream set epoch = epoch + 1 where stream = :stream returning position, epoch")
                .bind("stream", stream)
                .map((row, context) -> new Opened(row.getLong("position"), row.getLong("epoch")))
                .one());
    }

    @Override
    public Set<Long> record(LedgerWrite write) {
        try {
            return jdbi.inTransaction(handle -> recordIn(handle.getConnection(), write));
        } catch (SQLException e) {
            throw new IllegalStateException("the delivery ledger could not be written", e);
        }
    }

    private static Set<Long> recordIn(Connection connection, LedgerWrite write) throws SQLException {
        Set<Long> stale = stale(connection, write);
        if (stale.isEmpty() && isNew(connection, write)) {
            new WriteStatements(connection, write).run();
        }
        return stale;
    }

    /// Whoever opens one of the streams waits for the end of this transaction, and so reads what it wrote.
    private static Set<Long> stale(Connection connection, LedgerWrite write) throws SQLException {
        Map<Long, Long> others = new HashMap<>(write.epochs);
        if (others.isEmpty()) {
            return Set.of();
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "select stream, epoch from log_stream where stream = any (?) order by stream for no key update")) {
            statement.setArray(
                    1, connection.createArrayOf("bigint", write.epochs.keySet().toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    others.remove(row.getLong("stream"), row.getLong("epoch"));
                }
            }
        }
        return Set.copyOf(others.keySet());
    }

    private static boolean isNew(Connection connection, LedgerWrite write) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into ledger_writer (writer, number) values (?, ?)
                on conflict (writer) do update set number = excluded.number, at = now()
                where ledger_writer.number < excluded.number
                """)) {
            statement.setObject(1, write.writer);
            statement.setLong(2, write.number);
            return statement.executeUpdate() == 1;
        }
    }

    /// Two queries, each along an index that has its order: one alone would walk past all that is urgent to find the
    /// others.
    @Override
    public List<BacklogEntry> due(Collection<Long> owners, Destination.Key destination, DueQuery query) {
        return jdbi.withHandle(handle -> {
            DueRows rows = new DueRows(handle, owners, destination);
            List<BacklogEntry> due = new ArrayList<>(rows.urgent(query));
            if (due.size() < query.max()) {
                due.addAll(rows.others(query, query.max() - due.size()));
            }
            return due;
        });
    }

    @Override
    public Set<Twin> forwardedTwins(Collection<Twin> twins, Instant since) {
        return twins.isEmpty()
                ? Set.of()
                : jdbi.withHandle(handle -> new SelectForwardedTwins(handle, twins).since(since));
    }

    /// Skips from destination to destination along the primary key instead of counting a backlog of millions.
    @Override
    public List<DueDestination> destinationsWithBacklog(Collection<Long> owners) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        with recursive destination as (
                            (select project_id, platform from delivery_backlog order by project_id, platform limit 1)
                            union all
                            select next.project_id, next.platform from destination d
                            cross join lateral (
                                select b.project_id, b.platform from delivery_backlog b
                                where (b.project_id, b.platform) > (d.project_id, d.platform)
                                order by b.project_id, b.platform limit 1) next
                        )
                        select d.project_id, d.platform, min(due.next_at) as first_due
                        from destination d
                        cross join unnest(cast(:owners as bigint[])) as o(owner)
                        cross join lateral (
                            select b.next_at from delivery_backlog b
                            where b.owner = o.owner and b.project_id = d.project_id and b.platform = d.platform
                            order by b.next_at limit 1) due
                        group by d.project_id, d.platform
                        """)
                .bindArray("owners", Long.class, owners.toArray())
                .map((row, context) -> new DueDestination(
                        new Destination.Key(row.getObject(1, UUID.class), Platform.values()[row.getInt(2)]),
                        instant(row, "first_due")))
                .list());
    }

    @Override
    public Optional<DestinationState> state(Destination.Key destination) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select * from destination_state where project_id = :project and platform = :platform")
                .bind("project", destination.projectId())
                .bind("platform", destination.platform().ordinal())
                .map((row, context) -> state(row, destination))
                .findOne());
    }

    private static DestinationState state(ResultSet row, Destination.Key destination) throws SQLException {
        Instant errorAt = nullableInstant(row, "error_at");
        DestinationState.LastError error = errorAt == null
                ? null
                : new DestinationState.LastError(
                        errorAt, row.getString("error_code"), row.getString("error_message"), (Integer)
                                row.getObject("error_platform_code"));
        return new DestinationState(
                destination,
                new DestinationState.Standing(
                        DestinationState.Phase.valueOf(row.getString("state").toUpperCase(java.util.Locale.ROOT)),
                        row.getString("broken_reason"),
                        nullableInstant(row, "quiet_until")),
                nullableInstant(row, "last_success_at"),
                nullableInstant(row, "failing_since"),
                error);
    }

    /// Looks for one event behind the position by its offset. Asked whether any exists, PostgreSQL would read
    /// all events there are, as it does not know the position when it plans.
    @Override
    public boolean finish(long stream) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from log_stream s where stream = :stream
                          and not exists (select from delivery_backlog where owner = :stream)
                          and (select log_offset from event where log_offset > s.position and log_offset < :end
                               order by log_offset limit 1) is null
                        """)
                        .bind("stream", stream)
                        .bind("end", dev.varve.eventlog.EventLog.firstOffset(stream + 1))
                        .execute())
                == 1;
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant nullableInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
