package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.store.postgres.log.Partitions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The names of an app's real events, newest first. Steps through the index from one name to the next, so that it costs
/// two look-ups per name, however many events there are. Of two names of the app with one hash, the newer is seen.
record SelectNames(Handle handle, UUID projectId, String appId) {
    /// Whole weeks are walked: a bound inside a week would make each step read what lies before it.
    List<String> since(Instant since, int limit) {
        return handle.createQuery("""
                        with recursive walk(hash) as (
                            select (select hashtext(e.name) from event e
                                where hashtext(e.app_id) = hashtext(:app) and e.occurred_at >= :week
                                order by hashtext(e.name) limit 1)
                            union all
                            select (select hashtext(e.name) from event e
                                where hashtext(e.app_id) = hashtext(:app) and e.occurred_at >= :week
                                  and hashtext(e.name) > walk.hash order by hashtext(e.name) limit 1)
                            from walk where walk.hash is not null)
                        select newest.name from walk cross join lateral (
                            select e.name, e.occurred_at from event e
                            where hashtext(e.app_id) = hashtext(:app) and hashtext(e.name) = walk.hash
                              and e.app_id = :app and e.project_id = :project and not e.synthetic
                              and e.occurred_at >= :since
                            order by e.occurred_at desc limit 1) newest
                        order by newest.occurred_at desc, newest.name limit :limit""")
                .bind("app", appId)
                .bind("project", uuid(projectId))
                .bind(
                        "week",
                        at(Partitions.weekOf(since).atStartOfDay(ZoneOffset.UTC).toInstant()))
                .bind("since", at(since))
                .bind("limit", limit)
                .mapTo(String.class)
                .list();
    }
}
