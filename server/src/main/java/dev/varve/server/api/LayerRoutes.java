package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.destination.Answer;
import dev.varve.destination.ProbeResult;
import dev.varve.event.Platform;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers.LayerError;
import dev.varve.tenant.Layers.TokenChange;
import dev.varve.tenant.PrefixedId;
import dev.varve.tenant.Project;
import dev.varve.tenant.Scopes;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `/v1/projects/:projectId/layers/:platform/capi`.
final class LayerRoutes {
    private static final String PATH = "/projects/{projectId}/layers/{platform}/capi";

    private final ApiServices.Catalog catalog;
    private final ProjectAccess access;
    private final LayerChecks checks;
    private final Audit audit;

    LayerRoutes(ApiServices services) {
        this.catalog = services.catalog();
        this.audit = new Audit(catalog.audit());
        this.access = new ProjectAccess(catalog);
        this.checks = new LayerChecks(services.pipeline());
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", PATH, Scopes.ADS_READ, this::get),
                Route.of("PUT", PATH, Scopes.ADS_WRITE_CAPI, this::put));
    }

    static Platform platform(String text) {
        return Platform.parse(text)
                .orElseThrow(() -> ApiException.invalid(
                        "platform", "must be one of meta_ads, tiktok_ads, got " + ApiCall.shown(text)));
    }

    private ApiAnswer get(ApiCall call) {
        UUID projectId = call.projectId();
        Platform platform = platform(call.segment("platform"));
        access.project(call);
        return ApiAnswer.ok(json(projectId, platform, catalog.layers().find(projectId, platform), call.now()));
    }

    private ApiAnswer put(ApiCall call) {
        UUID projectId = call.projectId();
        Platform platform = platform(call.segment("platform"));
        Project project = access.project(call);
        LayerFields fields = LayerFields.read(call.body(), platform);
        return LayerChecks.untilUnchanged(() -> put(call, project, platform, fields));
    }

    /// Empty when the layer changed while the platform was asked: what it said may not hold for what is stored now.
    private Optional<ApiAnswer> put(ApiCall call, Project project, Platform platform, LayerFields fields) {
        UUID projectId = project.id();
        Optional<Layer> found = catalog.layers().find(projectId, platform);
        Layer before = found.orElseGet(() -> Layer.blank(UUID.randomUUID(), projectId, platform, call.now()));
        Optional<String> token = token(before, fields.token());
        Layer wanted = new Layer(
                before.id(),
                projectId,
                platform,
                fields.enabled(),
                fields.pixelId(),
                before.token(),
                fields.settings(),
                call.now());
        Optional<ProbeResult> probe =
                needsProbe(before, wanted, fields.token()) ? checks.probe(project, wanted, token) : Optional.empty();
        if (fields.enabled()) {
            requireReady(wanted, token.isPresent(), probe);
        }
        Optional<Layer> replaced = catalog.layers()
                .replace(
                        found,
                        withToken(wanted, before, token.isPresent(), probe, call.now()),
                        fields.token(),
                        LayerChecks.verdict(probe, call.now()));
        return replaced.map(stored -> {
            catalog.changes().changed(projectId);
            LayerChange.between(before, stored, fields.token()).ifPresent(deed -> audit.record(call, deed));
            probe.flatMap(result -> LayerChange.validated(stored, result)).ifPresent(deed -> audit.record(call, deed));
            return ApiAnswer.ok(json(projectId, platform, Optional.of(stored), call.now()));
        });
    }

    private Optional<String> token(Layer before, TokenChange change) {
        return switch (change) {
            case TokenChange.Kept _ -> catalog.layers().revealToken(before);
            case TokenChange.Deleted _ -> Optional.empty();
            case TokenChange.Replaced replaced -> Optional.of(replaced.token());
        };
    }

    /// A token and pixel that the platform accepted together are not asked about again.
    private static boolean needsProbe(Layer before, Layer wanted, TokenChange change) {
        boolean samePixel = wanted.pixelId() != null && wanted.pixelId().equals(before.pixelId());
        return change instanceof TokenChange.Replaced
                || !samePixel
                || !before.token().valid();
    }

    private static void requireReady(Layer wanted, boolean hasToken, Optional<ProbeResult> probe) {
        List<String> missing = LayerChecks.missing(wanted, hasToken, probe);
        if (!missing.isEmpty()) {
            throw LayerChecks.notReady(List.of(LayerChecks.Missing.ofLayer(wanted.platform(), missing)));
        }
        if (probe.orElse(null) instanceof ProbeResult.Unknown(Answer answer)) {
            Map<String, Object> details = new HashMap<>();
            details.put("platform", wanted.platform().layerName());
            details.put("platformCode", answer.platformCode());
            throw new ApiException(
                    ErrorCode.PLATFORM_ERROR,
                    wanted.platform().title() + " gave no verdict on the token; try again",
                    details);
        }
    }

    private static Layer withToken(
            Layer wanted, Layer before, boolean hasToken, Optional<ProbeResult> probe, Instant now) {
        Layer.Token token = new Layer.Token(before.token().vaultId(), false, null);
        if (hasToken) {
            token = probe.map(result -> LayerChecks.judged(token(before), result, now))
                    .orElse(before.token());
        }
        return new Layer(
                wanted.id(),
                wanted.projectId(),
                wanted.platform(),
                wanted.enabled(),
                wanted.pixelId(),
                token,
                wanted.settings(),
                wanted.updatedAt());
    }

    private static @Nullable UUID token(Layer before) {
        return before.token().vaultId();
    }

    private ObjectNode json(UUID projectId, Platform platform, Optional<Layer> layer, Instant now) {
        ObjectNode body = Json.object()
                .put("projectId", PrefixedId.PROJECT.format(projectId))
                .put(
                        "layerId",
                        layer.map(known -> PrefixedId.LAYER.format(known.id())).orElse(null))
                .put("platform", platform.layerName())
                .put("enabled", layer.filter(Layer::enabled).isPresent())
                .put("pixelId", layer.map(Layer::pixelId).orElse(null))
                .put(
                        "accessTokenVaultId",
                        layer.map(known -> known.token().vaultId())
                                .map(UUID::toString)
                                .orElse(null))
                .put(
                        "accessTokenValid",
                        layer.filter(known -> known.token().valid()).isPresent())
                .put(
                        "accessTokenLastValidatedAt",
                        Json.time(
                                layer.map(known -> known.token().validatedAt()).orElse(null)));
        Layer.Settings settings = layer.map(Layer::settings).orElse(Layer.Settings.DEFAULT);
        body.put("testEventCode", settings.testEventCode());
        body.set("eventMap", settings.eventMap());
        body.put("actionSource", settings.actionSource());
        body.set("dataProcessingOptions", settings.dataProcessingOptions());
        body.put("defaultCountry", settings.defaultCountry());
        body.set(
                "lastError",
                layer.flatMap(known -> catalog.layers().lastError(known, now))
                        .map(LayerRoutes::json)
                        .orElse(null));
        return body.put("updatedAt", Json.time(layer.map(Layer::updatedAt).orElse(null)));
    }

    static ObjectNode json(LayerError error) {
        return Json.object()
                .put("at", Json.time(error.at()))
                .put("code", error.code())
                .put("message", error.message())
                .put("platformCode", error.platformCode());
    }
}
