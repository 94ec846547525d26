package dev.varve.server.config;

import java.util.List;
import java.util.Optional;

/// Every setting there is. To add one: a line here, a component in the record of its concern, a line in
/// `Settings.from`.
public final class SettingsCatalog {
    private static final List<Setting> ALL = List.of(
            Setting.of("data", "directory", "./varve-data", "Where everything is kept. One process at a time uses it."),
            Setting.of(
                    "vault-key-file",
                    "file",
                    "DIR/vault-key.json",
                    "Key that encrypts the platform tokens. Made on first start; keep a copy of it elsewhere."),
            Setting.of("bind", "address", "0.0.0.0", "Address the server listens on."),
            Setting.of("port", "port", "8080", "Partner API, dashboard and ingest."),
            Setting.of("ingest-port", "port", "", "A second port that serves ingest alone; empty: none."),
            Setting.of("public-url", "URL", "http://localhost:PORT", "How customers reach the Partner API."),
            Setting.of(
                    "ingest-url",
                    "URL",
                    "public-url or the ingest port",
                    "How apps reach ingest; shown in SDK apps as their ingest endpoint."),
            Setting.of(
                    "trusted-proxies",
                    "networks",
                    "",
                    "Proxies whose X-Forwarded-For and Forwarded headers name the client, comma-separated."),
            Setting.of(
                    "database-url",
                    "JDBC URL",
                    "",
                    "An external PostgreSQL, such as jdbc:postgresql://db:5432/varve; empty: the embedded one."),
            Setting.of("database-user", "text", "", "User of the external PostgreSQL."),
            new Setting("database-password", "text", "", true, "Password of the external PostgreSQL."),
            Setting.of(
                    "pool-size",
                    "count",
                    "10",
                    "Connections to PostgreSQL besides the event log's own: three of five for calls, the rest for the relay."),
            Setting.of(
                    "meta-base-url",
                    "URL",
                    "https://graph.facebook.com",
                    "Scheme, host and port of Meta; plain http for loopback only."),
            Setting.of(
                    "tiktok-base-url",
                    "URL",
                    "https://business-api.tiktok.com",
                    "Scheme, host and port of TikTok; plain http for loopback only."),
            Setting.of(
                    "meta-app-id", "text", "", "The operator's own app on Meta, for looking into tokens; empty: none."),
            new Setting("meta-app-secret", "text", "", true, "Secret of that app."),
            Setting.of("meta-capi-version", "text", "v26.0", "Version of Meta's Graph API for sending events."),
            Setting.of("meta-insights-version", "text", "v26.0", "Version of Meta's Graph API for reading statistics."),
            Setting.of(
                    "tiktok-max-event-age",
                    "duration",
                    "672h",
                    "Older events are not sent to TikTok; 672h are 28 days, its longest click window."),
            Setting.of(
                    "tiktok-app-id",
                    "text",
                    "",
                    "The operator's own app on TikTok, for reading event statistics; empty: none."),
            new Setting("tiktok-app-secret", "text", "", true, "Secret of that app."),
            Setting.of(
                    "token-check-interval",
                    "duration",
                    "6h",
                    "How often a token that works is validated again; others are asked about sooner."),
            Setting.of(
                    "counts-poll-interval",
                    "duration",
                    "10m",
                    "How often a platform is asked how many events of a destination it counted."),
            Setting.of(
                    "sandbox-port",
                    "port",
                    "0",
                    "Loopback port of the platform sandbox inside the server; 0: any free one."),
            Setting.of(
                    "ingest-events-per-minute-per-app",
                    "count",
                    "60000",
                    "Events an app may send per minute; 0: no limit."),
            Setting.of(
                    "delivery-linger",
                    "duration",
                    "200ms",
                    "How long a lane waits for more events before it sends; at most 1s."),
            Setting.of(
                    "delivery-batch-size",
                    "count",
                    "200",
                    "Most events in one request to a platform, 1 to 1000; the platform's own limit holds besides."),
            Setting.of(
                    "delivery-retry-base", "duration", "2s", "First wait after a platform failure; doubles with each."),
            Setting.of("delivery-retry-cap", "duration", "15m", "Longest wait between two attempts."),
            Setting.of(
                    "delivery-probe-delays",
                    "durations",
                    "30s,2m,5m",
                    "When a refused token is asked about again before the destination counts as broken."),
            Setting.of(
                    "delivery-stopped-probe-interval",
                    "duration",
                    "15m",
                    "How often a broken destination is asked again."),
            Setting.of(
                    "delivery-backlog-order",
                    "oldest or newest",
                    "oldest",
                    "Which waiting events are sent first; those that would be too old within 12 hours always are."),
            Setting.of(
                    "retention-matching-days", "days", "7", "How long client address and user agent are kept, 1 to 7."),
            Setting.of(
                    "webhook-allowed-cidrs",
                    "networks",
                    "",
                    "Private networks webhooks may go to, plain http included, comma-separated."),
            Setting.of(
                    "internal-tier-read-light",
                    "count",
                    "0",
                    "Reads per minute of an API key of the tier internal, per process; 0: no limit."),
            Setting.of("internal-tier-write-light", "count", "0", "Writes per minute of such a key; 0: no limit."),
            Setting.of(
                    "internal-tier-long-running",
                    "count",
                    "0",
                    "Long-running calls per minute of such a key; 0: no limit."),
            Setting.of(
                    "internal-tier-write-light-daily",
                    "count",
                    "0",
                    "Writes per day, from 00:00 UTC, of such a key; 0: no limit."),
            Setting.of(
                    "event-streams",
                    "count",
                    "500",
                    "Event streams open at once in this process, of all keys; a further one gets 503."),
            Setting.of(
                    "sdk-ios",
                    "URL@version",
                    "https://github.com/layers/layers-sdk-ios.git@2.2.0",
                    "Git repository of the iOS SDK, as install specifications name it."),
            Setting.of(
                    "sdk-android",
                    "group:name@version",
                    "com.layers.sdk:layers-android@2.2.0",
                    "Gradle coordinates of the Android SDK."),
            Setting.of("sdk-web", "name@version", "@layers/client@2.2.0", "npm package of the web SDK."),
            Setting.of(
                    "sdk-react-native",
                    "name@version",
                    "@layers/react-native@2.2.0",
                    "npm package of the React Native SDK."),
            Setting.of("sdk-flutter", "name@version", "layers_flutter@2.2.0", "pub package of the Flutter SDK."),
            Setting.of("sdk-expo", "name@version", "@layers/expo@2.2.0", "npm package of the Expo SDK."),
            Setting.of("log-level", "level", "INFO", "DEBUG, INFO, WARN or ERROR."));

    private SettingsCatalog() {}

    public static List<Setting> all() {
        return ALL;
    }

    static Optional<Setting> find(String name) {
        return ALL.stream().filter(setting -> setting.name().equals(name)).findFirst();
    }

    /// The known name that looks most like `name`, for error sentences.
    public static String nearest(String name) {
        return ALL.stream()
                .map(Setting::name)
                .min(java.util.Comparator.comparingInt(known -> distance(name, known)))
                .orElseThrow();
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
