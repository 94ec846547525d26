package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.bool;
import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.text;

import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import java.sql.ResultSet;
import java.sql.SQLException;

/// Reads rows of `event` with the columns `ip` and `user_agent` of their matching record beside them.
final class EventRows {
    /// The matching record of an event arrived with it; the bounds on arrival let partitions prune.
    static final String WITH_ORIGIN = """
            select e.*, m.ip, m.user_agent from event e
            left join lateral (
                select ip, user_agent from matching_record r
                where r.origin_offset = e.origin_offset
                  and r.received_at between e.received_at - interval '1 minute' and e.received_at + interval '1 minute'
                limit 1) m on true
            """;

    private EventRows() {}

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
