package dev.varve.server.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.collect.CollectOutcome;
import dev.varve.collect.ServerRequest;
import dev.varve.collect.StoredId;
import dev.varve.health.Timeline;
import dev.varve.health.Timeline.TimelineEntry;
import dev.varve.identity.PersonalText;
import dev.varve.identity.Sha256;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ApiException.Issue;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.Project;
import dev.varve.tenant.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// `POST /v1/events`, and reading events of a project.
final class EventRoutes {
    private static final String PATH = "/projects/{projectId}/events";
    private static final JsonFactory JSON = new JsonFactory();

    private final ApiServices services;
    private final Timeline timeline;
    private final ProjectAccess access;
    private final EventIssues eventIssues;

    EventRoutes(ApiServices services) {
        this.services = services;
        this.timeline = services.readings().timeline();
        this.access = new ProjectAccess(services.catalog());
        this.eventIssues = new EventIssues(services.pipeline().serverEvents());
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", "/events", Scopes.EVENTS_WRITE, this::post).bodyUpTo(Body.EVENTS_LIMIT),
                Route.of("GET", PATH, Scopes.EVENTS_READ, this::list),
                Route.of("GET", PATH + "/{eventId}", Scopes.EVENTS_READ, this::get));
    }

    private ApiAnswer post(ApiCall call) {
        byte[] body = Body.bytes(call.request(), Body.EVENTS_LIMIT);
        EventsEnvelope envelope = EventsEnvelope.read(body);
        if (envelope.ids().isEmpty()) {
            throw invalid(envelope, body);
        }
        EventsEnvelope.Ids ids = envelope.ids().get();
        Project project = access.project(call.caller().owner(), ids.project());
        access.app(project, ids.app());
        if (!envelope.issues().isEmpty()
                || (project.isArchived() && !eventIssues.of(body).isEmpty())) {
            throw invalid(envelope, body);
        }
        ProjectAccess.requireActive(project);
        return answer(
                services.pipeline().serverEvents().collect(new ServerRequest(ingestApp(project, ids.app()), body)));
    }

    private ApiException invalid(EventsEnvelope envelope, byte[] body) {
        return ApiException.invalid(Stream.concat(envelope.issues().stream(), eventIssues.of(body).stream())
                .toList());
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
        Query query = Query.of(call);
        int limit = query.limit(50, 200);
        Query.Period period = query.period();
        Timeline.Query wanted = new Timeline.Query(
                projectId,
                new Timeline.Filter(
                        query.text("appId"),
                        query.eventNames(),
                        query.text("userId").map(EventRoutes::storedId),
                        query.flag("includeSynthetic")),
                period.since(),
                period.until());
        Optional<Timeline.Position> after = query.cursor(
                listName, cursor -> Optional.of(new Timeline.Position(cursor.at(), cursor.text(), cursor.number())));
        query.finish();
        access.project(call);
        List<TimelineEntry> entries = timeline.page(wanted, after, limit + 1);
        EventJson json = new EventJson(Redaction.of(call.caller()));
        return ApiAnswer.ok(
                Json.page(entries, limit, json::item, last -> cursor(last).encode(listName)));
    }

    private ApiAnswer get(ApiCall call) {
        Project project = access.project(call);
        TimelineEntry entry = timeline.find(
                        project.id(), PersonalText.storedId(call.segment("eventId")), call.query("appId"))
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

    /// As ingest stores it: e-mail addresses, phone numbers and what is too long become hashes.
    private static String storedId(String userId) {
        return StoredId.of(PersonalText.storedId(userId), new Sha256());
    }
}
