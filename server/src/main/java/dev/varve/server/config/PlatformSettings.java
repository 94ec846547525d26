package dev.varve.server.config;

import java.net.URI;

/// Where the ad platforms are: scheme, host and port, without a path.
public record PlatformSettings(URI metaBaseUrl, URI tiktokBaseUrl, int sandboxPort) {
    public PlatformSettings {
        requireSafe("meta-base-url", metaBaseUrl);
        requireSafe("tiktok-base-url", tiktokBaseUrl);
        HttpSettings.requirePort("sandbox-port", sandboxPort);
    }

    static PlatformSettings from(SettingValues values) {
        return new PlatformSettings(
                values.requiredUrl("meta-base-url"),
                values.requiredUrl("tiktok-base-url"),
                values.integer("sandbox-port"));
    }

    /// Both platforms at one place, as in the demo.
    public PlatformSettings allAt(URI url) {
        return new PlatformSettings(url, url, sandboxPort);
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
