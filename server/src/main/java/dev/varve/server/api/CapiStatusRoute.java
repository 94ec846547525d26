package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Platform;
import dev.varve.health.CapiFacts;
import dev.varve.health.CapiReading;
import dev.varve.health.CapiStatus;
import dev.varve.health.CapiWarning;
import dev.varve.server.http.ApiException;
import dev.varve.tenant.Layer;
import dev.varve.tenant.PrefixedId;
import dev.varve.tenant.Scopes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// `GET /v1/projects/:projectId/ads/capi-status`.
final class CapiStatusRoute {
    private static final List<String> SKIP_REASONS =
            List.of("unmapped", "consent", "too_old", "no_identifiers", "duplicate");

    private final ApiServices services;

    CapiStatusRoute(ApiServices services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(Route.of("GET", "/projects/{projectId}/ads/capi-status", Scopes.ADS_READ, this::status));
    }

    private ApiAnswer status(ApiCall call) {
        UUID projectId = call.projectId();
        Set<Platform> wanted = call.platforms("platforms");
        Map<Platform, CapiReading> readings = services.readings()
                .capi()
                .find(call.caller().owner(), projectId, wanted, call.now())
                .orElseThrow(() -> ApiException.notFound("project"));
        ObjectNode body = Json.object().put("projectId", PrefixedId.PROJECT.format(projectId));
        body.putArray("platforms");
        readings.forEach((platform, reading) -> {
            CapiStatus status = CapiStatus.of(reading.facts(), call.now());
            body.withArray("platforms").add(row(platform, reading, status));
            body.set(platform.shortName(), brief(reading.layer(), reading.facts(), status));
        });
        return ApiAnswer.ok(body);
    }

    private static ObjectNode row(Platform platform, CapiReading reading, CapiStatus status) {
        Optional<Layer> layer = reading.layer();
        CapiFacts facts = reading.facts();
        ObjectNode row = Json.object()
                .put("platform", platform.layerName())
                .put("enabled", facts.configuration().enabled())
                .put("status", status.wireName())
                .put("pixelId", layer.map(Layer::pixelId).orElse(null))
                .put(
                        "accessTokenValid",
                        layer.filter(known -> known.token().valid()).isPresent())
                .put(
                        "accessTokenLastValidatedAt",
                        Json.time(
                                layer.map(known -> known.token().validatedAt()).orElse(null)))
                .put("eventsLast1h", facts.counts().eligible1h())
                .put("eventsLast24h", facts.counts().eligible24h())
                .put("lastEventAt", Json.time(facts.lane().lastEligibleAt()));
        row.set("lastError", reading.lastError().map(LayerRoutes::json).orElse(null));
        row.putObject("drift")
                .put("sent", facts.drift().sent())
                .put("received", facts.drift().received())
                .put("ratio", facts.drift().ratio().orElse(null))
                .put("asOf", Json.time(facts.drift().asOf()));
        ObjectNode skipped = row.putObject("skipped24h");
        SKIP_REASONS.forEach(reason -> skipped.put(reason, facts.counts().skipped24h(reason)));
        row.put("deadLetters", facts.deadLetters());
        row.putObject("backlog")
                .put("events", facts.backlog().events())
                .put("oldestAt", Json.time(facts.backlog().oldestAt()));
        ArrayNode warnings = row.putArray("warnings");
        reading.warnings().forEach(warning -> warnings.add(json(warning)));
        return row;
    }

    private static ObjectNode json(CapiWarning warning) {
        return Json.object()
                .put("code", warning.code())
                .put("message", warning.message())
                .put("since", Json.time(warning.since()));
    }

    private static ObjectNode brief(Optional<Layer> layer, CapiFacts facts, CapiStatus status) {
        return Json.object()
                .put("enabled", facts.configuration().enabled())
                .put("status", status.wireName())
                .put("pixel_id", layer.map(Layer::pixelId).orElse(null))
                .put(
                        "access_token_vault_id",
                        layer.map(known -> known.token().vaultId())
                                .map(UUID::toString)
                                .orElse(null))
                .put("events_received_1h", facts.counts().received1h())
                .put("events_received_24h", facts.counts().received24h())
                .put("events_sent_1h", facts.counts().sent1h())
                .put("events_sent_24h", facts.counts().sent24h())
                .put("last_event_at", Json.time(facts.lane().lastEligibleAt()));
    }
}
