package dev.varve.store.postgres.erasure;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.identity.Profiles.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/// Finds the stored events of one user or install, a bounded number at a time. Probes of verify-tracking are nobody's.
///
/// An install's events have no index of their own: those of each app are gone through week by week. The hashes in the
/// conditions are what the indexes of events hold.
record SubjectEvents(Subject subject) {
    private static final Duration WEEK = Duration.ofDays(7);
    /// Beyond it lies what came with an absurd time; there is little of it.
    private static final Duration BACK = Duration.ofDays(427);

    private static final Duration AHEAD = Duration.ofDays(14);

    /// A range of time, of one app or (null) of the whole project.
    record Place(@Nullable String appId, Instant from, Instant until) {}

    record Found(
            long offset,
            Instant occurredAt,
            Instant receivedAt,
            String appId,
            String eventId,
            @Nullable Long originOffset) {}

    /// Everywhere that events of the subject may be.
    List<Place> places(Handle handle, Instant now) {
        List<Place> places = new ArrayList<>();
        switch (subject.kind()) {
            case USER -> addWeeks(null, now, places);
            case INSTALL -> apps(handle).forEach(app -> addWeeks(app, now, places));
        }
        return places;
    }

    private List<String> apps(Handle handle) {
        return handle.createQuery("select app_id from sdk_app where project_id = :project order by app_id")
                .bind("project", uuid(subject.projectId()))
                .mapTo(String.class)
                .list();
    }

    private static void addWeeks(@Nullable String app, Instant now, List<Place> places) {
        Instant from = Instant.MIN;
        Instant last = now.plus(AHEAD);
        for (Instant until = now.minus(BACK); until.isBefore(last); until = until.plus(WEEK)) {
            places.add(new Place(app, from, until));
            from = until;
        }
        places.add(new Place(app, from, Instant.MAX));
    }

    /// The first events of a place, in the order of their times and offsets; those after `last` if that is given.
    List<Found> in(Handle handle, Place place, @Nullable Found last, int max) {
        String sql = "select log_offset, occurred_at, received_at, app_id, event_id, origin_offset from event e where "
                + condition() + " and not e.synthetic and e.occurred_at >= :from and e.occurred_at < :until"
                + (last == null ? "" : " and (e.occurred_at, e.log_offset) > (:lastAt, :lastOffset)")
                + " order by e.occurred_at, e.log_offset limit :max";
        Query query = handle.createQuery(sql)
                .bind("project", uuid(subject.projectId()))
                .bind("id", subject.id())
                .bind("from", at(last == null ? place.from() : last.occurredAt()))
                .bind("until", at(place.until()))
                .bind("max", max);
        if (place.appId() != null) {
            query.bind("app", place.appId());
        }
        if (last != null) {
            query.bind("lastAt", at(last.occurredAt())).bind("lastOffset", last.offset());
        }
        return query.map((row, context) -> found(row)).list();
    }

    private String condition() {
        return switch (subject.kind()) {
            case USER ->
                "hashtextextended(e.user_id, uuid_hash_extended(e.project_id, 0))"
                        + " = hashtextextended(:id, uuid_hash_extended(:project, 0))"
                        + " and e.project_id = :project and e.user_id = :id";
            case INSTALL ->
                "hashtextextended(e.app_id, 0) = hashtextextended(:app, 0) and e.app_id = :app and e.project_id = :project"
                        + " and e.install_id = :id";
        };
    }

    private static Found found(ResultSet row) throws SQLException {
        return new Found(
                row.getLong("log_offset"),
                instant(row, "occurred_at"),
                instant(row, "received_at"),
                row.getString("app_id"),
                row.getString("event_id"),
                row.getObject("origin_offset", Long.class));
    }
}
