package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.delivery.ReceiptState;
import dev.varve.event.Platform;
import dev.varve.health.DriftFinding;
import dev.varve.health.Receipt;
import dev.varve.health.SchemaDrift;
import dev.varve.health.Timeline;
import dev.varve.health.Timeline.TimelineEntry;
import dev.varve.server.api.TrackingTroubles.Trouble;
import dev.varve.tenant.Project;
import dev.varve.tenant.Scopes;
import dev.varve.tenant.SdkApp;
import dev.varve.tenant.SdkApps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// `POST …/verify-tracking`: one real event through the real ingest route, followed until both platforms answered.
final class VerifyTrackingRoute {
    private static final Duration PATIENCE = Duration.ofSeconds(25);
    /// In all, with what was waited for the probe.
    private static final Duration DRIFT_PATIENCE = Duration.ofSeconds(27);

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Fields.Text NAME = Fields.Text.length(1, 128);

    private final ApiServices services;
    private final ProjectAccess access;

    VerifyTrackingRoute(ApiServices services) {
        this.services = services;
        this.access = new ProjectAccess(services.catalog());
    }

    List<Route> routes() {
        return List.of(Route.of(
                        "POST",
                        "/projects/{projectId}/sdk-apps/{appId}/verify-tracking",
                        Scopes.SDK_WRITE,
                        this::verify)
                .longRunning());
    }

    private record Order(List<String> expected, String sample, Map<String, String> testEventCodes) {}

    /// What was seen of the probe. `hops`: milliseconds since its start, in order.
    private record Trace(
            String eventId, TrackingProbe.Sent sent, Optional<TimelineEntry> stored, Map<String, Long> hops) {}

    private ApiAnswer verify(ApiCall call) {
        Project project = access.project(call);
        SdkApp app = access.app(project, call.segment("appId"));
        Order order = order(call);
        ProjectAccess.requireActive(project);
        useCodesOfLayers(project.id(), order.testEventCodes());
        long start = System.nanoTime();
        TrackingTroubles troubles = TrackingTroubles.look(services, project, app);
        CompletableFuture<List<DriftFinding>> drift = TrackingDrift.look(services, project.id(), app.appId());
        Instant sentAt = services.clock().instant();
        Trace trace = follow(project.id(), app, order, troubles);
        List<DriftFinding> findings = TrackingDrift.found(drift, DRIFT_PATIENCE.minusMillis(millis(start)));
        TrackingReasons reasons = new TrackingReasons(services.catalog().audit(), project, sentAt, troubles.found());
        return ApiAnswer.ok(report(project, app, order, reasons, trace, findings));
    }

    private Order order(ApiCall call) {
        Fields fields = Fields.of(Body.optionalJson(call.request()));
        List<String> expected = fields.texts("expectedEvents", List.of("app_open"), 50, NAME);
        String sample = fields.text("sampleEventName", "layers_test_event", Fields.Text.length(1, 50));
        if (services.pipeline().connectors().values().stream().anyMatch(c -> c.isStandardName(sample))) {
            fields.issue("sampleEventName", "is a standard name of a platform");
        }
        Map<String, String> codes = new HashMap<>();
        fields.fields("testEventCode").ifPresent(given -> {
            for (Platform platform : Platform.values()) {
                String code = given.text(platform.shortName(), "", Fields.Text.length(0, 64));
                if (!code.isEmpty()) {
                    codes.put(platform.shortName(), code);
                }
            }
        });
        fields.finish();
        String generated = "TEST" + UUID.randomUUID().toString().substring(0, 8).toUpperCase(java.util.Locale.ROOT);
        for (Platform platform : Platform.values()) {
            codes.putIfAbsent(platform.shortName(), generated);
        }
        return new Order(expected, sample, codes);
    }

    /// A layer's own code comes before that of the request.
    private void useCodesOfLayers(UUID projectId, Map<String, String> codes) {
        for (Platform platform : Platform.values()) {
            services.catalog()
                    .layers()
                    .find(projectId, platform)
                    .map(layer -> layer.settings().testEventCode())
                    .filter(code -> !code.isEmpty())
                    .ifPresent(code -> codes.put(platform.shortName(), code));
        }
    }

