package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.health.DriftFinding;
import dev.varve.health.EventShapes;
import dev.varve.health.PropertyType;
import dev.varve.health.SchemaDrift;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The open drift findings of an app, looked for while the test event travels: name by name, newest first, for a
/// bounded time. Names that are not reached are left out, which is logged. A store that fails or stands still fails
/// the call: nobody can say that an app is healthy without having looked.
final class TrackingDrift {
    static final int MOST_NAMES = 100;
    private static final Duration LOOK = Duration.ofSeconds(12);
    private static final Logger LOG = LoggerFactory.getLogger(TrackingDrift.class);

    private final EventShapes shapes;
    private final InstantSource clock;

    TrackingDrift(EventShapes shapes, InstantSource clock) {
        this.shapes = shapes;
        this.clock = clock;
    }

    /// Begins to look; returns at once.
    static CompletableFuture<List<DriftFinding>> look(ApiServices services, UUID projectId, String appId) {
        ApiServices.Readings readings = services.readings();
        TrackingDrift drift = new TrackingDrift(readings.shapes(), services.clock());
        return CompletableFuture.supplyAsync(
                () -> drift.find(
                        projectId,
                        appId,
                        readings.timeline().observedNames(projectId, appId, SchemaDrift.WINDOW, MOST_NAMES)),
                Thread::startVirtualThread);
    }

    /// Waits no longer than `limit`.
    ///
    /// @throws ApiException 503 when that is over
    static List<DriftFinding> found(CompletableFuture<List<DriftFinding>> look, Duration limit) {
        try {
            return look.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the look for schema drift failed", e);
        } catch (TimeoutException e) {
            throw tooSlow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw tooSlow();
        }
    }

    private static ApiException tooSlow() {
        return new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "the store does not answer; try again")
                .retryAfter(Duration.ofSeconds(2));
    }

    List<DriftFinding> find(UUID projectId, String appId, List<String> names) {
        Instant start = clock.instant();
        List<DriftFinding> findings = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (clock.instant().isAfter(start.plus(LOOK))) {
                LOG.atWarn()
                        .addKeyValue("appId", appId)
                        .addKeyValue("names", names.size())
                        .addKeyValue("looked", i)
                        .log("drift.cut_short");
                break;
            }
            String name = names.get(i);
            shapes.read(projectId, appId, name, start)
                    .forEach((environment, observed) -> findings.addAll(SchemaDrift.open(name, environment, observed)));
        }
        return findings;
    }

    static ArrayNode json(List<DriftFinding> findings) {
        ArrayNode array = Json.array();
        for (DriftFinding finding : findings) {
            ObjectNode one = array.addObject()
                    .put("eventName", finding.subject().eventName())
                    .put("environment", finding.subject().environment().orElse(null))
                    .put("property", finding.subject().property())
                    .put("kind", finding.kind().wireName());
            one.set("baseline", json(finding.baseline()));
            one.set("observed", json(finding.observed()));
            one.put("since", Json.time(finding.since()));
        }
        return array;
    }

    private static ObjectNode json(DriftFinding.Shape shape) {
        return Json.object()
                .put("events", shape.events())
                .put("presence", Math.round(shape.presence() * 10_000) / 10_000.0)
                .put("type", shape.type().map(PropertyType::wireName).orElse(null));
    }
}
