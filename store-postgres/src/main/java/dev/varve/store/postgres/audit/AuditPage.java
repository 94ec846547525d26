package dev.varve.store.postgres.audit;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.texts;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.audit.AuditTrail.Filter;
import dev.varve.audit.AuditTrail.Position;
import dev.varve.audit.AuditTrail.Row;
import dev.varve.audit.AuditTrail.Subject;
import dev.varve.store.postgres.ShownTime;
import dev.varve.tenant.PrefixedId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/// The first rows of one page, of either source. Only conditions that are asked for stand in the statement, so that
/// each is answered by the index that fits it.
final class AuditPage {
    private final Handle handle;
    private final Filter filter;
    private final Instant since;
    private final Optional<Position> after;
    private final int limit;

    AuditPage(Handle handle, Filter filter, Instant since, Optional<Position> after, int limit) {
        this.handle = handle;
        this.filter = filter;
        this.since = since;
        this.after = after;
        this.limit = limit;
    }

    /// Forwards are not among them, so a question for those reads nothing here.
    List<Row> rows() {
        if (filter.subjectType().filter(Subject.CAPI_FORWARD::equals).isPresent()
                || filter.eventType().filter(AuditRows.FORWARD::equals).isPresent()) {
            return List.of();
        }
        List<String> conditions = conditions("occurred_at");
        filter.eventType().ifPresent(_ -> conditions.add("event_type = :eventType"));
        filter.subjectType().ifPresent(_ -> conditions.add("subject_type = :subjectType"));
        filter.subjectId().ifPresent(_ -> conditions.add("subject_id = any(:subjectIds)"));
        filter.apiKeyId().ifPresent(_ -> conditions.add("api_key_id = :apiKey"));
        return read("audit_row", "occurred_at", conditions, AuditRows::written);
    }

    /// A layer's forwards are found by its project: they have no index of their own.
    List<Row> forwards() {
        Optional<UUID> layer = filter.subjectId().flatMap(PrefixedId.LAYER::parse);
        boolean asksForOthers = filter.apiKeyId().isPresent()
                || !filter.eventType().map(AuditRows.FORWARD::equals).orElse(true)
                || !filter.subjectType().map(Subject.CAPI_FORWARD::equals).orElse(true)
                || filter.subjectId().isPresent()
                        && layer.map(PrefixedId.LAYER::format)
                                .filter(filter.subjectIds()::contains)
                                .isEmpty();
        if (asksForOthers) {
            return List.of();
        }
        List<String> conditions = conditions("at");
        layer.ifPresent(_ -> conditions.add(
                "layer_id = :layer and project_id = (select l.project_id from layer l where l.id = :layer)"));
        return read("delivery_request", "at", conditions, AuditRows::forward);
    }

    private List<String> conditions(String time) {
        List<String> conditions = new ArrayList<>();
        conditions.add("organization_id = :organization");
        conditions.add(time + " >= :since");
        filter.until().ifPresent(_ -> conditions.add(time + " < :until"));
        filter.projectId().ifPresent(_ -> conditions.add("project_id = :project"));
        after.ifPresent(_ ->
                conditions.add("<time> < :afterEnd and (<time> < :afterAt or id > :afterId)".replace("<time>", time)));
        return conditions;
    }

    /// A row's time as it is stored, which may be finer than what it shows.
    private record Stored(Row row, Instant at) {}

    @FunctionalInterface
    private interface Reader {
        Row read(ResultSet row) throws SQLException;
    }

    /// The index knows the order of stored times. Where a page ends within a millisecond, the rows shown with it are
    /// read anew in the order of their ids.
    private List<Row> read(String table, String time, List<String> conditions, Reader reader) {
        RowMapper<Stored> mapper = (row, _) -> new Stored(reader.read(row), instant(row, time));
        String select = "select * from " + table + " where " + String.join(" and ", conditions);
        List<Stored> newest = bound(handle.createQuery(select + " order by " + time + " desc, id limit :limit"))
                .map(mapper)
                .list();
        List<Row> rows = new ArrayList<>(newest.stream().map(Stored::row).toList());
        if (newest.size() == limit && !ShownTime.isWhole(newest.getLast().at())) {
            Instant moment = ShownTime.of(newest.getLast().at());
            rows.removeIf(row -> row.occurredAt().equals(moment));
            bound(handle.createQuery(select + " and " + time + " >= :moment and " + time + " < :momentEnd"
                            + " order by id limit :limit"))
                    .bind("moment", at(moment))
                    .bind("momentEnd", at(ShownTime.after(moment)))
                    .map(mapper)
                    .forEach(stored -> rows.add(stored.row()));
        }
        return rows;
    }

    private Query bound(Query query) {
        query.getConfig(org.jdbi.v3.core.statement.SqlStatements.class).setUnusedBindingAllowed(true);
        return query.bind("organization", uuid(filter.organizationId()))
                .bind("since", at(ShownTime.from(since)))
                .bind("until", at(filter.until().map(ShownTime::after).orElse(Instant.MAX)))
                .bind("project", uuid(filter.projectId().orElse(null)))
                .bind("eventType", filter.eventType().orElse(null))
                .bind("subjectType", filter.subjectType().orElse(null))
                .bind("subjectIds", texts(filter.subjectIds()))
                .bind("apiKey", uuid(filter.apiKeyId().orElse(null)))
                .bind(
                        "layer",
                        uuid(filter.subjectId().flatMap(PrefixedId.LAYER::parse).orElse(null)))
                .bind(
                        "afterAt",
                        at(after.map(position -> ShownTime.of(position.occurredAt()))
                                .orElse(Instant.MAX)))
                .bind(
                        "afterEnd",
                        at(after.map(position -> ShownTime.after(position.occurredAt()))
                                .orElse(Instant.MAX)))
                .bind("afterId", uuid(after.map(Position::id).orElse(null)))
                .bind("limit", limit);
    }
}
