package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.constants;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.delivery.RollupKey;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// What capi-status needs of a project, in one statement and so of one moment; a row for each platform asked for.
///
/// Sums are over spans: the last hour, the last day, and the 24 h of the drift, each of the metrics that are shown of
/// it. A span is cut into its whole hours, which `delivery_hour` has, and the minutes at its edges. A minute counts as
/// long as any part of it is inside. So what is read grows neither with the span nor with the number of apps.
///
/// To plan this takes as long as to run it. PostgreSQL keeps a plan for all parameters only when it expects no more of
/// it than of one made for these: so platforms and metrics are constants, and every range of time has two ends.
record SelectStatus(Handle handle, UUID projectId) {
    /// Statistics of a platform that end before say nothing of the last day.
    private static final Duration STALE = Duration.ofHours(48);

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration QUARTER = Duration.ofMinutes(15);

    /// `counted_until`: null when the platform cannot be asked or was not reached for long. The drift ends there;
    /// without it, with the newest whole hour.
    private static final String ASKED = """
            asked as (
                select a.*, s.is_readable, s.reason, s.unreadable_since,
                    case when s.is_readable and s.counted_until > :stale then s.counted_until end as counted_until
                from (values <platforms>) as a(ordinal, layer_name)
                left join platform_count_state s on s.project_id = :project and s.platform = a.ordinal),
            window_of as (
                select ordinal, 'hour' as span, <hourMetrics>::text[] as metrics,
                    :hourAgo as since, timestamptz 'infinity' as until from asked
                union all
                select ordinal, 'day', <dayMetrics>, :dayAgo, 'infinity' from asked
                union all
                select ordinal, 'drift', <driftMetrics>,
                    date_trunc('minute', coalesce(counted_until, :wholeHour)) - interval '24 hours',
                    coalesce(counted_until, :wholeHour) from asked),
            span as (
                select *, greatest(first_hour, date_trunc('hour', until, 'UTC')) as last_hour from (
                    select *, date_trunc('hour', since + interval '1 hour' - interval '1 microsecond', 'UTC') as first_hour
                    from window_of) w)""";

    private static final String COUNTED = """
            counted as (
                select s.ordinal, s.span, c.metric, c.count from span s cross join lateral (
                    select metric, count from delivery_hour
                    where project_id = :project and platform = s.ordinal and metric = any (s.metrics)
                      and hour >= s.first_hour and hour < s.last_hour
                    union all
                    select metric, count from delivery_rollup
                    where project_id = :project and platform = s.ordinal and metric = any (s.metrics)
                      and minute >= s.since and minute < least(s.first_hour, s.until)
                    union all
                    select metric, count from delivery_rollup
                    where project_id = :project and platform = s.ordinal and metric = any (s.metrics)
                      and minute >= s.last_hour and minute < s.until) c)""";

    /// What a platform says it received, where it says so, in place of what it acknowledged: the difference between
    /// both, of its periods that lie wholly in the span.
    private static final String CORRECTED = """
            corrected as (
                select s.ordinal, s.span, 'received' as metric, p.events - coalesce(a.acknowledged, 0) as count
                from span s
                join asked on asked.ordinal = s.ordinal and asked.counted_until is not null
                join platform_count p on p.project_id = :project and p.platform = s.ordinal
                  and p.period_from >= s.since and p.period_until <= coalesce(nullif(s.until, 'infinity'), :now)
                cross join lateral (
                    select sum(count) as acknowledged from delivery_hour
                    where project_id = :project and platform = s.ordinal and metric = 'received'
                      and hour >= p.period_from and hour < p.period_until) a
                where s.span in ('day', 'drift'))""";

    private static final String SUMMED = """
            summed as (
                select ordinal,
                    jsonb_object_agg(metric, total) filter (where span = 'hour') as sums_1h,
                    jsonb_object_agg(metric, total) filter (where span = 'day') as sums_24h,
                    jsonb_object_agg(metric, total) filter (where span = 'drift') as sums_drift
                from (
                    select ordinal, span, metric, sum(count)::bigint as total
                    from (select * from counted union all select * from corrected) c group by 1, 2, 3) t
                group by 1),
            tried as (
                select platform,
                    sum(count) filter (where metric = 'attempts') as attempts,
                    sum(count) filter (where metric = 'failed_attempts') as failed_attempts
                from delivery_rollup
                where project_id = :project and minute >= :quarterAgo and minute < 'infinity'
                  and metric in ('attempts', 'failed_attempts')
                group by 1),
            seen as (
                select platform, max(last_eligible_at) as last_eligible_at from delivery_activity
                where project_id = :project group by 1)""";

    private static final Set<String> OF_HOUR = Set.of(RollupKey.ELIGIBLE, RollupKey.SENT, RollupKey.RECEIVED);

    private static final Set<String> OF_DRIFT = Set.of(RollupKey.SENT, RollupKey.RECEIVED);

    private static final String SQL = ("with " + String.join(",\n", ASKED, COUNTED, CORRECTED, SUMMED) + """

            select a.ordinal, l.*, a.is_readable, a.reason, a.unreadable_since,
                coalesce(a.counted_until, :wholeHour) as as_of,
                d.state, d.last_success_at, d.failing_since, d.last_failure_at,
                d.error_at, d.error_code, d.error_message, d.error_platform_code,
                s.sums_1h, s.sums_24h, s.sums_drift, t.attempts, t.failed_attempts, v.last_eligible_at,
                exists (select from delivery_backlog b
                    where b.project_id = :project and b.platform = a.ordinal) as is_waiting,
                (select count(*) from dead_letter x where x.project_id = :project and x.platform = a.ordinal
                    and not x.synthetic and not x.is_replaying) as dead_letters
            from asked a
            left join layer l on l.project_id = :project and l.platform = a.layer_name
            left join destination_state d on d.project_id = :project and d.platform = a.ordinal
            left join summed s on s.ordinal = a.ordinal
            left join tried t on t.platform = a.ordinal
            left join seen v on v.platform = a.ordinal""")
            .replace("<hourMetrics>", array(OF_HOUR))
            .replace("<dayMetrics>", array(RollupKey.KEPT_BY_HOUR))
            .replace("<driftMetrics>", array(OF_DRIFT));

    private static String array(Set<String> metrics) {
        return metrics.stream().sorted().collect(Collectors.joining("', '", "array['", "']"));
    }

    List<StatusRow> read(Set<Platform> platforms, Instant now) {
        Instant minute = now.truncatedTo(ChronoUnit.MINUTES);
        return handle.createQuery(sql(platforms))
                .bind("project", uuid(projectId))
                .bind("now", at(now))
                .bind("stale", at(now.minus(STALE)))
                .bind("wholeHour", at(now.truncatedTo(ChronoUnit.HOURS)))
                .bind("hourAgo", at(minute.minus(HOUR)))
                .bind("dayAgo", at(minute.minus(DAY)))
                .bind("quarterAgo", at(minute.minus(QUARTER)))
                .map((row, context) -> StatusRow.read(row))
                .list();
    }

    /// One of a handful of texts.
    private static String sql(Set<Platform> platforms) {
        return SQL.replace("<platforms>", constants(platforms));
    }
}
