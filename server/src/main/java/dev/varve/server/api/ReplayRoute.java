package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail;
import dev.varve.delivery.DeadLetters.Count;
import dev.varve.delivery.DeadLetters.Filter;
import dev.varve.delivery.DeadLetters.Forecast;
import dev.varve.delivery.DeadLetters.Replay;
import dev.varve.delivery.DeadLetters.Requester;
import dev.varve.event.Platform;
import dev.varve.health.CapiFacts;
import dev.varve.health.CapiStatus;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.server.http.RequestId;
import dev.varve.tenant.Project;
import dev.varve.tenant.Scopes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `POST /v1/projects/:projectId/dead-letters/replay`.
final class ReplayRoute {
    private static final int MAX_JOBS = 10;
    private static final Duration JOBS_END = Duration.ofSeconds(30);

    private final ApiServices services;
    private final ApiServices.Replays replays;
    private final ProjectAccess access;
    private final Audit audit;

    ReplayRoute(ApiServices services) {
        this.services = services;
        this.replays = services.pipeline().replays();
        this.access = new ProjectAccess(services.catalog());
        this.audit = new Audit(services.catalog().audit());
    }

    List<Route> routes() {
        return List.of(Route.of("POST", DeadLetterRoutes.PATH + "/replay", Scopes.ADS_WRITE_CAPI, this::replay)
                .longRunning());
    }

    private ApiAnswer replay(ApiCall call) {
        UUID projectId = call.projectId();
        Project project = access.project(call);
        Fields fields = Fields.of(Body.optionalJson(call.request()));
        boolean isDry = fields.bool("dryRun", true);
        Filter filter = DeadLetterFilters.ofBody(fields, projectId);
        fields.finish();
        Forecast forecast = replays.deadLetters().forecast(filter, call.now());
        if (isDry) {
            return ApiAnswer.ok(json(forecast, null));
        }
        ProjectAccess.requireActive(project);
        requireDelivery(call, projectId, forecast);
        requireFreeJob(call);
        Replay started = replays.deadLetters()
                .replay(filter, requester(call), replays.ownStream().getAsLong(), call.now())
                .orElseThrow(() -> new ApiException(
                        ErrorCode.CONFLICT, "another replay of the project is running", Map.of("reason", "busy")));
        audit.record(call, deed(projectId, started, DeadLetterFilters.named(fields)));
        return new ApiAnswer(202, json(started.forecast(), started.jobId()));
    }

    private static Requester requester(ApiCall call) {
        return new Requester(
                call.caller().organization().id(), call.caller().key().id(), RequestId.of(call.request()));
    }

    /// What would go nowhere is not put on its way.
    private void requireDelivery(ApiCall call, UUID projectId, Forecast forecast) {
        Set<Platform> platforms = EnumSet.noneOf(Platform.class);
        forecast.counts().forEach(count -> platforms.add(count.platform()));
        List<LayerChecks.Missing> missing = new ArrayList<>();
        List<String> states = new ArrayList<>();
        services.readings().capi().read(projectId, platforms, call.now()).forEach((platform, reading) -> {
            CapiStatus status = CapiStatus.of(reading.facts(), call.now());
            if (status == CapiStatus.DISABLED || status == CapiStatus.BROKEN) {
                missing.add(LayerChecks.Missing.ofApp(platform, lacking(reading.facts(), status)));
                states.add(platform.title() + " is " + status.wireName());
            }
        });
        if (!missing.isEmpty()) {
            throw LayerChecks.notReady(String.join(" and ", states) + ": nothing can be sent again", missing);
        }
    }

    private static List<String> lacking(CapiFacts facts, CapiStatus status) {
        if (status == CapiStatus.DISABLED) {
            return List.of("enabled");
        }
        CapiFacts.Configuration configuration = facts.configuration();
        boolean lacksToken = !configuration.hasToken() || configuration.tokenRefused();
        return List.of(configuration.hasPixel() && lacksToken ? "accessToken" : "pixelId");
    }

    private void requireFreeJob(ApiCall call) {
        int running = replays.jobs().running(call.caller().organization().id());
        if (running >= MAX_JOBS) {
            throw new ApiException(
                            ErrorCode.RATE_LIMITED,
                            "at most " + MAX_JOBS + " jobs of an organization run at a time, " + running + " do",
                            Map.of("reason", "concurrent_jobs"))
                    .retryAfter(JOBS_END);
        }
    }

    private static Audit.Deed deed(UUID projectId, Replay started, List<String> filters) {
        Totals totals = Totals.of(started.forecast());
        ObjectNode data = Json.object()
                .put("jobId", started.jobId())
                .put("matched", totals.matched())
                .put("willReplay", totals.willReplay())
                .put("tooOld", totals.tooOld());
        filters.forEach(data.putArray("filters")::add);
        return new Audit.Deed(
                "dead_letters.replayed",
                projectId,
                new AuditTrail.Subject(AuditTrail.Subject.DEAD_LETTER, started.jobId()),
                data);
    }

    private record Totals(long matched, long tooOld) {
        static Totals of(Forecast forecast) {
            return new Totals(
                    forecast.counts().stream().mapToLong(Count::matched).sum(),
                    forecast.counts().stream().mapToLong(Count::tooOld).sum());
        }

        long willReplay() {
            return matched - tooOld;
        }
    }

    private static ObjectNode json(Forecast forecast, @Nullable String jobId) {
        Totals totals = Totals.of(forecast);
        ObjectNode body = Json.object()
                .put("dryRun", jobId == null)
                .put("matched", totals.matched())
                .put("willReplay", totals.willReplay())
                .put("tooOld", totals.tooOld());
        ArrayNode counts = body.putArray("counts");
        forecast.counts().forEach(count -> counts.addObject()
                .put("platform", count.platform().shortName())
                .put("reason", count.reason())
                .put("matched", count.matched())
                .put("willReplay", count.matched() - count.tooOld())
                .put("tooOld", count.tooOld()));
        ArrayNode tooOld = body.putArray("tooOldEvents");
        forecast.tooOld().forEach(event -> tooOld.addObject()
                .put("eventId", event.eventId())
                .put("platform", event.platform().shortName())
                .put("occurredAt", Json.time(event.occurredAt())));
        return body.put("jobId", jobId);
    }
}
