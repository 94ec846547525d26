package dev.varve.server.api;

import dev.varve.destination.Answer;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.LayerDestination;
import dev.varve.destination.ProbeResult;
import dev.varve.event.Platform;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers.LayerError;
import dev.varve.tenant.Layers.Verdict;
import dev.varve.tenant.Project;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Asks a platform whether a layer would work, and says what it lacks.
record LayerChecks(ApiServices.Pipeline pipeline) {
    private static final int MOST_ATTEMPTS = 5;

    /// `attempt` checks and saves; empty: what it checked had changed when it was to be saved.
    static ApiAnswer untilUnchanged(Supplier<Optional<ApiAnswer>> attempt) {
        for (int i = 0; i < MOST_ATTEMPTS; i++) {
            Optional<ApiAnswer> answer = attempt.get();
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        throw new ApiException(
                ErrorCode.CONFLICT, "the layer is being changed by others; try again", Map.of("reason", "busy"));
    }

    /// Empty when there is nothing to ask with: no pixel, no token, or no connector.
    Optional<ProbeResult> probe(Project project, Layer layer, Optional<String> token) {
        Connector connector = pipeline.connectors().get(layer.platform());
        if (connector == null || layer.pixelId() == null || token.isEmpty()) {
            return Optional.empty();
        }
        Destination destination = LayerDestination.of(layer, project.mode(), pipeline.endpoints(), token);
        return Optional.of(connector.probe(destination));
    }

    /// A probe that cannot tell leaves the token without verdict: it turns valid with the first accepted event.
    static Layer.Token judged(@Nullable UUID vaultId, ProbeResult result, Instant now) {
        return switch (result) {
            case ProbeResult.Accepted accepted ->
                new Layer.Token(vaultId, accepted.conclusive(), accepted.conclusive() ? now : null);
            case ProbeResult.TokenRefused _ -> new Layer.Token(vaultId, false, now);
            case ProbeResult.PixelRefused _ -> new Layer.Token(vaultId, false, now);
            case ProbeResult.Unknown _ -> new Layer.Token(vaultId, false, null);
        };
    }

    /// What is kept of a probe besides the token's standing.
    static Verdict verdict(Optional<ProbeResult> probe, Instant now) {
        return probe.<Verdict>map(result -> switch (result) {
                    case ProbeResult.Accepted _ -> new Verdict.Accepted();
                    case ProbeResult.TokenRefused refused -> refused(refused.answer(), "TOKEN_INVALID", now);
                    case ProbeResult.PixelRefused refused -> refused(refused.answer(), "PIXEL_INVALID", now);
                    case ProbeResult.Unknown _ -> new Verdict.None();
                })
                .orElseGet(Verdict.None::new);
    }

    private static Verdict refused(Answer answer, String code, Instant now) {
        return new Verdict.Refused(new LayerError(now, code, answer.message(), answer.platformCode()));
    }

    /// What keeps the layer from being switched on, as the API names it: `pixelId`, `accessToken`.
    static List<String> missing(Layer layer, boolean hasToken, Optional<ProbeResult> probe) {
        List<String> missing = new ArrayList<>();
        if (layer.pixelId() == null
                || probe.filter(ProbeResult.PixelRefused.class::isInstance).isPresent()) {
            missing.add("pixelId");
        }
        if (!hasToken
                || probe.filter(ProbeResult.TokenRefused.class::isInstance).isPresent()) {
            missing.add("accessToken");
        }
        return missing;
    }

    /// `spelling`: as the data of the route names the platform, `meta` for events and apps, `meta_ads` for layers.
    record Missing(Platform platform, String spelling, List<String> fields) {
        static Missing ofApp(Platform platform, List<String> fields) {
            return new Missing(platform, platform.shortName(), fields);
        }

        static Missing ofLayer(Platform platform, List<String> fields) {
            return new Missing(platform, platform.layerName(), fields);
        }
    }

    static ApiException notReady(List<Missing> missing) {
        Missing first = missing.getFirst();
        String lacks = String.join(
                " and ", first.fields().stream().map(LayerChecks::title).toList());
        return notReady("CAPI cannot be enabled: the " + first.platform().title() + " layer has " + lacks, missing);
    }

    static ApiException notReady(String message, List<Missing> missing) {
        return new ApiException(
                ErrorCode.CONFLICT,
                message,
                Map.of(
                        "reason",
                        "capi_not_ready",
                        "missing",
                        missing.stream().map(LayerChecks::member).toList()));
    }

    /// In the same order at every start.
    private static Map<String, Object> member(Missing missing) {
        Map<String, Object> member = new LinkedHashMap<>();
        member.put("platform", missing.spelling());
        member.put("fields", missing.fields());
        return member;
    }

    private static String title(String field) {
        return field.equals("pixelId") ? "no pixel the platform knows" : "no valid access token";
    }
}
