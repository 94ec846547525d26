package dev.varve.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.SdkPlatform;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The project around a case: the app its event belongs to, and a layer as somebody who sends such events has it.
final class CaseSetting {
    private static final UUID PROJECT = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final String PIXEL_CODE = "CCONFORMANCE";
    private static final String APP_ID = "7000000000000000001";
    private static final String BUNDLE = "com.example.shop";

    private CaseSetting() {}

    /// Has a package name of its own only where the event does not bring one.
    static IngestApp app(Case one) {
        String stated =
                one.event().path("context").path("app").path("namespace").asText();
        String bundle = stated.isEmpty() ? BUNDLE : stated;
        return new IngestApp(
                "app_conformance",
                PROJECT,
                platform(one),
                new IngestApp.AppKeyPolicy(new byte[0], false),
                new IngestApp.AppStoreIdentity("Conformance", bundle, bundle, "shop.example.com", null),
                Map.of(),
                Map.of());
    }

    /// On TikTok an app's events go to a TikTok App ID, all others to a Pixel Code.
    static Destination destination(Case one, IngestApp app, Map<String, Optional<String>> eventMap) {
        boolean isTikTokApp = one.platform() == Platform.TIKTOK && isApp(one);
        Destination.Mapping base = Destination.Mapping.DEFAULT;
        return new Destination(
                new Destination.Key(app.projectId(), one.platform()),
                true,
                false,
                isTikTokApp ? APP_ID : PIXEL_CODE,
                Optional.of(new Destination.AccessToken("none")),
                "http://127.0.0.1",
                new Destination.Mapping(eventMap, base.actionSource(), base.dataProcessing()));
    }

    private static SdkPlatform platform(Case one) {
        String os = one.event().path("context").path("os").path("name").asText().toLowerCase(Locale.ROOT);
        return switch (os) {
            case "ios", "ipados" -> SdkPlatform.IOS;
            case "android" -> SdkPlatform.ANDROID;
            default -> isApp(one) ? SdkPlatform.IOS : SdkPlatform.WEB;
        };
    }

    private static boolean isApp(Case one) {
        JsonNode event = one.event();
        return event.path("eventSource").asText().equals("app")
                || event.path("actionSource").asText().equals("app");
    }
}
