package dev.varve.bench;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/// The SQL that makes the stored data. Partitions are named and bounded as the product does it; they get their indexes
/// when they are attached, which is quicker than row by row and has the same result.
final class StoredRows {
    static final int SLOTS = 20_000;
    /// Two of three events have a user.
    static final int EVENTS_PER_USER = 10;

    static final List<String> PREPARE = List.of(
            "drop schema if exists bench cascade",
            "create schema bench",
            "create table bench.slot (slot int, project_id uuid, app0 text, app1 text, app2 text, number int, users bigint)",
            "create table bench.name (place int, name text, document bytea)",
            """
            truncate event_default, delivery_receipt_default, matching_record_default, event_key, delivery_request,
                delivery_attempt, delivery_backlog, dead_letter, delivery_rollup, delivery_minute, delivery_hour, app_activity,
                delivery_activity""");

    static final List<String> VACUUM = List.of(
            "drop schema bench cascade",
            "vacuum (analyze) event_key, delivery_request, delivery_rollup, delivery_minute, delivery_hour,"
                    + " app_activity, delivery_activity, destination_state, project, sdk_app, layer",
            "checkpoint");

    private static final DateTimeFormatter SUFFIX = DateTimeFormatter.BASIC_ISO_DATE;
    private static final List<String> SETTINGS =
            List.of("set work_mem = '256MB'", "set maintenance_work_mem = '512MB'", "set timezone = 'UTC'");
    /// One event of so many that a platform takes is skipped all the same.
    private static final String IS_FORWARDED =
            "e.name in ('content_open', 'search', '" + Names.PURCHASE + "') and e.log_offset % 50 > 1";

    private final TimeCurve curve;
    private final long base;

    /// `stream`: of the log, whose offsets the rows take.
    StoredRows(TimeCurve curve, long stream) {
        this.curve = curve;
        this.base = (stream << 40) + 1;
    }

    /// The events of a week with their receipts and requests.
    List<String> week(LocalDate monday) {
        String events = "event_w" + monday.format(SUFFIX);
        String receipts = "delivery_receipt_w" + monday.format(SUFFIX);
        Instant from = startOf(monday);
        Instant to = startOf(monday.plusDays(7));
        List<String> job = new ArrayList<>(SETTINGS);
        job.add("drop table if exists " + events + ", " + receipts);
        job.add("begin");
        job.add("create table " + events + " (like event including all excluding indexes)");
        job.add("create table " + receipts + " (like delivery_receipt including all excluding indexes)");
        job.add(events(events, from, to));
        job.add(receipts(receipts, events));
        job.add(requests(events));
        job.add("commit");
        job.add(attach("event", events, from, to));
        job.add(attach("delivery_receipt", receipts, from, to));
        job.add("vacuum (analyze) " + events + ", " + receipts);
        return job;
    }

    /// The client addresses of the requests that arrived on a day.
    List<String> origins(LocalDate day) {
        String name = "matching_record_d" + day.format(SUFFIX);
        Instant from = startOf(day);
        Instant to = startOf(day.plusDays(1));
        List<String> job = new ArrayList<>(SETTINGS);
        job.add("drop table if exists " + name);
        job.add("begin");
        job.add("create table " + name + " (like matching_record including all excluding indexes)");
        job.add("""
                insert into %s
                select %d + i, %s, '203.0.113.' || i %% 250, 'Shop/3.4.0 CFNetwork/1490 Darwin/24.' || i %% 9
                from generate_series(%d, %d) i where i %% 10 = 0""".formatted(name, base, time(from, to), curve.before(from), curve.before(to) - 1));
        job.add("commit");
        job.add(attach("matching_record", name, from, to));
        job.add("vacuum (analyze) " + name);
        return job;
    }

