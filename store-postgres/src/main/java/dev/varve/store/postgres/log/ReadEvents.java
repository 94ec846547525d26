package dev.varve.store.postgres.log;

import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventRef;
import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.Patience;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// The log's two questions. Each event is put together with the address and user agent it came from, as long as that
/// matching record is kept.
final class ReadEvents {
    private static final EventSource[] SOURCES = EventSource.values();

    /// The sizes of documents are known without reading those that lie outside their rows.
    private static final String SELECT = "select " + PendingAppend.EVENT_COLUMNS + " from (select "
            + PendingAppend.EVENT_COLUMNS
            + ", sum(octet_length(document)) over (order by log_offset rows between unbounded preceding and 1 preceding)"
            + " as bytes_before from event ";

    private static final String UNTIL_FULL =
            ") e where coalesce(bytes_before, 0) < " + EventLog.READ_BYTES + " order by log_offset limit :max";

    private final Jdbi jdbi;

    ReadEvents(Database database) {
        this.jdbi = database.jdbi(Patience.BACKGROUND);
    }

    List<LoggedEvent> after(long stream, long after, int max) {
        return jdbi.withHandle(handle -> withOrigins(
                handle,
                handle.createQuery(SELECT
                                + "where log_offset > :after and log_offset < :end order by log_offset limit :max"
                                + UNTIL_FULL)
                        .bind("after", Math.max(after, EventLog.firstOffset(stream)))
                        .bind("end", EventLog.firstOffset(stream + 1))
                        .bind("max", max)
                        .setFetchSize(0)
                        .map((row, context) -> row(row))
                        .list()));
    }

    List<LoggedEvent> at(Set<EventRef> refs) {
        if (refs.isEmpty()) {
            return List.of();
        }
        Instant first =
                refs.stream().map(EventRef::occurredAt).min(Instant::compareTo).orElseThrow();
        Instant last =
                refs.stream().map(EventRef::occurredAt).max(Instant::compareTo).orElseThrow();
        return jdbi.withHandle(handle -> withOrigins(
                handle,
                handle.createQuery(SELECT
                                + "where log_offset = any(:offsets) and occurred_at between :first and :last"
                                + UNTIL_FULL)
                        .bind("max", refs.size())
                        .bindArray(
                                "offsets",
                                Long.class,
                                refs.stream().map(EventRef::offset).toList())
                        .bind("first", utc(first.minus(Duration.ofNanos(1_000)))) // the store cuts to microseconds
                        .bind("last", utc(last))
                        .map((row, context) -> row(row))
                        .list()));
    }

    private record Row(LoggedEvent event, @Nullable Long originOffset) {
        LoggedEvent from(@Nullable RequestOrigin origin) {
            return origin == null ? event : withOrigin(event, origin);
        }
    }

    private static List<LoggedEvent> withOrigins(Handle handle, List<Row> rows) {
        List<Long> offsets = rows.stream()
                .<@Nullable Long>map(Row::originOffset)
                .filter(java.util.Objects::nonNull)
                .map(java.util.Objects::requireNonNull)
                .distinct()
                .toList();
        Map<Long, RequestOrigin> origins = offsets.isEmpty() ? Map.of() : origins(handle, rows, offsets);
        return rows.stream()
                .map(row -> row.from(row.originOffset() == null ? null : origins.get(row.originOffset())))
                .toList();
    }

    private static Map<Long, RequestOrigin> origins(Handle handle, Collection<Row> rows, List<Long> offsets) {
        Instant first = rows.stream()
                .map(row -> row.event().receivedAt())
                .min(Instant::compareTo)
                .orElseThrow();
        Instant last = rows.stream()
                .map(row -> row.event().receivedAt())
                .max(Instant::compareTo)
                .orElseThrow();
        Map<Long, RequestOrigin> origins = new HashMap<>();
        handle.createQuery("select origin_offset, ip, user_agent from matching_record"
                        + " where origin_offset = any(:offsets) and received_at between :first and :last")
                .bindArray("offsets", Long.class, offsets)
                .bind("first", utc(first))
                .bind("last", utc(last))
                .map((row, context) -> Map.entry(row.getLong(1), new RequestOrigin(row.getString(2), row.getString(3))))
                .forEach(entry -> origins.put(entry.getKey(), entry.getValue()));
        return origins;
    }

    private static LoggedEvent withOrigin(LoggedEvent logged, RequestOrigin origin) {
        Event event = logged.event();
        return new LoggedEvent(
                logged.offset(),
                logged.receivedAt(),
                new Event(
                        event.identity(),
                        event.occurredAt(),
                        event.source(),
                        event.synthetic(),
                        event.sender(),
                        event.consent(),
                        event.document(),
                        origin));
    }

    private static Row row(ResultSet row) throws SQLException {
        EventIdentity identity = new EventIdentity(
                row.getObject("project_id", UUID.class),
                row.getString("app_id"),
                row.getString("event_id"),
                row.getString("name"));
        SenderFacts sender = new SenderFacts(
                row.getString("environment"),
                row.getString("platform"),
                row.getString("user_id"),
                row.getString("install_id"),
                row.getString("session_id"));
        Consent consent = new Consent(
                row.getObject("consent_analytics", Boolean.class), row.getObject("consent_advertising", Boolean.class));
        Event event = new Event(
                identity,
                time(row, "occurred_at"),
                SOURCES[row.getInt("source")],
                row.getBoolean("synthetic"),
                sender,
                consent,
                row.getBytes("document"),
                RequestOrigin.UNKNOWN);
        return new Row(
                new LoggedEvent(row.getLong("log_offset"), time(row, "received_at"), event),
                row.getObject("origin_offset", Long.class));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
