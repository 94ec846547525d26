package dev.varve.store.postgres.ledger;

import dev.varve.component.Ulid;
import dev.varve.delivery.DeadLetter;
import dev.varve.delivery.LedgerWrite;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The dead letters of one ledger write. A replay leaves the row of its dead letter, marked: an event that dies again
/// brings it up to date, one that ends otherwise takes it along.
final class DeadLetterStatements {
    private final Connection connection;
    private final LedgerWrite write;

    DeadLetterStatements(Connection connection, LedgerWrite write) {
        this.connection = connection;
        this.write = write;
    }

    /// Those that died again are marked as dead first, so that the deletion passes them by.
    void run() throws SQLException {
        insertOrRenew();
        deleteReplayed();
    }

    private void insertOrRenew() throws SQLException {
        new Columns<DeadLetter>(write.deadLetters)
                .with("text", d -> Ulid.next("dl_"))
                .with("uuid", d -> d.destination().projectId())
                .with("text", d -> d.event().identity().appId())
                .with("smallint", d -> d.destination().platform().ordinal())
                .with("bigint", d -> d.event().offset())
                .with("timestamptz", d -> d.event().event().occurredAt())
                .with("text", d -> d.event().identity().eventId())
                .with("text", d -> d.event().identity().name())
                .with("timestamptz", d -> d.event().receivedAt())
                .with("boolean", d -> d.event().event().synthetic())
                .with("text", DeadLetter::reason)
                .with("text", DeadLetter::code)
                .with("integer", d -> ofSent(d, sent -> sent.answer().platformCode()))
                .with("text", d -> d.failure().message())
                .with("integer", d -> d.failure().attempts())
                .with("timestamptz", d -> d.failure().firstAt())
                .with("timestamptz", d -> d.failure().lastAt())
                .with("timestamptz", DeadLetter::tooOldAt)
                .with("uuid", d -> ofSent(d, DeadLetter.Sent::requestId))
                .with("text", d -> ofSent(d, DeadLetter.Sent::maskedPayload))
                .with("text", d -> ofSent(d, sent -> sent.answer().excerpt()))
                .run(connection, """
                        insert into dead_letter as d (id, project_id, app_id, platform, log_offset, occurred_at, event_id,
                            event_name, received_at, synthetic, reason, code, platform_code, message, attempts,
                            first_failed_at, last_failed_at, too_old_at, request_id, payload, answer)
                        select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (log_offset, platform) do update set
                            reason = excluded.reason, code = excluded.code, platform_code = excluded.platform_code,
                            message = excluded.message, attempts = d.attempts + excluded.attempts,
                            last_failed_at = excluded.last_failed_at, too_old_at = excluded.too_old_at,
                            request_id = excluded.request_id, payload = excluded.payload, answer = excluded.answer,
                            is_replaying = false
                        where d.is_replaying
                        """);
    }

    private static @Nullable Object ofSent(DeadLetter letter, Function<DeadLetter.Sent, @Nullable Object> part) {
        DeadLetter.Sent sent = letter.failure().sent();
        return sent == null ? null : part.apply(sent);
    }

    private void deleteReplayed() throws SQLException {
        new Columns<LedgerWrite.BacklogKey>(write.settledBacklog)
                .with("smallint", key -> key.destination().platform().ordinal())
                .with("bigint", LedgerWrite.BacklogKey::offset)
                .run(connection, """
                        delete from dead_letter d using unnest(?, ?) as u(platform, log_offset)
                        where d.log_offset = u.log_offset and d.platform = u.platform and d.is_replaying
                        """);
    }
}
