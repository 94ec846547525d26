package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.delivery.ReceiptState;
import dev.varve.delivery.RollupKey;
import dev.varve.destination.SkipReason;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import dev.varve.health.Accounting;
import dev.varve.store.postgres.timeline.ArrivalWindow.Range;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/// Adds up one window of one project and platform. Needs a transaction whose statements see one moment. Used once.
///
/// The minute counts know an event's end as soon as it is recorded, but that it was accepted, or that its destination
/// was off, only when the position of its stream passes it. So what lies beyond is counted from its rows.
final class SumArrivals {
    private static final String OF_APP = " and (:app::text is null or e.app_id = :app)";
    private static final String PENDING = "pending";
    private static final String RETRYING = "retrying";

    /// How one event stands; the limit keeps the planner from reading the whole ledger for a few events.
    private static final String WHERE_IT_STANDS = """
            select count(*) as events, r.state, r.reason, b.attempts, e.log_offset > s.position as is_beyond
            from event e
            left join log_stream s on s.stream = e.log_offset >> 40
            left join lateral (
                select state, reason from delivery_receipt r
                where r.log_offset = e.log_offset and r.occurred_at = e.occurred_at and r.platform = :platform
                limit 1) r on true
            left join lateral (
                select attempts from delivery_backlog b
                where b.project_id = e.project_id and b.platform = :platform and b.log_offset = e.log_offset
                limit 1) b on true
            where e.project_id = :project and not e.synthetic and e.received_at >= :from and e.received_at < :until""";

    private final Handle handle;
    private final UUID projectId;
    private final Platform platform;
    private final Optional<String> appId;
    private final Map<String, Long> sums = new HashMap<>();

    SumArrivals(Handle handle, UUID projectId, Platform platform, Optional<String> appId) {
        this.handle = handle;
        this.projectId = projectId;
        this.platform = platform;
        this.appId = appId;
    }

    Accounting.Sums over(ArrivalWindow window) {
        if (!window.minutes().isEmpty()) {
            addCounts(window.minutes());
            addBacklog(window.minutes());
            addBeyondPositions(window.minutes());
        }
        window.edges().forEach(this::addEvents);
        return new Accounting.Sums(
                sum(RollupKey.ACCEPTED),
                sum(RollupKey.SETTLED),
                byReason(RollupKey.SKIPPED_PREFIX),
                byReason(RollupKey.DEAD_PREFIX),
                sum(PENDING),
                sum(RETRYING));
    }

    private void addCounts(Range minutes) {
        query("""
                        select metric, sum(count)::bigint as events from delivery_rollup e
                        where project_id = :project and platform = :platform and minute >= :from and minute < :until""" + OF_APP + " group by metric", minutes)
                .map((row, context) -> add(row.getString("metric"), row.getLong("events")))
                .list();
    }

    private void addBacklog(Range minutes) {
        query("""
                        select case when e.attempts = 0 then 'pending' else 'retrying' end as state, count(*) as events
                        from delivery_backlog e
                        where e.project_id = :project and e.platform = :platform and not e.synthetic
                          and e.received_at >= :from and e.received_at < :until""" + OF_APP + " group by 1", minutes)
                .map((row, context) -> add(row.getString("state"), row.getLong("events")))
                .list();
    }

    /// A stream without row was read to its end. Each stream is asked for by itself: constants let the planner see
    /// that few events lie beyond.
    private void addBeyondPositions(Range minutes) {
        record Place(long stream, long position) {}
        List<Place> places = handle.createQuery("select stream, position from log_stream")
                .map((row, context) -> new Place(row.getLong("stream"), row.getLong("position")))
                .list();
        for (Place place : places) {
            query(
                            WHERE_IT_STANDS + OF_APP + " and e.log_offset > :position and e.log_offset < :end"
                                    + " group by 2, 3, 4, 5",
                            minutes)
                    .bind("position", place.position())
                    .bind("end", EventLog.firstOffset(place.stream() + 1))
                    .map((row, context) -> addBeyond(
                            row.getLong("events"), row.getObject("state") != null || row.getObject("attempts") != null))
                    .list();
        }
    }

    private long addBeyond(long events, boolean isRecorded) {
        add(RollupKey.ACCEPTED, events);
        return isRecorded ? events : add(PENDING, events);
    }

    private void addEvents(Range edge) {
        query(WHERE_IT_STANDS + OF_APP + " group by 2, 3, 4, 5", edge)
                .map((row, context) -> addEvent(
                        row.getLong("events"),
                        state(
                                row.getObject("state", Integer.class),
                                row.getObject("attempts", Integer.class),
                                row.getBoolean("is_beyond")),
                        row.getString("reason")))
                .list();
    }

    private static ReceiptState state(@Nullable Integer receipt, @Nullable Integer attempts, boolean isBeyond) {
        if (receipt != null) {
            return ReceiptState.values()[receipt];
        }
        if (attempts != null) {
            return attempts == 0 ? ReceiptState.PENDING : ReceiptState.RETRYING;
        }
        return isBeyond ? ReceiptState.PENDING : ReceiptState.SKIPPED;
    }

    private long addEvent(long events, ReceiptState state, @Nullable String reason) {
        add(RollupKey.ACCEPTED, events);
        return switch (state) {
            case FORWARDED -> add(RollupKey.SETTLED, events);
            case SKIPPED ->
                add(RollupKey.SKIPPED_PREFIX + (reason == null ? SkipReason.DISABLED.wireName() : reason), events);
            case DEAD -> add(RollupKey.DEAD_PREFIX + reason, events);
            case PENDING -> add(PENDING, events);
            case RETRYING -> add(RETRYING, events);
        };
    }

    private long add(String metric, long events) {
        return sums.merge(metric, events, Long::sum);
    }

    private long sum(String metric) {
        return sums.getOrDefault(metric, 0L);
    }

    private Map<String, Long> byReason(String prefix) {
        Map<String, Long> reasons = new HashMap<>();
        sums.forEach((metric, events) -> {
            if (metric.startsWith(prefix) && events != 0) {
                reasons.put(metric.substring(prefix.length()), events);
            }
        });
        return reasons;
    }

    private Query query(String sql, Range range) {
        return handle.createQuery(sql)
                .bind("project", uuid(projectId))
                .bind("platform", platform.ordinal())
                .bind("app", appId.orElse(null))
                .bind("from", at(range.from()))
                .bind("until", at(range.until()));
    }
}
