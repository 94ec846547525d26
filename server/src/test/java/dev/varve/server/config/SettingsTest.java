package dev.varve.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.delivery.BacklogOrder;
import dev.varve.delivery.DeliverySettings;
import dev.varve.server.config.SdkPackages.Coordinate;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

class SettingsTest {
    private static final SdkPackages DEFAULT_SDKS = new SdkPackages(
            new Coordinate("https://github.com/layers/layers-sdk-ios.git", "2.2.0"),
            new Coordinate("com.layers.sdk:layers-android", "2.2.0"),
            new Coordinate("@layers/client", "2.2.0"),
            new Coordinate("@layers/react-native", "2.2.0"),
            new Coordinate("layers_flutter", "2.2.0"),
            new Coordinate("@layers/expo", "2.2.0"));
    private static final SdkPackages OTHER_SDKS = new SdkPackages(
            new Coordinate("https://git.example/ios.git", "3.0.0"),
            new Coordinate("a.b:c", "3.0.1"),
            new Coordinate("web", "3.0.2"),
            new Coordinate("@x/rn", "3.0.3-beta.1"),
            new Coordinate("dart_sdk", "3.0.4+1"),
            new Coordinate("@x/expo", "3.0.5"));

    @TempDir
    Path directory;

    @Test
    void defaultsAreTheDocumentedOnes() {
        Settings settings = Settings.from(Map.of());
        Path data = Path.of("varve-data").toAbsolutePath();
        assertThat(settings)
                .isEqualTo(new Settings(
                        new InstallationSettings(data, data.resolve("vault-key.json"), Level.INFO, DEFAULT_SDKS),
                        new HttpSettings(
                                "0.0.0.0", 8080, OptionalInt.empty(), Optional.empty(), Optional.empty(), List.of()),
                        new DatabaseSettings(Optional.empty(), Optional.empty(), Optional.empty(), 10),
                        new PlatformSettings(
                                URI.create("https://graph.facebook.com"),
                                URI.create("https://business-api.tiktok.com"),
                                0,
                                PlatformSettings.Apps.NONE,
                                PlatformSettings.Dialects.DEFAULT,
                                PlatformSettings.Pace.DEFAULT),
                        new PipelineSettings(60_000, DeliverySettings.DEFAULT, 7),
                        new PartnerSettings(List.of(), Allowance.UNLIMITED, 500)));
    }