    private Trace follow(UUID projectId, SdkApp app, Order order, TrackingTroubles troubles) {
        String eventId = UUID.randomUUID().toString();
        long start = System.nanoTime();
        Map<String, Long> hops = new LinkedHashMap<>();
        TrackingProbe.Sent sent = services.pipeline()
                .probe()
                .send(new TrackingProbe.ProbeEvent(
                        app.appId(), eventId, order.sample(), app.platform().eventPlatform(), order.testEventCodes()));
        Optional<TimelineEntry> seen = Optional.empty();
        if (sent == TrackingProbe.Sent.ACCEPTED) {
            hops.put("ingest_accepted", millis(start));
            do {
                seen = services.readings().timeline().find(projectId, eventId, Optional.of(app.appId()));
                seen.ifPresent(entry -> note(hops, entry, millis(start)));
                if (seen.filter(entry -> isSettled(entry, troubles.found())).isPresent()) {
                    break;
                }
                LockSupport.parkNanos(POLL.toNanos());
            } while (millis(start) < PATIENCE.toMillis()
                    && !Thread.currentThread().isInterrupted());
        }
        return new Trace(eventId, sent, seen, hops);
    }

    /// A platform in trouble is not waited for: it may take the event once the trouble is mended. One that is off
    /// settles at once.
    private static boolean isSettled(TimelineEntry entry, Map<Platform, Trouble> troubles) {
        return entry.receipts().stream().allMatch(receipt -> {
            Trouble trouble = troubles.get(receipt.platform());
            return receipt.isSettled() || (trouble != null && !trouble.isOff());
        });
    }

    private static void note(Map<String, Long> hops, TimelineEntry entry, long ms) {
        hops.putIfAbsent("stored", ms);
        for (Receipt receipt : entry.receipts()) {
            if (receipt.at() != null) {
                hops.putIfAbsent("relay_picked_up", ms);
            }
            if (receipt.isSettled() && receipt.traceId() != null) {
                hops.putIfAbsent(receipt.platform().shortName() + "_answered", ms);
            }
        }
    }

