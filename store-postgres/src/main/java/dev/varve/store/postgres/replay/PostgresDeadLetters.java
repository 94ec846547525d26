package dev.varve.store.postgres.replay;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.delivery.DeadLetters;
import dev.varve.store.postgres.Patience;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// Dead letters in PostgreSQL. Thread-safe.
public final class PostgresDeadLetters implements DeadLetters {
    private static final int TOO_OLD_NAMED = 100;

    private final Jdbi jdbi;

    public PostgresDeadLetters(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public List<Item> page(Filter filter, Optional<Position> after, int limit) {
        return jdbi.withHandle(handle -> new DeadLetterPage(handle, filter, after, limit).read());
    }

    @Override
    public Optional<Inspection> find(UUID projectId, String deadLetterId) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select d.*, q.http_status, q.trace_id from dead_letter d
                        left join delivery_request q on q.id = d.request_id
                        where d.project_id = :project and d.id = :id and not d.synthetic""")
                .bind("project", uuid(projectId))
                .bind("id", deadLetterId)
                .map((row, context) -> DeadLetterRows.inspection(row))
                .findOne());
    }

    @Override
    public Forecast forecast(Filter filter, Instant now) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> forecast(handle, filter, now));
    }

    @Override
    public Optional<Replay> replay(Filter filter, Requester requester, long owner, Instant now) {
        return jdbi.inTransaction(handle -> {
            ReplayDeadLetters replay = new ReplayDeadLetters(handle, filter, owner, now);
            if (!replay.isFree()) {
                return Optional.empty();
            }
            Patience.LONG.within(handle);
            Forecast forecast = forecast(handle, filter, now);
            return Optional.of(new Replay(replay.start(), forecast));
        });
    }

    private static Forecast forecast(Handle handle, Filter filter, Instant now) {
        List<Count> counts = matching(
                        handle, filter, now, """
                        select d.platform, d.reason, count(*) as matched,
                            count(*) filter (where d.too_old_at <= :now) as too_old""", " group by d.platform, d.reason order by d.platform, d.reason")
                .map((row, context) -> new Count(
                        DeadLetterRows.platform(row),
                        row.getString("reason"),
                        row.getLong("matched"),
                        row.getLong("too_old")))
                .list();
        List<TooOld> tooOld = matching(
                        handle,
                        filter,
                        now,
                        "select d.event_id, d.platform, d.occurred_at",
                        " and d.too_old_at <= :now order by d.occurred_at, d.id limit " + TOO_OLD_NAMED)
                .map((row, context) -> new TooOld(
                        row.getString("event_id"), DeadLetterRows.platform(row), instant(row, "occurred_at")))
                .list();
        return new Forecast(counts, tooOld);
    }

    /// What is on its way again cannot be put back a second time.
    private static Query matching(Handle handle, Filter filter, Instant now, String select, String end) {
        return DeadLetterFilter.bind(
                        handle.createQuery(select + " from dead_letter d where " + DeadLetterFilter.MATCHES
                                + " and not d.is_replaying" + end),
                        filter)
                .bind("now", at(now));
    }
}
