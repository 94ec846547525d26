package dev.varve.server.api;

import dev.varve.health.LiveTail;
import dev.varve.health.TailPosition;
import dev.varve.health.Timeline;
import dev.varve.tenant.Project;
import dev.varve.tenant.Scopes;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.List;
import java.util.Optional;

/// The live tail of a project's events.
final class EventStreamRoute {
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");

    private final LiveTail tail;
    private final OpenStreams streams;
    private final ProjectAccess access;

    EventStreamRoute(ApiServices services, OpenStreams streams) {
        this.tail = services.readings().live().tail();
        this.streams = streams;
        this.access = new ProjectAccess(services.catalog());
    }

    List<Route> routes() {
        return List.of(Route.of("GET", "/projects/{projectId}/events/stream", Scopes.EVENTS_READ, this::stream));
    }

    private ApiAnswer stream(ApiCall call) {
        Query query = Query.of(call);
        Timeline.Filter filter = new Timeline.Filter(
                query.text("appId"), query.eventNames(), Optional.empty(), query.flag("includeSynthetic"));
        query.finish();
        Project project = access.project(call);
        return streams.open(
                call.caller().key(),
                () -> tail.subscribe(project.id(), filter, resume(call)),
                new EventJson(Redaction.of(call.caller())));
    }

    /// What this server never gave as an id is like one that is too old: a browser's client gives up at an error, and
    /// would repeat the same id at every try.
    private static Optional<TailPosition> resume(ApiCall call) {
        return call.request()
                .headers()
                .first(LAST_EVENT_ID)
                .filter(text -> !text.isEmpty())
                .map(text -> TailPosition.parse(text).orElse(TailPosition.LOST));
    }
}