    private static long millis(long start) {
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    private ObjectNode report(
            Project project, SdkApp app, Order order, TrackingReasons reasons, Trace trace, List<DriftFinding> drift) {
        Timeline timeline = services.readings().timeline();
        List<String> observed =
                timeline.observedNames(project.id(), app.appId(), SchemaDrift.WINDOW, TrackingDrift.MOST_NAMES);
        List<String> missing = order.expected().stream()
                .filter(name -> !observed.contains(name))
                .toList();
        @Nullable
        Instant lastEventAt = services.catalog()
                .sdkApps()
                .activity(Set.of(app.appId()))
                .getOrDefault(app.appId(), SdkApps.Activity.NONE)
                .lastEventAt()
                .orElse(null);
        List<Check> checks = checks(reasons, trace);
        boolean failed = checks.stream().anyMatch(Check::countsAsFailure);
        String status = status(lastEventAt != null, !failed && missing.isEmpty(), drift.isEmpty());
        ObjectNode body = Json.object().put("status", status).put("lastEventAt", Json.time(lastEventAt));
        order.expected().forEach(body.putArray("expectedEvents")::add);
        observed.forEach(body.putArray("observedEvents")::add);
        missing.forEach(body.putArray("missing")::add);
        ArrayNode samples = body.putArray("samples");
        trace.stored().ifPresent(entry -> samples.add(sample(entry, reasons)));
        order.expected().stream().distinct().forEach(name -> newest(project.id(), app, name)
                .ifPresent(entry -> samples.add(sample(entry, reasons))));
        ArrayNode checkArray = body.putArray("checks");
        checks.forEach(check -> checkArray.add(check.json()));
        ArrayNode hops = body.putArray("hops");
        trace.hops().forEach((name, ms) -> hops.addObject().put("name", name).put("ms", ms));
        body.set("schemaDrift", TrackingDrift.json(drift));
        return body;
    }

    /// The first trouble that there is.
    private static String status(boolean isInstalled, boolean isComplete, boolean isInShape) {
        if (!isInstalled) {
            return "no_install";
        }
        if (!isComplete) {
            return "missing_events";
        }
        return isInShape ? "healthy" : "schema_drift";
    }

    private Optional<TimelineEntry> newest(UUID projectId, SdkApp app, String name) {
        Timeline.Filter filter = new Timeline.Filter(Optional.of(app.appId()), Set.of(name), Optional.empty(), false);
        return services
                .readings()
                .timeline()
                .page(new Timeline.Query(projectId, filter, Optional.empty(), Optional.empty()), Optional.empty(), 1)
                .stream()
                .findFirst();
    }

    private static ObjectNode sample(TimelineEntry entry, TrackingReasons reasons) {
        ObjectNode sample = Json.object()
                .put("name", entry.logged().event().name())
                .put("receivedAt", Json.time(entry.logged().receivedAt()))
                .put("synthetic", entry.logged().event().synthetic());
        ArrayNode platforms = sample.putArray("platforms");
        for (Receipt receipt : entry.receipts()) {
            boolean forwarded = receipt.state() == ReceiptState.FORWARDED;
            ObjectNode one = platforms
                    .addObject()
                    .put("platform", receipt.platform().shortName())
                    .put("forwarded", forwarded);
            if (receipt.traceId() != null) {
                one.put(EventJson.traceName(receipt.platform()), receipt.traceId());
            }
            if (!forwarded) {
                one.put("reason", reasons.of(receipt));
            }
        }
        return sample;
    }

    /// `reason` null: passed.
    private record Check(String name, @Nullable String reason, String detail, String fix) {
        static Check passed(String name) {
            return new Check(name, null, "", "");
        }

        boolean countsAsFailure() {
            return reason != null && !reason.equals("disabled");
        }

        ObjectNode json() {
            ObjectNode json = Json.object().put("name", name).put("passed", reason == null);
            if (reason != null) {
                json.put("reason", reason).put("detail", detail).put("fix", fix);
            }
            return json;
        }
    }

    private static List<Check> checks(TrackingReasons reasons, Trace trace) {
        List<Check> checks = new ArrayList<>();
        checks.add(
                trace.sent() == TrackingProbe.Sent.UNREACHABLE
                        ? new Check(
                                "ingest_endpoint_reachable",
                                "unreachable",
                                "the ingest address did not accept the probe",
                                "Check that the ingest address of this installation is reachable from the server itself.")
                        : Check.passed("ingest_endpoint_reachable"));
        checks.add(
                trace.sent() == TrackingProbe.Sent.UNKNOWN_APP
                        ? new Check(
                                "app_id_recognized",
                                "unknown_app",
                                "ingest does not know the app",
                                "Try again in a second; if it stays, compare the app id with the one in the SDK's settings.")
                        : Check.passed("app_id_recognized"));
        for (Platform platform : Platform.values()) {
            checks.add(configured(platform, reasons.trouble(platform)));
        }
        checks.add(roundTrip(reasons, trace));
        return checks;
    }

    private static Check configured(Platform platform, @Nullable Trouble trouble) {
        String name = "capi_" + platform.shortName() + "_configured";
        if (trouble == null) {
            return Check.passed(name);
        }
        return new Check(name, trouble.reason(), trouble.detail(), trouble.fix(platform));
    }

    private static Check roundTrip(TrackingReasons reasons, Trace trace) {
        String name = "test_event_round_trip";
        if (trace.stored().isEmpty()) {
            String reason = trace.sent() == TrackingProbe.Sent.ACCEPTED ? "timeout" : "unreachable";
            return new Check(
                    name, reason, "the test event was not found in the store", "Look at /health of this installation.");
        }
        for (Receipt receipt : trace.stored().get().receipts()) {
            Trouble trouble = reasons.trouble(receipt.platform());
            boolean off = trouble != null && trouble.isOff();
            if (!off && receipt.state() != ReceiptState.FORWARDED) {
                return new Check(
                        name,
                        receipt.isSettled() && trouble == null ? "platform_rejected" : reasons.of(receipt),
                        receipt.platform().shortName() + " did not accept the test event",
                        "See the event's attempts and capi-status of the "
                                + receipt.platform().title() + " layer.");
            }
        }
        return Check.passed(name);
    }
}
