package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.collect.DraftOutcome;
import dev.varve.collect.ServerRequest;
import dev.varve.destination.Candidate;
import dev.varve.destination.Destination;
import dev.varve.destination.LayerDestination;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ApiException.Issue;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Project;
import dev.varve.tenant.Scopes;
import dev.varve.tenant.SdkApp;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `POST /v1/projects/:projectId/events/preview`: what each platform would get of an event. Takes the way of a real
/// event, through ingest and planning, up to where it would be stored or sent.
final class PreviewRoute {
    private static final int MAX_EVENT_BYTES = Body.LIMIT;

    private final ApiServices services;
    private final ProjectAccess access;
    private final EventIssues eventIssues;

    PreviewRoute(ApiServices services) {
        this.services = services;
        this.access = new ProjectAccess(services.catalog());
        this.eventIssues = new EventIssues(services.pipeline().serverEvents());
    }

    List<Route> routes() {
        return List.of(Route.of("POST", "/projects/{projectId}/events/preview", Scopes.EVENTS_READ, this::preview)
                .repeats(Repeat.SAFE));
    }

    private ApiAnswer preview(ApiCall call) {
        Project project = access.project(call);
        Fields fields = Fields.of(call.body());
        fields.require("sdkAppId", "event");
        Optional<SdkApp> known = fields.given("sdkAppId").map(appId -> access.app(project, appId));
        fields.text("sdkAppId", "", Fields.Text.ANY);
        Optional<ObjectNode> given = fields.object("event", MAX_EVENT_BYTES);
        if (known.isEmpty() || given.isEmpty()) {
            List<Issue> issues = given.map(event -> eventIssues.of(body(event))).orElse(List.of());
            (issues.isEmpty() ? issues : issues(issues)).forEach(issue -> fields.issue(issue.path(), issue.message()));
            fields.finish();
        }
        return answer(call, project, known.orElseThrow(), given.orElseThrow());
    }

    private ApiAnswer answer(ApiCall call, Project project, SdkApp app, ObjectNode event) {
        Map<Platform, Layer> layers = layers(project);
        IngestApp ingestApp = ingestApp(app, layers);
        PreviewJson json =
                switch (services.pipeline().serverEvents().draft(new ServerRequest(ingestApp, body(event)))) {
                    case DraftOutcome.Invalid invalid -> throw ApiException.invalid(issues(EventIssues.of(invalid)));
                    case DraftOutcome.Unconsented _ -> PreviewJson.unconsented();
                    case DraftOutcome.Drafted(Event draft) -> drafted(call, ingestApp, draft);
                };
        ObjectNode body = Json.object();
        body.putArray("platforms");
        for (Platform platform : Platform.values()) {
            Optional<Destination> destination = Optional.ofNullable(layers.get(platform))
                    .filter(_ -> !project.isArchived())
                    .map(layer -> LayerDestination.of(
                            layer, project.mode(), services.pipeline().endpoints(), Optional.empty()));
            body.withArray("platforms")
                    .add(json.row(platform, destination, services.pipeline().connectors()));
        }
        return ApiAnswer.ok(body);
    }

    private Map<Platform, Layer> layers(Project project) {
        Map<Platform, Layer> layers = new EnumMap<>(Platform.class);
        for (Platform platform : Platform.values()) {
            services.catalog().layers().find(project.id(), platform).ifPresent(layer -> layers.put(platform, layer));
        }
        return layers;
    }

    private static byte[] body(ObjectNode event) {
        ObjectNode body = Json.object();
        body.putArray("events").add(event);
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private PreviewJson drafted(ApiCall call, IngestApp app, Event event) {
        StoredKnowledge knowledge =
                StoredKnowledge.of(event, services.readings().profiles(), call.now());
        Candidate candidate = new Candidate(new LoggedEvent(0, call.now(), event), app, knowledge.known());
        boolean maySeeAll = call.caller().allows(Scopes.EVENTS_READ_PII);
        return new PreviewJson(
                Optional.of(candidate),
                maySeeAll ? payload -> payload : payload -> knowledge.hidden(payload, candidate.document()),
                call.now());
    }

    /// Made of what is stored now; the copy that ingest holds in memory may be a moment old, and lacks apps of archived
    /// projects.
    private static IngestApp ingestApp(SdkApp app, Map<Platform, Layer> layers) {
        Map<Platform, Boolean> toggles = new EnumMap<>(Platform.class);
        app.settings().capi().forEach((name, on) -> Platform.parse(name)
                .ifPresent(platform -> toggles.put(platform, on)));
        Map<Platform, String> countries = new EnumMap<>(Platform.class);
        layers.forEach((platform, layer) -> {
            String country = layer.settings().defaultCountry();
            if (country != null) {
                countries.put(platform, country);
            }
        });
        return new IngestApp(
                app.appId(),
                app.projectId(),
                app.platform(),
                new IngestApp.AppKeyPolicy(new byte[0], false),
                app.store(),
                toggles,
                countries);
    }

    private static List<Issue> issues(List<Issue> ofFirst) {
        return ofFirst.isEmpty()
                ? List.of(new Issue("event", "is no event"))
                : ofFirst.stream()
                        .map(issue ->
                                new Issue("event" + issue.path().substring("events[0]".length()), issue.message()))
                        .toList();
    }
}