    /// The keys that recognise repeats.
    List<String> keys() {
        List<String> job = new ArrayList<>(SETTINGS);
        job.add("""
                insert into event_key (key, log_offset, occurred_at)
                select encode(substring(sha256(convert_to(app_id, 'UTF8') || '\\x00'::bytea || convert_to(event_id, 'UTF8'))
                    for 16), 'hex')::uuid, log_offset, occurred_at
                from event order by 1""");
        return job;
    }

    /// The counts of two days, and when what was last.
    List<String> counts() {
        List<String> job = new ArrayList<>(SETTINGS);
        job.add(rollups(curve.end().minusSeconds(48 * 3600)));
        job.add(MINUTES);
        job.add(HOURS);
        Instant lately = curve.end().minusSeconds(7 * 24 * 3600);
        job.add(
                "insert into app_activity select app_id, max(received_at) from event where not synthetic and occurred_at > '"
                        + lately + "' group by 1");
        job.add("""
                insert into delivery_activity (project_id, app_id, platform, last_eligible_at, last_forward_at)
                select project_id, app_id, p, max(received_at), max(received_at)
                from event e cross join generate_series(0, 1) p
                where not synthetic and occurred_at > '%s' and %s group by 1, 2, 3""".formatted(lately, IS_FORWARDED));
        job.add("""
                insert into destination_state (project_id, platform, last_success_at)
                select id, p, '%s' from project cross join generate_series(0, 1) p
                on conflict (project_id, platform) do update set last_success_at = excluded.last_success_at""".formatted(curve.end()));
        return job;
    }

