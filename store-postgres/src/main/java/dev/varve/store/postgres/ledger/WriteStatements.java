package dev.varve.store.postgres.ledger;

import dev.varve.delivery.BacklogEntry;
import dev.varve.delivery.DestinationState;
import dev.varve.delivery.FailedAttempt;
import dev.varve.delivery.ForwardRequest;
import dev.varve.delivery.LedgerWrite;
import dev.varve.destination.Answer;
import dev.varve.health.TokenStanding;
import dev.varve.store.postgres.health.TokenVerdict;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One ledger write as SQL, inside the caller's transaction. Rows that several processes may touch are written in
/// key order, so that two writers never wait for each other in a circle.
final class WriteStatements {
    private final Connection connection;
    private final LedgerWrite write;

    WriteStatements(Connection connection, LedgerWrite write) {
        this.connection = connection;
        this.write = write;
    }

    void run() throws SQLException {
        requests();
        new ReceiptStatements(connection, write.receipts).run();
        attempts();
        backlog();
        new DeadLetterStatements(connection, write).run();
        new CountStatements(connection, write.counts).run();
        activity();
        states();
        positions();
    }

    private void requests() throws SQLException {
        if (write.requests.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into delivery_request (id, at, project_id, platform, pixel_id, events, event_ids, outcome,
                    http_status, platform_code, trace_id, message, latency_ms, organization_id, layer_id)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                    (select organization_id from project where id = ?),
                    (select id from layer where project_id = ? and platform = ?))
                """)) {
            for (ForwardRequest request : write.requests) {
                Answer answer = request.answer();
                statement.setObject(1, request.id());
                setInstant(statement, 2, answer.at());
                statement.setObject(3, request.destination().projectId());
                statement.setInt(4, request.destination().platform().ordinal());
                statement.setString(5, Columns.storable(request.pixelId()));
                statement.setInt(6, request.carried().events());
                statement.setArray(
                        7,
                        connection.createArrayOf(
                                "text",
                                request.carried().eventIds().stream()
                                        .map(Columns::storable)
                                        .toArray()));
                statement.setString(8, request.outcome());
                statement.setInt(9, answer.httpStatus());
                statement.setObject(10, answer.platformCode(), Types.INTEGER);
                statement.setString(11, Columns.storable(answer.traceId()));
                statement.setString(12, Columns.storable(answer.message()));
                statement.setInt(
                        13, (int) Math.min(Integer.MAX_VALUE, answer.latency().toMillis()));
                statement.setObject(14, request.destination().projectId());
                statement.setObject(15, request.destination().projectId());
                statement.setString(16, request.destination().platform().layerName());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private void attempts() throws SQLException {
        new Columns<FailedAttempt>(write.attempts)
                .with("bigint", FailedAttempt::offset)
                .with("smallint", a -> a.platform().ordinal())
                .with("integer", FailedAttempt::attempt)
                .with("uuid", FailedAttempt::requestId)
                .with("text", FailedAttempt::sentAs)
                .with("text", a -> a.isFinal() ? "dead" : "retry")
                .with("timestamptz", FailedAttempt::nextRetryAt)
                .run(connection, """
                        insert into delivery_attempt (log_offset, platform, attempt, request_id, sent_as, outcome, next_retry_at)
                        select * from unnest(?, ?, ?, ?, ?, ?, ?)
                        on conflict do nothing
                        """);
    }

    private void backlog() throws SQLException {
        new Columns<BacklogEntry>(write.backlog.values())
                .with("bigint", BacklogEntry::owner)
                .with("uuid", b -> b.destination().projectId())
                .with("smallint", b -> b.destination().platform().ordinal())
                .with("bigint", b -> b.event().offset())
                .with("timestamptz", b -> b.event().occurredAt())
                .with("timestamptz", BacklogEntry::receivedAt)
                .with("text", BacklogEntry::appId)
                .with("boolean", BacklogEntry::synthetic)
                .with("integer", b -> b.progress().attempts())
                .with("timestamptz", b -> b.progress().firstAttemptAt())
                .with("timestamptz", b -> b.progress().nextAt())
                .run(connection, """
                        insert into delivery_backlog (owner, project_id, platform, log_offset, occurred_at, received_at,
                            app_id, synthetic, attempts, first_attempt_at, next_at)
                        select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (project_id, platform, log_offset) do update set
                            attempts = excluded.attempts, first_attempt_at = excluded.first_attempt_at,
                            next_at = excluded.next_at
                        """);
        new Columns<LedgerWrite.BacklogKey>(write.settledBacklog)
                .with("uuid", k -> k.destination().projectId())
                .with("smallint", k -> k.destination().platform().ordinal())
                .with("bigint", LedgerWrite.BacklogKey::offset)
                .run(connection, """
                        delete from delivery_backlog b using unnest(?, ?, ?) as u(project_id, platform, log_offset)
                        where b.project_id = u.project_id and b.platform = u.platform and b.log_offset = u.log_offset
                        """);
    }

    private void activity() throws SQLException {
        new Columns<>(write.lastEventByApp.entrySet())
                .with("text", Map.Entry::getKey)
                .with("timestamptz", Map.Entry::getValue)
                .run(connection, """
                        insert into app_activity as a (app_id, last_event_at)
                        select * from unnest(?, ?) as u(app_id, at) order by app_id
                        on conflict (app_id) do update set last_event_at = greatest(a.last_event_at, excluded.last_event_at)
                        """);
        new Columns<>(write.activity.entrySet())
                .with("uuid", e -> e.getKey().destination().projectId())
                .with("text", e -> e.getKey().appId())
                .with("smallint", e -> e.getKey().destination().platform().ordinal())
                .with("timestamptz", e -> known(e.getValue().lastEligibleAt()))
                .with("timestamptz", e -> known(e.getValue().lastForwardAt()))
                .run(connection, """
                        insert into delivery_activity as a (project_id, app_id, platform, last_eligible_at, last_forward_at)
                        select * from unnest(?, ?, ?, ?, ?) as u(project_id, app_id, platform, eligible, forward)
                        order by project_id, app_id, platform
                        on conflict (project_id, app_id, platform) do update set
                            last_eligible_at = greatest(a.last_eligible_at, excluded.last_eligible_at),
                            last_forward_at = greatest(a.last_forward_at, excluded.last_forward_at)
                        """);
    }

    private static @Nullable Instant known(Instant instant) {
        return instant.equals(Instant.MIN) ? null : instant;
    }

    /// An error that a check of the token found, newer than what the lane knows, is kept.
    private void states() throws SQLException {
        new Columns<>(write.states.values())
                .with("uuid", s -> s.destination().projectId())
                .with("smallint", s -> s.destination().platform().ordinal())
                .with("text", s -> s.phase().wireName())
                .with("text", DestinationState::brokenReason)
                .with("timestamptz", DestinationState::lastSuccessAt)
                .with("timestamptz", DestinationState::failingSince)
                .with("timestamptz", s -> ofError(s, DestinationState.LastError::at))
                .with("text", s -> ofError(s, DestinationState.LastError::code))
                .with("text", s -> ofError(s, DestinationState.LastError::message))
                .with("integer", s -> ofError(s, DestinationState.LastError::platformCode))
                .with("timestamptz", DestinationState::quietUntil)
                .run(connection, """
                        insert into destination_state as d (project_id, platform, state, broken_reason, last_success_at,
                            failing_since, last_failure_at, error_at, error_code, error_message, error_platform_code, quiet_until)
                        select p, f, s, b, ok, since, err, err, code, msg, num, quiet
                        from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) as u(p, f, s, b, ok, since, err, code, msg, num, quiet)
                        order by p, f
                        on conflict (project_id, platform) do update set
                            state = excluded.state, broken_reason = excluded.broken_reason,
                            quiet_until = excluded.quiet_until,
                            last_success_at = greatest(d.last_success_at, excluded.last_success_at),
                            failing_since = excluded.failing_since,
                            last_failure_at = greatest(d.last_failure_at, excluded.last_failure_at),
                            (error_at, error_code, error_message, error_platform_code) = (
                                select case when newer then d.error_at else excluded.error_at end,
                                    case when newer then d.error_code else excluded.error_code end,
                                    case when newer then d.error_message else excluded.error_message end,
                                    case when newer then d.error_platform_code else excluded.error_platform_code end
                                from (select coalesce(
                                    d.error_at > coalesce(excluded.error_at, d.last_failure_at, '-infinity'), false) newer) n)
                        where greatest(excluded.last_success_at, excluded.error_at)
                            >= coalesce(greatest(d.last_success_at, d.error_at), '-infinity')
                        """);
        for (DestinationState state : write.states.values()) {
            tokenVerdict(state);
            switch (state.phase()) {
                case HELD, STOPPED -> checkSoon(state);
                case FLOWING, WAITING -> {}
            }
        }
    }

    /// What forwarding learned of a token: refused for good, or accepted after all.
    private void tokenVerdict(DestinationState state) throws SQLException {
        boolean refused = "TOKEN".equals(state.brokenReason());
        Instant success = state.lastSuccessAt();
        if (!refused && (state.phase() != DestinationState.Phase.FLOWING || success == null)) {
            return;
        }
        DestinationState.LastError error = state.lastError();
        Instant at = refused && error != null ? error.at() : success;
        if (at != null) {
            TokenStanding.Known known = refused ? TokenStanding.Known.REFUSED : TokenStanding.Known.VALID;
            new TokenVerdict(state.destination(), known, Columns.storable(at)).write(connection);
        }
    }

    /// A refusal met while forwarding: the token is validated at once, not when its turn comes.
    private void checkSoon(DestinationState state) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "update layer set next_check_at = now() where project_id = ? and platform = ?")) {
            statement.setObject(1, state.destination().projectId());
            statement.setString(2, state.destination().platform().layerName());
            statement.executeUpdate();
        }
    }

    private static @Nullable Object ofError(
            DestinationState state, Function<DestinationState.LastError, @Nullable Object> part) {
        DestinationState.LastError error = state.lastError();
        return error == null ? null : part.apply(error);
    }

    private void positions() throws SQLException {
        new Columns<>(write.positions.entrySet())
                .with("bigint", Map.Entry::getKey)
                .with("bigint", Map.Entry::getValue)
                .run(connection, """
                        update log_stream s set position = u.position from unnest(?, ?) as u(stream, position)
                        where s.stream = u.stream and s.position < u.position
                        """);
    }

    private static void setInstant(PreparedStatement statement, int index, @Nullable Instant instant)
            throws SQLException {
        statement.setObject(
                index,
                instant == null ? null : Columns.storable(instant).atOffset(ZoneOffset.UTC),
                Types.TIMESTAMP_WITH_TIMEZONE);
    }
}
