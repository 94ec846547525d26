package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.bool;
import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.longs;
import static dev.varve.store.postgres.tenant.Columns.text;
import static dev.varve.store.postgres.tenant.Columns.times;

import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.health.Timeline.Position;
import dev.varve.store.postgres.ShownTime;
import dev.varve.store.postgres.tenant.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Reads rows of `event` with the columns `ip` and `user_agent` of their matching record beside them.
final class EventRows {
    /// The matching record of an event arrived with it; the bounds on arrival let partitions prune.
    private static final String ORIGIN = """
            left join lateral (
                select ip, user_agent from matching_record r
                where r.origin_offset = e.origin_offset
                  and r.received_at between e.received_at - interval '1 minute' and e.received_at + interval '1 minute'
                limit 1) m on true
            """;

    static final String WITH_ORIGIN = "select e.*, m.ip, m.user_agent from event e\n" + ORIGIN;

    /// One look-up by the primary key for each, in the partition of its week.
    private static final String AT = """
            select e.*, m.ip, m.user_agent from unnest(:offsets, :times) with ordinality k(log_offset, occurred_at, n)
            cross join lateral (
                select * from event r where r.log_offset = k.log_offset and r.occurred_at = k.occurred_at
                  and r.occurred_at between :oldest and :newest limit 1) e
            """ + ORIGIN + "order by k.n";

    private EventRows() {}

    /// The events at these positions, in this order: newest first.
    static List<LoggedEvent> at(Handle handle, List<Position> positions) {
        if (positions.isEmpty()) {
            return List.of();
        }
        return handle.createQuery(AT)
                .bind("offsets", longs(positions.stream().map(Position::offset).toList()))
                .bind(
                        "times",
                        times(positions.stream().map(Position::occurredAt).toList()))
                .bind("oldest", Columns.at(ShownTime.of(positions.getLast().occurredAt())))
                .bind("newest", Columns.at(ShownTime.after(positions.getFirst().occurredAt())))
                .map((row, context) -> read(row))
                .list();
    }

    static LoggedEvent read(ResultSet row) throws SQLException {
        Event event = new Event(
                new EventIdentity(
                        id(row, "project_id"),
                        row.getString("app_id"),
                        row.getString("event_id"),
                        row.getString("name")),
                instant(row, "occurred_at"),
                EventSource.values()[row.getInt("source")],
                row.getBoolean("synthetic"),
                new SenderFacts(
                        text(row, "environment"),
                        text(row, "platform"),
                        text(row, "user_id"),
                        text(row, "install_id"),
                        text(row, "session_id")),
                new Consent(bool(row, "consent_analytics"), bool(row, "consent_advertising")),
                row.getBytes("document"),
                new RequestOrigin(text(row, "ip"), text(row, "user_agent")));
        return new LoggedEvent(row.getLong("log_offset"), instant(row, "received_at"), event);
    }
}