    private static Instant startOf(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static String attach(String parent, String name, Instant from, Instant to) {
        return "alter table " + parent + " attach partition " + name + " for values from ('" + from + "') to ('" + to
                + "')";
    }

    /// When event `i` happened, as [TimeCurve] says, and inside its partition whatever the rounding.
    private String time(Instant from, Instant to) {
        return """
                least(greatest(date_trunc('milliseconds', timestamptz '%s'
                    - make_interval(secs => %d * power(1 - i / %d.0::float8, %s))), '%s'), timestamptz '%s' - interval '1 ms')""".formatted(curve.end(), curve.span().toSeconds(), curve.events(), TimeCurve.GROWTH, from, to);
    }

    private String events(String table, Instant from, Instant to) {
        long rareEvery = Math.max(2, curve.events() / Names.RARE_EVENTS);
        return """
                insert into %s (log_offset, occurred_at, received_at, project_id, app_id, event_id, name, source, synthetic,
                    environment, platform, user_id, install_id, session_id, consent_analytics, consent_advertising,
                    origin_offset, document)
                select %d + r.i, r.at, r.at + r.lag * interval '1 ms', s.project_id,
                    case r.app when 0 then s.app0 when 1 then s.app1 else s.app2 end, md5(r.i::text)::uuid::text,
                    case r.i %% %d when 0 then '%s' when 1 then '%s' else n.name end, 0, r.i %% 1000 = 7, 'production', 'web',
                    case when r.someone %% 3 < 2 then
                        'reader-' || s.number || '-' || floor(power(r.user_at, 1.5) * s.users)::bigint end,
                    'inst-' || s.number || '-' || floor(power(r.user_at, 1.5) * s.users)::bigint,
                    'sess-' || r.someone %% 9999999, true, true, %d + r.i - r.i %% 10, n.document
                from (
                    select i, %s as at, (50 + h1 / 20000 %% 2000) as lag, (h1 %% 20000)::int as slot,
                        case when h2 %% 1000 < %d then 0 when h2 %% 1000 < %d then 1 else 2 end as app,
                        (h2 / 1000 %% 1000)::int as place, h3 as someone, h4 / 2147483648.0::float8 as user_at
                    from (
                        select i, hashint8extended(i, 1) & 2147483647 as h1, hashint8extended(i, 2) & 2147483647 as h2,
                            hashint8extended(i, 3) & 2147483647 as h3, hashint8extended(i, 4) & 2147483647 as h4
                        from generate_series(%d, %d) i offset 0) h
                    offset 0) r
                join bench.slot s on s.slot = r.slot
                join bench.name n on n.place = 1000 * r.app + r.place""".formatted(
                        table,
                        base,
                        rareEvery,
                        Names.RARE,
                        Names.OF_SIBLING,
                        base,
                        time(from, to),
                        Market.FIRST_APP,
                        Market.SECOND_APP,
                        curve.before(from),
                        curve.before(to) - 1);
    }

    private static String receipts(String table, String events) {
        return """
                insert into %s (log_offset, platform, occurred_at, state, reason, sent_as, attempts, at, request_id)
                select log_offset, p, occurred_at, case when forwarded then 1 else 2 end,
                    case when not forwarded then 'unmapped' end,
                    case when forwarded then case name when '%s' then 'Purchase' when 'search' then 'Search'
                        else 'ViewContent' end end,
                    case when forwarded then 1 else 0 end, received_at + interval '400 ms',
                    case when forwarded then %s end
                from (select *, %s as forwarded from %s e) e cross join generate_series(0, 1) p""".formatted(table, Names.PURCHASE, REQUEST_ID, IS_FORWARDED, events);
    }

    /// One of each project, platform and day. A real installation has more, each with fewer events.
    private static final String REQUEST_ID = "md5(project_id::text || p || occurred_at::date)::uuid";

    private static String requests(String events) {
        return """
                insert into delivery_request (id, at, project_id, platform, pixel_id, events, event_ids, outcome, http_status,
                    trace_id, latency_ms, organization_id, layer_id)
                select r.*, o.organization_id, l.id from (
                    select %s, max(received_at) + interval '400 ms', project_id, p::smallint as platform, 'bench',
                        least(count(*), 200), array[min(event_id), max(event_id)], 'forwarded', 200, 'Bz81LmQwR5tNcVu2', 300
                    from %s e cross join generate_series(0, 1) p
                    where %s group by occurred_at::date, project_id, p) r
                join project o on o.id = r.project_id
                join layer l on l.project_id = r.project_id
                    and l.platform = case r.platform when 0 then 'meta_ads' else 'tiktok_ads' end""".formatted(REQUEST_ID, events, IS_FORWARDED);
    }

    private static String rollups(Instant since) {
        return """
                insert into delivery_rollup (project_id, app_id, platform, minute, metric, count)
                with settled as (
                    select project_id, app_id, p, date_trunc('minute', received_at) as minute, %s as forwarded, count(*) as n
                    from event e cross join generate_series(0, 1) p
                    where not synthetic and occurred_at > '%s' group by 1, 2, 3, 4, 5)
                select project_id, app_id, p, minute, metric, sum(n) from (
                    select project_id, app_id, p, minute, n, unnest(case when forwarded
                        then array['accepted', 'settled'] else array['accepted', 'skipped.unmapped'] end) as metric
                    from settled) c
                group by 1, 2, 3, 4, 5 order by 1, 3, 4, 5, 2""".formatted(IS_FORWARDED, since);
    }

    private static final String MINUTES = """
            insert into delivery_minute (project_id, platform, minute, eligible, sent, received, attempts, skips_unmapped)
            select project_id, platform, minute, sent, sent, sent, sent, unmapped from (
                select project_id, platform, minute,
                    coalesce(sum(count) filter (where metric = 'settled'), 0) as sent,
                    coalesce(sum(count) filter (where metric = 'skipped.unmapped'), 0) as unmapped
                from delivery_rollup group by 1, 2, 3 order by 1, 2, 3) c""";

    private static final String HOURS = """
            insert into delivery_hour (project_id, platform, hour, eligible, sent, received, attempts, skips_unmapped)
            select project_id, platform, date_trunc('hour', minute, 'UTC'), sum(eligible), sum(sent), sum(received),
                sum(attempts), sum(skips_unmapped)
            from delivery_minute group by 1, 2, 3 order by 1, 2, 3""";
}
