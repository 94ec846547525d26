package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail;
import dev.varve.audit.AuditTrail.Row;
import dev.varve.tenant.PrefixedId;
import dev.varve.tenant.Projects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// `GET /v1/audit-log`, also as `/v1/audit`.
final class AuditRoutes {
    private static final Set<String> SUBJECT_TYPES = new TreeSet<>(Set.of(
            "capi_forward",
            "layer",
            "sdk_app",
            "project",
            "api_key",
            "organization",
            "webhook_endpoint",
            "dead_letter",
            "credit_transfer",
            "campaign",
            "pending_action",
            "verdict"));
    /// Chunks read for one page, in case most rows belong to projects of the other mode.
    private static final int MAX_CHUNKS = 5;

    private final ApiServices.Catalog catalog;

    AuditRoutes(ApiServices services) {
        this.catalog = services.catalog();
    }

    List<Route> routes() {
        return List.of(Route.open("GET", "/audit-log", this::list), Route.open("GET", "/audit", this::list));
    }

    private ApiAnswer list(ApiCall call) {
        UUID organizationId = call.caller().organization().id();
        String listName = "audit:" + organizationId;
        Query query = Query.of(call);
        int limit = query.limit(50, 200);
        AuditTrail.Filter filter = filter(query, organizationId);
        Optional<AuditTrail.Position> after =
                query.cursor(listName, cursor -> cursor.id().map(id -> new AuditTrail.Position(cursor.at(), id)));
        query.finish();
        Page page = read(call.caller().owner(), filter, after, limit);
        ObjectNode body = Json.object();
        page.rows().stream().limit(limit).map(AuditRoutes::json).forEach(body.putArray("items")::add);
        body.put(
                "nextCursor",
                page.last(limit)
                        .map(row -> new Cursor(row.occurredAt(), row.id().toString(), 0).encode(listName))
                        .orElse(null));
        return ApiAnswer.ok(body);
    }

    private static AuditTrail.Filter filter(Query query, UUID organizationId) {
        Optional<String> type = query.parsed(
                "subjectType",
                text -> Optional.of(text).filter(SUBJECT_TYPES::contains),
                "must be one of " + String.join(", ", SUBJECT_TYPES));
        AuditTrail.Filter filter = new AuditTrail.Filter(
                organizationId,
                type,
                query.text("subjectId"),
                query.text("eventType"),
                query.id("projectId", PrefixedId.PROJECT),
                query.id("apiKeyId", PrefixedId.API_KEY),
                query.time("since"),
                query.time("until"));
        requireOrder(query, filter);
        return filter;
    }

    private static void requireOrder(Query query, AuditTrail.Filter filter) {
        if (filter.since().isPresent()
                && filter.until().isPresent()
                && filter.since().get().isAfter(filter.until().get())) {
            query.issue(
                    "since",
                    "must not be later than until, " + Json.time(filter.until().get()) + ", got "
                            + Json.time(filter.since().get()));
        }
    }

    /// `rows` may be one longer than the page. `examined`: the last row looked at when there may be more behind it.
    private record Page(List<Row> rows, Optional<Row> examined) {
        Optional<Row> last(int limit) {
            return rows.size() > limit ? Optional.of(rows.get(limit - 1)) : examined;
        }
    }

    /// A page may be short, and still have a successor, when rows of the other mode stood between.
    private Page read(Projects.Owner owner, AuditTrail.Filter filter, Optional<AuditTrail.Position> after, int limit) {
        Map<UUID, Boolean> visible = new HashMap<>();
        List<Row> rows = new ArrayList<>();
        Optional<AuditTrail.Position> position = after;
        for (int chunk = 0; chunk < MAX_CHUNKS; chunk++) {
            List<Row> read = catalog.audit().page(filter, position, limit + 1);
            read.stream().filter(row -> isVisible(row, owner, visible)).forEach(rows::add);
            boolean isEnd = read.size() <= limit;
            if (isEnd || rows.size() > limit) {
                return new Page(rows, Optional.empty());
            }
            Row last = read.getLast();
            position = Optional.of(new AuditTrail.Position(last.occurredAt(), last.id()));
            if (chunk == MAX_CHUNKS - 1) {
                return new Page(rows, Optional.of(last));
            }
        }
        throw new AssertionError("the last chunk returns");
    }

    /// A row without a mode is of its project's, also when that is another organization's by now; a row without a
    /// project is of its key's.
    private boolean isVisible(Row row, Projects.Owner owner, Map<UUID, Boolean> visible) {
        if (row.origin().mode() != null) {
            return row.origin().mode() == owner.mode();
        }
        UUID projectId = row.projectId();
        if (projectId != null) {
            return visible.computeIfAbsent(projectId, id -> catalog.projects()
                    .mode(id)
                    .filter(owner.mode()::equals)
                    .isPresent());
        }
        UUID keyId = row.origin().apiKeyId();
        return keyId == null
                || visible.computeIfAbsent(keyId, id -> catalog.account()
                        .keys()
                        .find(id)
                        .filter(issued -> issued.key().env() != owner.mode())
                        .isEmpty());
    }

    private static ObjectNode json(Row row) {
        AuditTrail.Origin origin = row.origin();
        AuditTrail.Subject subject = row.subject();
        ObjectNode json = Json.object()
                .put("eventId", row.id().toString())
                .put("eventType", row.eventType())
                .put("occurredAt", Json.time(row.occurredAt()))
                .put("requestId", origin.requestId())
                .put("organizationId", PrefixedId.ORGANIZATION.format(origin.organizationId()))
                .put("projectId", row.projectId() == null ? null : PrefixedId.PROJECT.format(row.projectId()))
                .put("apiKeyId", origin.apiKeyId() == null ? null : PrefixedId.API_KEY.format(origin.apiKeyId()))
                .put("actor", origin.actor())
                .put("subjectType", subject == null ? null : subject.type())
                .put("subjectId", subject == null ? null : subject.id());
        json.set("data", row.data());
        return json;
    }
}
