package dev.varve.store.postgres.replay;

import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.integer;
import static dev.varve.store.postgres.tenant.Columns.text;

import dev.varve.delivery.DeadLetters;
import dev.varve.event.Platform;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Reads rows of `dead_letter`.
final class DeadLetterRows {
    private DeadLetterRows() {}

    static DeadLetters.Item item(ResultSet row) throws SQLException {
        return new DeadLetters.Item(
                row.getString("id"),
                new DeadLetters.Subject(
                        row.getString("event_id"), row.getString("app_id"), row.getString("event_name"), platform(row)),
                row.getString("reason"),
                new DeadLetters.Fault(
                        row.getString("code"),
                        integer(row, "platform_code"),
                        text(row, "message"),
                        row.getInt("attempts")),
                new DeadLetters.Times(
                        instant(row, "occurred_at"),
                        instant(row, "first_failed_at"),
                        instant(row, "last_failed_at"),
                        instant(row, "too_old_at")),
                row.getBoolean("is_replaying"));
    }

    /// With the columns `http_status` and `trace_id` of its request beside it.
    static DeadLetters.Inspection inspection(ResultSet row) throws SQLException {
        Integer status = integer(row, "http_status");
        return new DeadLetters.Inspection(
                item(row), text(row, "payload"), text(row, "answer"), received(status), text(row, "trace_id"));
    }

    private static @Nullable Integer received(@Nullable Integer httpStatus) {
        return httpStatus == null || httpStatus == 0 ? null : httpStatus;
    }

    static Platform platform(ResultSet row) throws SQLException {
        return Platform.values()[row.getInt("platform")];
    }
}
