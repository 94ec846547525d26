package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.texts;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.event.LoggedEvent;
import dev.varve.health.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// One page of events, newest first. Walks back in windows of time that grow fourfold, so that a page of a busy project
/// touches the newest partition only and a sparse one still ends after a few statements.
final class SelectPage {
    private static final Duration FIRST_WINDOW = Duration.ofHours(6);
    private static final Duration LAST_WINDOW = Duration.ofDays(400);

    private final Timeline.Query query;
    private final Optional<Timeline.Position> after;
    private final Instant now;

    SelectPage(Timeline.Query query, Optional<Timeline.Position> after, Instant now) {
        this.query = query;
        this.after = after;
        this.now = now;
    }

    List<LoggedEvent> read(Handle handle, int limit) {
        List<LoggedEvent> found = new ArrayList<>();
        Instant since = query.since().orElse(Instant.MIN);
        Instant until = until();
        Instant anchor = until.isBefore(now) ? until : now;
        Duration window = FIRST_WINDOW;
        while (found.size() < limit && since.isBefore(until)) {
            Instant from = window.compareTo(LAST_WINDOW) > 0 ? since : later(since, anchor.minus(window));
            found.addAll(window(handle, from, until, limit - found.size()));
            until = from;
            anchor = from;
            window = window.multipliedBy(4);
        }
        return found;
    }

    /// Exclusive. The position's own moment is included: others may share it.
    private Instant until() {
        Instant asked = query.until().orElse(Instant.MAX);
        return after.map(position -> position.occurredAt().plusNanos(1000))
                .filter(bound -> bound.isBefore(asked))
                .orElse(asked);
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private List<LoggedEvent> window(Handle handle, Instant from, Instant until, int limit) {
        Timeline.Filter filter = query.filter();
        StringBuilder sql = new StringBuilder(EventRows.WITH_ORIGIN)
                .append("where e.project_id = :project and e.occurred_at >= :from and e.occurred_at < :until");
        filter.appId().ifPresent(app -> sql.append(" and e.app_id = :app"));
        filter.userId().ifPresent(user -> sql.append(" and e.user_id = :user"));
        if (!filter.names().isEmpty()) {
            sql.append(" and e.name = any(:names)");
        }
        if (!filter.includeSynthetic()) {
            sql.append(" and not e.synthetic");
        }
        after.ifPresent(position -> sql.append(" and (e.occurred_at < :lastAt or (e.occurred_at = :lastAt")
                .append(" and (e.event_id collate \"C\", e.log_offset) > (:lastId, :lastOffset)))"));
        sql.append(" order by e.occurred_at desc, e.event_id collate \"C\", e.log_offset limit :limit");
        Query statement = handle.createQuery(sql.toString())
                .bind("project", uuid(query.projectId()))
                .bind("from", at(from))
                .bind("until", at(until))
                .bind("limit", limit);
        filter.appId().ifPresent(app -> statement.bind("app", app));
        filter.userId().ifPresent(user -> statement.bind("user", user));
        if (!filter.names().isEmpty()) {
            statement.bind("names", texts(filter.names()));
        }
        after.ifPresent(position -> statement
                .bind("lastAt", at(position.occurredAt()))
                .bind("lastId", position.eventId())
                .bind("lastOffset", position.offset()));
        return statement.map((row, context) -> EventRows.read(row)).list();
    }
}
