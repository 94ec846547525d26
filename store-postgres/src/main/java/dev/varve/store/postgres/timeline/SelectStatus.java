package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.constants;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.delivery.RollupKey;
import dev.varve.event.Platform;
import dev.varve.tenant.Projects;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// What capi-status needs of a project, in one statement and so of one moment; a row for each platform asked for.
///
/// Sums are over spans: the last quarter, hour and day, and the 24 h of the drift. A span is read as the whole hours
/// nearest to it, from `delivery_hour`, and the minutes at its edges, from `delivery_minute`, added or taken away: at
/// most 30 for an edge. A minute counts as long as any part of it is inside. So what is read grows neither with the
/// span nor with the number of apps.
///
/// To plan this takes as long as to run it. PostgreSQL keeps a plan for all parameters only when it expects no more of
/// it than of one made for these: so platforms are constants, and every range of time has two ends.
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
                select k.*, coalesce(k.counted_until, :wholeHour) as as_of,
                    date_trunc('minute', coalesce(k.counted_until, :wholeHour)) - interval '24 hours' as drift_since
                from (
                    select v.*, s.is_readable, s.reason, s.unreadable_since,
                        case when s.is_readable and s.counted_until > :stale then s.counted_until end as counted_until
                    from (values <platforms>) as v(ordinal, layer_name)
                    left join platform_count_state s on s.project_id = :project and s.platform = v.ordinal) k),
            span as materialized (
                select *, date_trunc('hour', since + interval '30 minutes', 'UTC') as first_hour,
                    date_trunc('hour', until + interval '30 minutes', 'UTC') as last_hour
                from (
                    select ordinal, 'quarter' as name, :quarterAgo as since, timestamptz 'infinity' as until from asked
                    union all
                    select ordinal, 'hour', :hourAgo, 'infinity' from asked
                    union all
                    select ordinal, 'day', :dayAgo, 'infinity' from asked
                    union all
                    select ordinal, 'drift', drift_since, as_of from asked) s)""";

    private static final String COUNTED = """
            counted as (
                select s.ordinal, <sums>
                from span s cross join lateral (
                    select 1 as times, <metrics> from delivery_hour
                    where project_id = :project and platform = s.ordinal
                      and hour >= s.first_hour and hour < s.last_hour
                    union all
                    select case when s.since < s.first_hour then 1 else -1 end, <metrics> from delivery_minute
                    where project_id = :project and platform = s.ordinal
                      and minute >= least(s.since, s.first_hour) and minute < greatest(s.since, s.first_hour)
                    union all
                    select case when s.last_hour < s.until then 1 else -1 end, <metrics> from delivery_minute
                    where project_id = :project and platform = s.ordinal
                      and minute >= least(s.last_hour, s.until) and minute < greatest(s.last_hour, s.until)) c
                group by 1)""";

    /// What a platform says it received, where it says so, in place of what it acknowledged: the difference between
    /// both, of its periods that lie wholly in the span.
    private static final String CORRECTED = """
            corrected as (
                select k.ordinal,
                    sum(p.events - coalesce(a.acknowledged, 0))
                        filter (where p.period_from >= :dayAgo and p.period_until <= :now) as of_day,
                    sum(p.events - coalesce(a.acknowledged, 0))
                        filter (where p.period_from >= k.drift_since and p.period_until <= k.as_of) as of_drift
                from asked k
                join platform_count p on p.project_id = :project and p.platform = k.ordinal
                  and p.period_from >= least(:dayAgo, k.drift_since) and p.period_until <= greatest(:now, k.as_of)
                cross join lateral (
                    select sum(received) as acknowledged from delivery_hour
                    where project_id = :project and platform = k.ordinal
                      and hour >= p.period_from and hour < p.period_until) a
                where k.counted_until is not null
                group by 1)""";

    private static final String SEEN = """
            seen as (
                select platform, max(last_eligible_at) as last_eligible_at from delivery_activity
                where project_id = :project group by 1)""";

    /// The columns of the sums, by the span.
    static final Map<String, List<String>> SUMMED = summed();

    private static Map<String, List<String>> summed() {
        List<String> tries = List.of(RollupKey.ATTEMPTS, RollupKey.FAILED_ATTEMPTS);
        Map<String, List<String>> summed = new LinkedHashMap<>();
        summed.put("quarter", tries);
        summed.put("hour", List.of(RollupKey.ELIGIBLE, RollupKey.SENT, RollupKey.RECEIVED));
        summed.put(
                "day",
                RollupKey.OF_STATUS.stream()
                        .filter(metric -> !tries.contains(metric))
                        .toList());
        summed.put("drift", List.of(RollupKey.SENT, RollupKey.RECEIVED));
        return summed;
    }

    private static final String SQL = ("with " + String.join(",\n", ASKED, COUNTED, CORRECTED, SEEN) + """

            select a.ordinal, l.*, a.is_readable, a.reason, a.unreadable_since, a.as_of,
                d.state, d.last_success_at, d.failing_since, d.last_failure_at,
                d.error_at, d.error_code, d.error_message, d.error_platform_code,
                c.*, r.of_day, r.of_drift, v.last_eligible_at,
                b.waiting, b.oldest_at,
                (select count(*) from dead_letter x where x.project_id = :project and x.platform = a.ordinal
                    and not x.synthetic and not x.is_replaying) as dead_letters
            from asked a
            left join layer l on l.project_id = :project and l.platform = a.layer_name
            left join destination_state d on d.project_id = :project and d.platform = a.ordinal
            left join counted c on c.ordinal = a.ordinal
            left join corrected r on r.ordinal = a.ordinal
            left join seen v on v.platform = a.ordinal
            cross join lateral (
                select count(*) as waiting, min(received_at) as oldest_at from (
                    select received_at from delivery_backlog
                    where project_id = :project and platform = a.ordinal and not synthetic
                    order by received_at limit <most>) w) b
            where :organization::uuid is null or exists (
                select from project where id = :project and organization_id = :organization and mode = :mode)""")
            .replace("<most>", Integer.toString(StatusRow.MANY))
            .replace("<metrics>", String.join(", ", RollupKey.OF_STATUS))
            .replace("<sums>", sums());

    private static String sums() {
        return SUMMED.entrySet().stream()
                .flatMap(span -> span.getValue().stream()
                        .map(metric -> "sum(c.times * " + metric + ") filter (where s.name = '" + span.getKey()
                                + "') as " + span.getKey() + "_" + metric))
                .collect(Collectors.joining(", "));
    }

    /// `owner`: nothing is found of a project of others; empty: whoever owns it.
    List<StatusRow> read(Optional<Projects.Owner> owner, Set<Platform> platforms, Instant now) {
        Instant minute = now.truncatedTo(ChronoUnit.MINUTES);
        return handle.createQuery(sql(platforms))
                .bind("project", uuid(projectId))
                .bind(
                        "organization",
                        uuid(owner.map(Projects.Owner::organizationId).orElse(null)))
                .bind("mode", owner.map(o -> o.mode().wireName()).orElse(null))
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
