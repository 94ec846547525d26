package dev.varve.server.api;

import dev.varve.destination.Answer;
import dev.varve.destination.ProbeResult;
import dev.varve.event.Platform;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Project;
import dev.varve.tenant.SdkApp;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Why a platform cannot get an app's events. Both platforms are asked at once, while the test event travels; one that
/// gives no verdict counts with what it said last.
final class TrackingTroubles {
    private final Map<Platform, CompletableFuture<Optional<Trouble>>> looks;

    private TrackingTroubles(Map<Platform, CompletableFuture<Optional<Trouble>>> looks) {
        this.looks = looks;
    }

    /// `reason` as a check names it.
    record Trouble(String reason, String detail) {
        private static Trouble of(Platform platform, String reason, String what) {
            return new Trouble(reason, platform.title() + what);
        }

        boolean isOff() {
            return reason.equals("disabled");
        }

        String fix(Platform platform) {
            String layer = " the " + platform.title() + " layer";
            return switch (reason) {
                case "disabled" ->
                    "Switch" + layer + " and the app's toggle on if the events are to be forwarded there.";
                case "pixel_missing" -> "Set a pixel id on" + layer + ".";
                case "pixel_invalid" -> "Set a pixel id that the access token may send to on" + layer + ".";
                case "token_missing" -> "Set an access token on" + layer + ".";
                default -> "Make a new access token on the platform and set it on" + layer + ".";
            };
        }
    }

    /// Begins to look; returns at once.
    static TrackingTroubles look(ApiServices services, Project project, SdkApp app) {
        Map<Platform, CompletableFuture<Optional<Trouble>>> looks = new EnumMap<>(Platform.class);
        for (Platform platform : Platform.values()) {
            looks.put(
                    platform,
                    CompletableFuture.supplyAsync(
                            () -> trouble(services, project, app, platform), Thread::startVirtualThread));
        }
        return new TrackingTroubles(looks);
    }

    /// Those known by now; platforms that are well are left out.
    Map<Platform, Trouble> found() {
        Map<Platform, Trouble> found = new EnumMap<>(Platform.class);
        looks.forEach(
                (platform, look) -> look.getNow(Optional.empty()).ifPresent(trouble -> found.put(platform, trouble)));
        return found;
    }

    private static Optional<Trouble> trouble(ApiServices services, Project project, SdkApp app, Platform platform) {
        Optional<Layer> layer = services.catalog().layers().find(project.id(), platform);
        boolean toggled = app.settings().capi().getOrDefault(platform.shortName(), true);
        if (!toggled || layer.filter(Layer::enabled).isEmpty()) {
            return Optional.of(Trouble.of(platform, "disabled", " is switched off"));
        }
        if (layer.get().pixelId() == null) {
            return Optional.of(Trouble.of(platform, "pixel_missing", " has no pixel id"));
        }
        if (!layer.get().token().isPresent()) {
            return Optional.of(Trouble.of(platform, "token_missing", " has no access token"));
        }
        return judged(services, project, layer.get());
    }

    private static Optional<Trouble> judged(ApiServices services, Project project, Layer layer) {
        Optional<String> token = services.catalog().layers().revealToken(layer);
        return new LayerChecks(services.pipeline()).probe(project, layer, token).flatMap(result -> switch (result) {
            case ProbeResult.Accepted _ -> Optional.empty();
            case ProbeResult.TokenRefused(var answer) ->
                Optional.of(refused(layer.platform(), "token_invalid", answer));
            case ProbeResult.PixelRefused(var answer) ->
                Optional.of(refused(layer.platform(), "pixel_invalid", answer));
            case ProbeResult.Unknown _ ->
                layer.token().isRefused()
                        ? Optional.of(Trouble.of(layer.platform(), "token_invalid", " refused the access token before"))
                        : Optional.empty();
        });
    }

    private static Trouble refused(Platform platform, String reason, Answer answer) {
        String said = answer.platformCode() == null ? "status " + answer.httpStatus() : "code " + answer.platformCode();
        return Trouble.of(platform, reason, " answered " + said + " to a validation call");
    }
}