    @Test
    void everySettingReachesItsRecord() {
        Map<String, String> all = everySettingChanged();
        assertThat(all.keySet()).isEqualTo(names());
        Settings settings = Settings.from(all);
        assertThat(settings)
                .isEqualTo(new Settings(
                        new InstallationSettings(Path.of("/d"), Path.of("/k.json"), Level.DEBUG, OTHER_SDKS),
                        new HttpSettings(
                                "127.0.0.1",
                                81,
                                OptionalInt.of(82),
                                Optional.of(URI.create("https://api.example")),
                                Optional.of(URI.create("https://in.example")),
                                List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("::1"))),
                        new DatabaseSettings(
                                Optional.of("jdbc:postgresql://db/varve"),
                                Optional.of("u"),
                                Optional.of(new Secret("p")),
                                4),
                        new PlatformSettings(
                                URI.create("http://127.0.0.1:1"),
                                URI.create("http://localhost:2"),
                                83,
                                new PlatformSettings.Apps(
                                        Optional.of(new PlatformSettings.App("71", new Secret("m"))),
                                        Optional.of(new PlatformSettings.App("72", new Secret("t")))),
                                new PlatformSettings.Dialects("v25.0", "v24.0", Duration.ofDays(14)),
                                new PlatformSettings.Pace(Duration.ofHours(2), Duration.ofMinutes(3))),
                        new PipelineSettings(
                                0,
                                new DeliverySettings(
                                        7,
                                        Duration.ofMillis(5),
                                        new DeliverySettings.Backoff(Duration.ofSeconds(1), Duration.ofHours(1)),
                                        new DeliverySettings.Probing(
                                                List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)),
                                                Duration.ofMinutes(1)),
                                        BacklogOrder.NEWEST),
                                3),
                        new PartnerSettings(List.of(Cidr.parse("127.0.0.0/8")), new Allowance(5, 6, 7, 8), 9)));
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws Exception {
        Path file = Files.writeString(directory.resolve("s.yaml"), "port: 1\npool-size: 5\nbind: 127.0.0.2\n");
        Settings settings = SettingsSources.load(
                Map.of("port", "3"),
                Map.of("VARVE_PORT", "2", "VARVE_POOL_SIZE", "6", "PATH", "/x"),
                Optional.of(file));
        assertThat(settings.http().port()).isEqualTo(3);
        assertThat(settings.database().poolSize()).isEqualTo(6);
        assertThat(settings.http().bind()).isEqualTo("127.0.0.2");
    }

    @Test
    void theFileInTheDataDirectoryIsReadWithoutBeingNamed() throws Exception {
        Files.writeString(directory.resolve("varve.yaml"), "trusted-proxies: [10.0.0.0/8, '::1']\n");
        Settings settings = SettingsSources.load(Map.of("data", directory.toString()), Map.of(), Optional.empty());
        assertThat(settings.http().trustedProxies()).hasSize(2);
    }

    @Test
    void unknownKeysAreRefusedFromEverySourceNamingTheNearestKnownOne() throws Exception {
        Path file = Files.writeString(directory.resolve("s.yaml"), "pool_size: 5\n");
        assertThatThrownBy(() -> SettingsSources.load(Map.of(), Map.of(), Optional.of(file)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("pool_size")
                .hasMessageContaining("did you mean pool-size?");
        assertThatThrownBy(() -> SettingsSources.load(Map.of(), Map.of("VARVE_INGEST_PROT", "1"), Optional.empty()))
                .hasMessage("There is no setting VARVE_INGEST_PROT (environment); did you mean VARVE_INGEST_PORT?");
        assertThatThrownBy(() -> SettingsSources.load(Map.of("prt", "1"), Map.of(), Optional.empty()))
                .hasMessage("There is no setting --prt; did you mean --port?");
    }

    @Test
    void unusableValuesAreRefusedWithTheSettingsName() {
        Map<String, String> bad = Map.ofEntries(
                Map.entry("port", "70000"),
                Map.entry("ingest-port", "8080"),
                Map.entry("pool-size", "many"),
                Map.entry("meta-base-url", "http://graph.facebook.com"),
                Map.entry("tiktok-base-url", "https://business-api.tiktok.com/open_api"),
                Map.entry("public-url", "api.example"),
                Map.entry("trusted-proxies", "10.0.0.0/33"),
                Map.entry("webhook-allowed-cidrs", "example.com"),
                Map.entry("delivery-linger", "2s"),
                Map.entry("delivery-retry-base", "soon"),
                Map.entry("delivery-probe-delays", "1s"),
                Map.entry("delivery-batch-size", "1001"),
                Map.entry("delivery-backlog-order", "random"),
                Map.entry("retention-matching-days", "8"),
                Map.entry("ingest-events-per-minute-per-app", "-1"),
                Map.entry("database-url", "postgres://x"),
                Map.entry("meta-app-id", "71"),
                Map.entry("token-check-interval", "0s"),
                Map.entry("counts-poll-interval", "often"),
                Map.entry("sdk-ios", "git@git.example:ios.git@1.0.0"),
                Map.entry("sdk-android", "just-a-name@1.0.0"),
                Map.entry("sdk-web", "@layers/client"),
                Map.entry("sdk-react-native", "@layers/react-native@"),
                Map.entry("sdk-flutter", "Not-Dart@1.0.0"),
                Map.entry("sdk-expo", "@Layers/expo@latest"),
                Map.entry("log-level", "LOUD"));
        bad.forEach((name, value) -> assertThatThrownBy(() -> Settings.from(Map.of(name, value)))
                .as(name)
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(name));
    }

    @Test
    void noSecretIsPrinted() {
        Settings settings = Settings.from(Map.of(
                "database-url",
                "jdbc:postgresql://db/varve?password=planted-1",
                "database-password",
                "planted-2",
                "meta-app-id",
                "1",
                "meta-app-secret",
                "planted-3",
                "tiktok-app-id",
                "2",
                "tiktok-app-secret",
                "planted-4"));
        assertThat(settings.toString()).doesNotContain("planted");
    }

    @Test
    void theReferencePageIsTheCatalogs() throws Exception {
        assertThat(Files.readString(Path.of("../docs/settings.md")))
                .as("run ./varve settings > docs/settings.md")
                .isEqualTo(SettingsPage.render());
    }

    private static Set<String> names() {
        return SettingsCatalog.all().stream().map(Setting::name).collect(Collectors.toSet());
    }

    private static Map<String, String> everySettingChanged() {
        Map<String, String> all = new HashMap<>();
        all.put("data", "/d");
        all.put("vault-key-file", "/k.json");
        all.put("bind", "127.0.0.1");
        all.put("port", "81");
        all.put("ingest-port", "82");
        all.put("public-url", "https://api.example/");
        all.put("ingest-url", "https://in.example");
        all.put("trusted-proxies", "10.0.0.0/8, ::1");
        all.put("database-url", "jdbc:postgresql://db/varve");
        all.put("database-user", "u");
        all.put("database-password", "p");
        all.put("pool-size", "4");
        all.put("meta-base-url", "http://127.0.0.1:1");
        all.put("tiktok-base-url", "http://localhost:2");
        all.put("meta-capi-version", "v25.0");
        all.put("meta-insights-version", "v24.0");
        all.put("tiktok-max-event-age", "336h");
        all.put("meta-app-id", "71");
        all.put("meta-app-secret", "m");
        all.put("tiktok-app-id", "72");
        all.put("tiktok-app-secret", "t");
        all.put("token-check-interval", "2h");
        all.put("counts-poll-interval", "3m");
        all.put("sandbox-port", "83");
        all.put("ingest-events-per-minute-per-app", "0");
        all.put("delivery-linger", "5ms");
        all.put("delivery-batch-size", "7");
        all.put("delivery-retry-base", "1s");
        all.put("delivery-retry-cap", "1h");
        all.put("delivery-probe-delays", "1s,2s");
        all.put("delivery-stopped-probe-interval", "1m");
        all.put("delivery-backlog-order", "newest");
        all.put("retention-matching-days", "3");
        all.put("webhook-allowed-cidrs", "127.0.0.0/8");
        all.put("internal-tier-read-light", "5");
        all.put("internal-tier-write-light", "6");
        all.put("internal-tier-long-running", "7");
        all.put("internal-tier-write-light-daily", "8");
        all.put("event-streams", "9");
        all.put("sdk-ios", "https://git.example/ios.git@3.0.0");
        all.put("sdk-android", "a.b:c@3.0.1");
        all.put("sdk-web", "web@3.0.2");
        all.put("sdk-react-native", "@x/rn@3.0.3-beta.1");
        all.put("sdk-flutter", "dart_sdk@3.0.4+1");
        all.put("sdk-expo", "@x/expo@3.0.5");
        all.put("log-level", "debug");
        return all;
    }
}
