package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.health.Imbalances;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Compares the minute counts with the backlog, and reads no event. Too suspicious of destinations with probe events in
/// the backlog, or with events beyond their stream's position. Thread-safe.
public final class PostgresImbalances implements Imbalances {
    private final Jdbi jdbi;

    public PostgresImbalances(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public List<Destination.Key> suspects(Instant since, Instant until, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select project_id, platform from (
                            select project_id, platform,
                                sum(case when metric = 'accepted' then count else -count end) as rest
                            from delivery_rollup
                            where minute >= :since and minute < :until
                              and (metric in ('accepted', 'settled') or metric like 'skipped.%' or metric like 'dead.%')
                            group by project_id, platform
                            union all
                            select project_id, platform, -count(*) as rest from delivery_backlog
                            where received_at >= :since and received_at < :until and not synthetic
                            group by project_id, platform) parts
                        group by project_id, platform having sum(rest) <> 0
                        order by project_id, platform limit :limit""")
                .bind("since", at(since))
                .bind("until", at(until))
                .bind("limit", limit)
                .map((row, context) -> new Destination.Key(
                        row.getObject("project_id", UUID.class), Platform.values()[row.getInt("platform")]))
                .list());
    }
}
