package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// What a platform says it received, where it says so: its statistics in place of what it acknowledged.
record SelectReceived(Handle handle, UUID projectId, Platform platform) {
    /// Older statistics say nothing of the last day.
    private static final Duration STALE = Duration.ofHours(48);

    /// Until when the platform has counted; empty when it cannot be asked or was not reached for long.
    Optional<Instant> countedUntil(Instant now) {
        return handle.createQuery("""
                        select counted_until from platform_count_state
                        where project_id = :project and platform = :platform and is_readable""")
                .bind("project", uuid(projectId))
                .bind("platform", platform.ordinal())
                .map((row, context) -> Optional.ofNullable(instantOrNull(row, "counted_until")))
                .findOne()
                .flatMap(until -> until)
                .filter(until -> until.isAfter(now.minus(STALE)));
    }

    /// By how much the statistics of the periods that lie wholly in the window exceed what was acknowledged in them.
    long beyondAcknowledged(Instant from, Instant until) {
        return handle.createQuery("""
                        select coalesce(sum(c.events) - sum(coalesce(a.events, 0)), 0)::bigint
                        from platform_count c
                        left join (
                            select date_trunc(:unit, minute, 'UTC') period_from, sum(count) events from delivery_rollup
                            where project_id = :project and platform = :platform and metric = 'received'
                              and minute >= :from and minute < :until
                            group by 1) a on a.period_from = c.period_from
                        where c.project_id = :project and c.platform = :platform
                          and c.period_from >= :from and c.period_until <= :until""")
                .bind("unit", unit())
                .bind("project", uuid(projectId))
                .bind("platform", platform.ordinal())
                .bind("from", at(from))
                .bind("until", at(until))
                .mapTo(Long.class)
                .one();
    }

    private String unit() {
        return switch (platform) {
            case META -> "hour";
            case TIKTOK -> "day";
        };
    }
}
