package dev.varve.store.postgres.health;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.destination.Destination;
import dev.varve.destination.PlatformCounts.Period;
import dev.varve.event.Platform;
import dev.varve.health.CountPolls;
import dev.varve.store.postgres.tenant.DestinationRows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Update;

/// Polls of the platforms' counts in `platform_count_state`, the counts themselves in `platform_count`.
public final class PostgresCountPolls implements CountPolls {
    /// Figures look two days back.
    private static final Duration KEPT = Duration.ofDays(8);

    private final Jdbi jdbi;
    private final DestinationRows rows;

    public PostgresCountPolls(Jdbi jdbi, DestinationRows rows) {
        this.jdbi = jdbi;
        this.rows = rows;
    }

    /// A refused token would only be called unable to read.
    @Override
    public List<Due> claim(Platform platform, Instant now, Instant until, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        with due as (
                            select s.project_id from platform_count_state s
                            join layer l on l.project_id = s.project_id and l.platform = :platform
                            join project p on p.id = l.project_id join organization o on o.id = p.organization_id
                            where s.platform = :ordinal and s.next_poll_at <= :now and l.enabled and l.pixel_id = s.pixel_id
                              and l.access_token_id is not null
                              and (l.access_token_valid or l.access_token_validated_at is null)
                              and p.status = 'active' and o.status = 'active'
                            order by s.next_poll_at limit :limit for update of s skip locked),
                        claimed as (
                            update platform_count_state s set next_poll_at = :until from due
                            where s.project_id = due.project_id and s.platform = :ordinal returning s.project_id)
                        select l.*, p.mode, v.ciphertext
                        from claimed c join project p on p.id = c.project_id
                        join layer l on l.project_id = c.project_id and l.platform = :platform
                        left join vault_entry v on v.id = l.access_token_id""")
                .bind("platform", platform.layerName())
                .bind("ordinal", platform.ordinal())
                .bind("now", at(now))
                .bind("until", at(until))
                .bind("limit", limit)
                .map((row, context) -> new Due(rows.read(row), instant(row, "updated_at")))
                .list());
    }

    @Override
    public void counted(Due due, List<Period> periods, Instant countedUntil, Instant nextAt) {
        jdbi.useTransaction(handle -> {
            int kept = update(
                            handle,
                            due,
                            "is_readable = true, reason = null, unreadable_since = null,"
                                    + " counted_until = :countedUntil, next_poll_at = :next")
                    .bind("countedUntil", at(countedUntil))
                    .bind("next", at(nextAt))
                    .execute();
            if (kept == 1) {
                store(handle, due.destination().key(), periods);
                forget(handle, due.destination().key(), countedUntil.minus(KEPT));
            }
        });
    }

    @Override
    public void unreadable(Due due, String reason, Instant at, Instant nextAt) {
        jdbi.useHandle(handle -> update(
                        handle,
                        due,
                        "is_readable = false, reason = :reason, next_poll_at = :next,"
                                + " unreadable_since = coalesce(unreadable_since, :at)")
                .bind("reason", reason)
                .bind("at", at(at))
                .bind("next", at(nextAt))
                .execute());
    }

    @Override
    public void postponed(Due due, Instant nextAt) {
        jdbi.useHandle(handle -> update(handle, due, "next_poll_at = :next")
                .bind("next", at(nextAt))
                .execute());
    }

    private static Update update(Handle handle, Due due, String assignments) {
        Destination.Key key = due.destination().key();
        return handle.createUpdate("update platform_count_state s set " + assignments + """

                        where s.project_id = :project and s.platform = :platform and exists (select from layer l
                            where l.project_id = :project and l.platform = :layer and l.updated_at = :configuredAt)""")
                .bind("project", uuid(key.projectId()))
                .bind("platform", key.platform().ordinal())
                .bind("layer", key.platform().layerName())
                .bind("configuredAt", at(due.configuredAt()));
    }

    private static void store(Handle handle, Destination.Key key, List<Period> periods) {
        if (periods.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                insert into platform_count as c (project_id, platform, period_from, period_until, events)
                values (:project, :platform, :from, :until, :events)
                on conflict (project_id, platform, period_from) do update
                    set period_until = excluded.period_until, events = excluded.events
                where c.events <> excluded.events or c.period_until <> excluded.period_until""");
        for (Period period : periods) {
            batch.bind("project", uuid(key.projectId()))
                    .bind("platform", key.platform().ordinal())
                    .bind("from", at(period.from()))
                    .bind("until", at(period.until()))
                    .bind("events", period.events())
                    .add();
        }
        batch.execute();
    }

    private static void forget(Handle handle, Destination.Key key, Instant before) {
        handle.createUpdate("""
                        delete from platform_count
                        where project_id = :project and platform = :platform and period_from < :before""")
                .bind("project", uuid(key.projectId()))
                .bind("platform", key.platform().ordinal())
                .bind("before", at(before))
                .execute();
    }
}
