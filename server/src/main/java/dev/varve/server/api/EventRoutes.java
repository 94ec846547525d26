package dev.varve.server.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.collect.CollectOutcome;
import dev.varve.collect.ServerRequest;
import dev.varve.health.Timeline;
import dev.varve.health.Timeline.TimelineEntry;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ApiException.Issue;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.Project;
import dev.varve.tenant.Scopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `POST /v1/events`, and reading events of a project.
final class EventRoutes {
    private static final String PATH = "/projects/{projectId}/events";
    private static final JsonFactory JSON = new JsonFactory();

    private final ApiServices services;
    private final Timeline timeline;
    private final ProjectAccess access;

    EventRoutes(ApiServices services) {
        this.services = services;
        this.timeline = services.readings().timeline();
        this.access = new ProjectAccess(services.catalog());
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", "/events", Scopes.EVENTS_WRITE, this::post),
                Route.of("GET", PATH, Scopes.EVENTS_READ, this::list),
                Route.of("GET", PATH + "/{eventId}", Scopes.EVENTS_READ, this::get));
    }

    private ApiAnswer post(ApiCall call) {
        byte[] body = Body.bytes(call.request(), Body.EVENTS_LIMIT);
        Envelope envelope = Envelope.read(body);
        Project project = access.project(call.caller().owner(), ApiCall.projectId(envelope.project()));
        access.app(project, envelope.app());
        ProjectAccess.requireActive(project);
        return answer(services.pipeline()
                .serverEvents()
                .collect(new ServerRequest(ingestApp(project, envelope.app()), body)));
    }

    /// The copy in memory may not know an app that was made a moment ago.
    private IngestApp ingestApp(Project project, String appId) {
        Optional<IngestApp> known = services.pipeline().ingestApps().find(appId);
        if (known.isEmpty()) {
            services.catalog().changes().changed(project.id());
            known = services.pipeline().ingestApps().find(appId);
        }
        return known.orElseThrow(() -> ApiException.notFound("SDK app"));
    }

    private static ApiAnswer answer(CollectOutcome outcome) {
        return switch (outcome) {
            case CollectOutcome.Collected collected -> new ApiAnswer(202, json(collected));
            case CollectOutcome.Invalid invalid -> throw ApiException.invalid(issues(invalid));
            case CollectOutcome.TooManyEvents tooMany ->
                throw new ApiException(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "more than " + tooMany.limit() + " events",
                        Map.of("limitEvents", tooMany.limit()));
            case CollectOutcome.Unauthenticated _ -> throw ApiException.notFound("SDK app");
            case CollectOutcome.RateLimited limited ->
                throw new ApiException(
                                ErrorCode.RATE_LIMITED, "too many events for this app", Map.of("reason", "bucket"))
                        .retryAfter(limited.retryAfter());
        };
    }

    private static List<Issue> issues(CollectOutcome.Invalid invalid) {
        List<Issue> issues = new ArrayList<>();
        invalid.issues().forEach(issue -> issues.add(new Issue(issue.path(), issue.message())));
        invalid.rejected()
                .forEach(rejection -> issues.add(new Issue("events[" + rejection.index() + "]", rejection.message())));
        return issues.isEmpty() ? List.of(new Issue("", "no event is valid")) : issues;
    }

    private static ObjectNode json(CollectOutcome.Collected collected) {
        ObjectNode body = Json.object().put("accepted", collected.accepted()).put("duplicates", collected.duplicates());
        ArrayNode rejected = body.putArray("rejected");
        collected.rejected().forEach(one -> rejected.addObject()
                .put("index", one.index())
                .put("code", one.code())
                .put("message", one.message()));
        ArrayNode ids = body.putArray("eventIds");
        collected.eventIds().forEach(ids::add);
        return body;
    }

    private ApiAnswer list(ApiCall call) {
        UUID projectId = call.projectId();
        String listName = "events:" + projectId;
        int limit = call.limit(50, 200);
        Timeline.Query query = new Timeline.Query(
                projectId,
                new Timeline.Filter(
                        call.query("appId"),
                        call.eventNames(),
                        call.query("userId").map(EventRoutes::storedUserId),
                        call.queryFlag("includeSynthetic")),
                call.queryTime("since"),
                call.queryTime("until"));
        Optional<Timeline.Position> after =
                call.cursor(listName).map(cursor -> new Timeline.Position(cursor.at(), cursor.text(), cursor.number()));
        access.project(call);
        List<TimelineEntry> entries = timeline.page(query, after, limit + 1);
        EventJson json = new EventJson(Redaction.of(call.caller()));
        return ApiAnswer.ok(
                Json.page(entries, limit, json::item, last -> cursor(last).encode(listName)));
    }

    private ApiAnswer get(ApiCall call) {
        Project project = access.project(call);
        TimelineEntry entry = timeline.find(project.id(), call.segment("eventId"), call.query("appId"))
                .orElseThrow(() -> ApiException.notFound("event"));
        ObjectNode body = new EventJson(Redaction.of(call.caller())).item(entry);
        body.set("attempts", EventJson.attempts(timeline.attempts(entry)));
        return ApiAnswer.ok(body);
    }

    private static Cursor cursor(TimelineEntry last) {
        return new Cursor(
                last.logged().event().occurredAt(),
                last.logged().identity().eventId(),
                last.logged().offset());
    }

    /// As ingest stores a user id that is an e-mail address.
    private static String storedUserId(String userId) {
        String trimmed = userId.trim();
        boolean email = trimmed.matches("[^\\s@]+@[^\\s@]+\\.[^\\s@]+");
        return email ? "sha256:" + HexFormat.of().formatHex(KeyMint.sha256(trimmed.toLowerCase(Locale.ROOT))) : userId;
    }

    /// The two ids of the body, read without building the events.
    private record Envelope(String project, String app) {
        static Envelope read(byte[] body) {
            try (JsonParser parser = JSON.createParser(body)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw ApiException.invalid("", "the body must be a JSON object");
                }
                return complete(parser);
            } catch (JacksonException e) {
                throw Body.unreadable();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Envelope complete(JsonParser parser) throws IOException {
            String project = null;
            String app = null;
            boolean events = false;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("projectId")) {
                    project = text(parser, value);
                } else if (name.equals("sdkAppId")) {
                    app = text(parser, value);
                }
                events |= name.equals("events") && value == JsonToken.START_ARRAY;
                parser.skipChildren();
            }
            List<Issue> issues = new ArrayList<>();
            if (project == null) {
                issues.add(new Issue("projectId", "is required"));
            }
            if (app == null) {
                issues.add(new Issue("sdkAppId", "is required"));
            }
            if (!events) {
                issues.add(new Issue("events", "must be an array of 1 to 100 events"));
            }
            if (project == null || app == null || !events) {
                throw ApiException.invalid(issues);
            }
            return new Envelope(project, CleanText.of(app));
        }

        private static @Nullable String text(JsonParser parser, JsonToken value) throws IOException {
            return value == JsonToken.VALUE_STRING ? parser.getText() : null;
        }
    }
}
