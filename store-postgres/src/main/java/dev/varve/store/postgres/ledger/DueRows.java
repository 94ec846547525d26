package dev.varve.store.postgres.ledger;

import dev.varve.delivery.BacklogEntry;
import dev.varve.delivery.BacklogOrder;
import dev.varve.delivery.DueQuery;
import dev.varve.destination.Destination;
import dev.varve.eventlog.EventRef;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Reads what is due of one destination's backlog.
final class DueRows {
    private static final String SELECT = """
            select owner, log_offset, occurred_at, received_at, app_id, synthetic, attempts, first_attempt_at, next_at
            from delivery_backlog
            where project_id = :project and platform = :platform and owner = any(:owners)
              and next_at <= :now and log_offset <> all(:held) and""";

    private final Handle handle;
    private final Collection<Long> owners;
    private final Destination.Key destination;

    DueRows(Handle handle, Collection<Long> owners, Destination.Key destination) {
        this.handle = handle;
        this.owners = owners;
        this.destination = destination;
    }

    List<BacklogEntry> urgent(DueQuery query) {
        return read(SELECT + " occurred_at <= :urgent order by occurred_at, log_offset limit :max", query, query.max());
    }

    List<BacklogEntry> others(DueQuery query, int max) {
        return read(SELECT + " occurred_at > :urgent order by " + order(query.order()) + " limit :max", query, max);
    }

    /// Of arrival, whichever stream an event lies in.
    private static String order(BacklogOrder order) {
        return switch (order) {
            case OLDEST -> "received_at, log_offset";
            case NEWEST -> "received_at desc, log_offset desc";
        };
    }

    private List<BacklogEntry> read(String sql, DueQuery query, int max) {
        return handle.createQuery(sql)
                .bind("project", destination.projectId())
                .bind("platform", destination.platform().ordinal())
                .bindArray("owners", Long.class, owners.toArray())
                .bindArray("held", Long.class, query.held().toArray())
                .bind("now", query.now().atOffset(ZoneOffset.UTC))
                .bind("urgent", query.urgentUntil().atOffset(ZoneOffset.UTC))
                .bind("max", max)
                .map((row, context) -> entry(row))
                .list();
    }

    private BacklogEntry entry(ResultSet row) throws SQLException {
        return new BacklogEntry(
                row.getLong("owner"),
                destination,
                new EventRef(row.getLong("log_offset"), instant(row, "occurred_at")),
                row.getString("app_id"),
                instant(row, "received_at"),
                row.getBoolean("synthetic"),
                new BacklogEntry.Progress(
                        row.getInt("attempts"), nullableInstant(row, "first_attempt_at"), instant(row, "next_at")));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant nullableInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
