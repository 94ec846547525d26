package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.integer;
import static dev.varve.store.postgres.tenant.Columns.text;

import dev.varve.delivery.ReceiptState;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.health.Attempt;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Every request to a platform that carried one event: the failed ones, and the last one from the receipt unless it is
/// among them.
final class SelectAttempts {
    private SelectAttempts() {}

    static List<Attempt> read(Handle handle, LoggedEvent event) {
        return handle.createQuery("""
                        select a.platform, a.attempt, a.sent_as, a.outcome, a.next_retry_at,
                            q.at, q.http_status, q.platform_code, q.message, q.trace_id, q.latency_ms
                        from delivery_attempt a join delivery_request q on q.id = a.request_id
                        where a.log_offset = :offset
                        union all
                        select r.platform, r.attempts, coalesce(r.sent_as, ''),
                            case r.state when :forwarded then 'forwarded' else 'dead' end, null,
                            q.at, q.http_status, q.platform_code, q.message, q.trace_id, q.latency_ms
                        from delivery_receipt r join delivery_request q on q.id = r.request_id
                        where r.log_offset = :offset and r.occurred_at = :occurredAt and r.state in (:forwarded, :dead)
                          and not exists (select from delivery_attempt a
                              where a.log_offset = r.log_offset and a.platform = r.platform and a.request_id = r.request_id)
                        order by at, platform, attempt""")
                .bind("offset", event.offset())
                .bind("occurredAt", at(event.event().occurredAt()))
                .bind("forwarded", ReceiptState.FORWARDED.ordinal())
                .bind("dead", ReceiptState.DEAD.ordinal())
                .map((row, context) -> read(row))
                .list();
    }

    private static Attempt read(ResultSet row) throws SQLException {
        int httpStatus = row.getInt("http_status");
        return new Attempt(
                Platform.values()[row.getInt("platform")],
                row.getInt("attempt"),
                row.getString("sent_as"),
                row.getString("outcome"),
                instantOrNull(row, "next_retry_at"),
                new Attempt.PlatformAnswer(
                        instant(row, "at"),
                        httpStatus == 0 ? null : httpStatus,
                        integer(row, "platform_code"),
                        text(row, "message"),
                        text(row, "trace_id"),
                        row.getInt("latency_ms")));
    }
}
