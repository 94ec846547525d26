package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.texts;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.health.Timeline;
import dev.varve.store.postgres.ShownTime;
import dev.varve.store.postgres.timeline.EventKeys.Index;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// Looks into the indexes of events, each key with a scan of its own that ends at its limit.
///
/// The planner's estimates know neither the rare nor the busy of a skewed table. So it is kept from plans that read all
/// of a key to sort it: the order of the index is never wrong by much.
final class EventProbe {
    private static final String PIN = """
            select set_config(name, 'off', true)
            from unnest('{enable_sort,enable_seqscan,enable_bitmapscan,jit}'::text[]) name""";

    private final Handle handle;
    private final Timeline.Query query;
    private final Optional<Timeline.Position> after;

    EventProbe(Handle handle, Timeline.Query query, Optional<Timeline.Position> after) {
        this.handle = handle;
        this.query = query;
        this.after = after;
    }

    /// Until the end of the transaction.
    static void pin(Handle handle) {
        handle.createQuery(PIN).mapTo(String.class).list();
    }

    /// From `from` (inclusive) to `until` (exclusive).
    record Window(Instant from, Instant until) {}

    /// The newest events of each key, at most `limit` of each, behind the position. In the order of stored times.
    List<Spot> newest(EventKeys keys, Window window, int limit) {
        return read(keys, window, limit, "e.occurred_at desc, ");
    }

    /// The first events of each key that show the same moment, in the order of their ids.
    List<Spot> ofMoment(EventKeys keys, Instant moment, int limit) {
        return read(keys, new Window(moment, ShownTime.after(moment)), limit, "");
    }

    private List<Spot> read(EventKeys keys, Window window, int limit, String order) {
        StringBuilder sql = new StringBuilder("""
                select k.n, p.log_offset, p.occurred_at, p.event_id
                from unnest(:apps, :names) with ordinality k(app, name, n) cross join lateral (
                    select e.log_offset, e.occurred_at, e.event_id from event e
                    where e.project_id = :project and e.occurred_at >= :from and e.occurred_at < :until and
                    """).append(keys.index().condition);
        Timeline.Filter filter = query.filter();
        if (keys.index() == Index.USER) {
            filter.appId().ifPresent(app -> sql.append(" and e.app_id = :app"));
            sql.append(filter.names().isEmpty() ? "" : " and e.name = any(:wanted)");
        }
        sql.append(filter.includeSynthetic() ? "" : " and not e.synthetic");
        after.ifPresent(position -> sql.append(" and (e.occurred_at < :lastAt or (e.occurred_at < :lastEnd")
                .append(" and (e.event_id collate \"C\", e.log_offset) > (:lastId, :lastOffset)))"));
        sql.append(" order by ").append(order).append("e.event_id collate \"C\", e.log_offset limit :limit) p");
        return bind(sql.toString(), keys, window, limit)
                .map((row, context) -> new Spot(
                        row.getInt("n") - 1,
                        new Timeline.Position(
                                instant(row, "occurred_at"), row.getString("event_id"), row.getLong("log_offset"))))
                .list();
    }

    private Query bind(String sql, EventKeys keys, Window window, int limit) {
        Timeline.Filter filter = query.filter();
        Query statement = handle.createQuery(sql)
                .bind("apps", texts(keys.apps()))
                .bind("names", texts(keys.names()))
                .bind("project", uuid(query.projectId()))
                .bind("from", at(window.from()))
                .bind("until", at(window.until()))
                .bind("limit", limit);
        if (keys.index() == Index.USER) {
            filter.userId().ifPresent(user -> statement.bind("user", user));
            filter.appId().ifPresent(app -> statement.bind("app", app));
            if (!filter.names().isEmpty()) {
                statement.bind("wanted", texts(filter.names()));
            }
        }
        after.ifPresent(position -> statement
                .bind("lastAt", at(ShownTime.of(position.occurredAt())))
                .bind("lastEnd", at(ShownTime.after(position.occurredAt())))
                .bind("lastId", position.eventId())
                .bind("lastOffset", position.offset()));
        return statement;
    }

    /// The apps with any event of one of the names: where there is none, no name needs a look of its own. The planner
    /// walks the index of names once per app, not once per app and name; asking for its order leaves no other plan.
    List<String> appsWithAny(List<String> apps, List<String> names, Window window) {
        return handle.createQuery("""
                        select k.app from unnest(:apps) k(app) cross join lateral (
                            select from event e
                            where hashtext(e.app_id) = hashtext(k.app)
                              and hashtext(e.name) = any(array(select hashtext(n) from unnest(:names) n))
                              and e.occurred_at >= :from and e.occurred_at < :until
                            order by hashtext(e.name), e.occurred_at limit 1) p""")
                .bind("apps", texts(apps))
                .bind("names", texts(names))
                .bind("from", at(window.from()))
                .bind("until", at(window.until()))
                .mapTo(String.class)
                .list();
    }
}
