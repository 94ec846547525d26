package dev.varve.server.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// Where the ad platforms are: scheme, host and port, without a path; as whom they are asked, and how often.
public record PlatformSettings(
        URI metaBaseUrl, URI tiktokBaseUrl, int sandboxPort, Apps apps, Dialects dialects, Pace pace) {
    /// The operator's apps.
    public record Apps(Optional<App> meta, Optional<App> tiktok) {
        public static final Apps NONE = new Apps(Optional.empty(), Optional.empty());
    }

    public record App(String id, Secret secret) {}

    /// Which of a platform's ways are used. `metaCapi`, `metaInsights`: Graph API versions for sending and for reading
    /// statistics. `tiktokMaxEventAge`: older events are not sent.
    public record Dialects(String metaCapi, String metaInsights, Duration tiktokMaxEventAge) {
        public static final Dialects DEFAULT = new Dialects("v26.0", "v26.0", Duration.ofDays(28));

        public Dialects {
            requireVersion("meta-capi-version", metaCapi);
            requireVersion("meta-insights-version", metaInsights);
            requirePositive("tiktok-max-event-age", tiktokMaxEventAge);
        }

        private static void requireVersion(String name, String version) {
            if (!version.matches("v\\d{1,3}\\.\\d{1,2}")) {
                throw new SettingsException(name + ": must look like v26.0, not " + version);
            }
        }
    }

    /// `tokenCheck`: while all is well. `countsPoll`: for each destination.
    public record Pace(Duration tokenCheck, Duration countsPoll) {
        public static final Pace DEFAULT = new Pace(Duration.ofHours(6), Duration.ofMinutes(10));

        public Pace {
            requirePositive("token-check-interval", tokenCheck);
            requirePositive("counts-poll-interval", countsPoll);
        }
    }

    public PlatformSettings {
        requireSafe("meta-base-url", metaBaseUrl);
        requireSafe("tiktok-base-url", tiktokBaseUrl);
        HttpSettings.requirePort("sandbox-port", sandboxPort);
    }

    static PlatformSettings from(SettingValues values) {
        return new PlatformSettings(
                values.requiredUrl("meta-base-url"),
                values.requiredUrl("tiktok-base-url"),
                values.integer("sandbox-port"),
                new Apps(app(values, "meta"), app(values, "tiktok")),
                new Dialects(
                        values.required("meta-capi-version"),
                        values.required("meta-insights-version"),
                        values.duration("tiktok-max-event-age")),
                new Pace(values.duration("token-check-interval"), values.duration("counts-poll-interval")));
    }

    private static Optional<App> app(SettingValues values, String platform) {
        Optional<String> id = values.text(platform + "-app-id");
        Optional<String> secret = values.text(platform + "-app-secret");
        if (id.isPresent() != secret.isPresent()) {
            throw new SettingsException(platform + "-app-id: goes together with " + platform + "-app-secret");
        }
        if (id.isPresent() && !id.get().matches("[0-9]{1,32}")) {
            throw new SettingsException(platform + "-app-id: only digits");
        }
        return id.map(known -> new App(known, new Secret(secret.orElseThrow())));
    }

    private static void requirePositive(String name, Duration pause) {
        if (pause.isZero()) {
            throw new SettingsException(name + ": must be above 0");
        }
    }

    /// Both platforms at one place, as in the demo.
    public PlatformSettings allAt(URI url) {
        return new PlatformSettings(url, url, sandboxPort, apps, dialects, pace);
    }

    private static void requireSafe(String name, URI url) {
        if (!url.getRawPath().isEmpty() || url.getRawQuery() != null || url.getRawUserInfo() != null) {
            throw new SettingsException(name + ": only scheme, host and port, such as https://graph.facebook.com");
        }
        if (!"https".equals(url.getScheme()) && !isLoopback(url.getHost())) {
            throw new SettingsException(name + ": plain http is accepted for loopback only, use https");
        }
    }

    private static boolean isLoopback(String host) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return "localhost".equals(bare)
                || "::1".equals(bare)
                || Cidr.address(bare).map(Cidr.parse("127.0.0.0/8")::contains).orElse(false);
    }
}
