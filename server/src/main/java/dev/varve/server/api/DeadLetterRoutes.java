package dev.varve.server.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.varve.delivery.DeadLetters;
import dev.varve.delivery.DeadLetters.Filter;
import dev.varve.delivery.DeadLetters.Inspection;
import dev.varve.delivery.DeadLetters.Item;
import dev.varve.delivery.DeadLetters.Position;
import dev.varve.event.Documents;
import dev.varve.server.http.ApiException;
import dev.varve.tenant.Scopes;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `/v1/projects/:projectId/dead-letters`, to look at.
final class DeadLetterRoutes {
    static final String PATH = "/projects/{projectId}/dead-letters";
    private static final JsonMapper JSON = JsonMapper.builder(Documents.FACTORY).build();

    private final DeadLetters deadLetters;
    private final ProjectAccess access;

    DeadLetterRoutes(ApiServices services) {
        this.deadLetters = services.pipeline().replays().deadLetters();
        this.access = new ProjectAccess(services.catalog());
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", PATH, Scopes.ADS_READ, this::list),
                Route.of("GET", PATH + "/{deadLetterId}", Scopes.ADS_READ, this::get));
    }

    private ApiAnswer list(ApiCall call) {
        UUID projectId = call.projectId();
        String listName = "dead-letters:" + projectId;
        Query query = Query.of(call);
        int limit = query.limit(50, 200);
        Filter filter = DeadLetterFilters.ofQuery(query, projectId);
        Optional<Position> after =
                query.cursor(listName, cursor -> Optional.of(new Position(cursor.at(), cursor.text())));
        query.finish();
        access.project(call);
        Redaction redaction = Redaction.of(call.caller());
        List<Item> items = deadLetters.page(filter, after, limit + 1);
        return ApiAnswer.ok(Json.page(items, limit, item -> json(item, redaction), last -> new Cursor(
                        last.times().occurredAt(), last.id(), 0)
                .encode(listName)));
    }

    private ApiAnswer get(ApiCall call) {
        UUID projectId = call.projectId();
        access.project(call);
        return deadLetters
                .find(projectId, call.segment("deadLetterId"))
                .map(found -> ApiAnswer.ok(json(found, Redaction.of(call.caller()))))
                .orElseThrow(() -> ApiException.notFound("dead letter"));
    }

    private static ObjectNode json(Inspection found, Redaction redaction) {
        ObjectNode json = json(found.item(), redaction);
        json.set("payload", sent(found.payload()));
        json.put("answer", found.answer()).put("httpStatus", found.httpStatus());
        if (found.traceId() != null) {
            json.put(EventJson.traceName(found.item().subject().platform()), found.traceId());
        }
        return json;
    }

    /// Masking may have cut a payload short; then it is text.
    private static JsonNode sent(@Nullable String payload) {
        if (payload == null) {
            return NullNode.getInstance();
        }
        try {
            return JSON.readTree(payload);
        } catch (JacksonException e) {
            return TextNode.valueOf(payload);
        }
    }

    private static ObjectNode json(Item item, Redaction redaction) {
        return Json.object()
                .put("deadLetterId", item.id())
                .put("eventId", item.subject().eventId())
                .put("appId", item.subject().appId())
                .put("eventName", redaction.text(item.subject().eventName()))
                .put("platform", item.subject().platform().shortName())
                .put("reason", item.reason())
                .put("code", item.fault().code())
                .put("platformCode", item.fault().platformCode())
                .put("message", item.fault().message())
                .put("attempts", item.fault().attempts())
                .put("occurredAt", Json.time(item.times().occurredAt()))
                .put("firstFailedAt", Json.time(item.times().firstFailedAt()))
                .put("lastFailedAt", Json.time(item.times().lastFailedAt()))
                .put("tooOldAt", Json.time(item.times().tooOldAt()))
                .put("replaying", item.isReplaying());
    }
}
