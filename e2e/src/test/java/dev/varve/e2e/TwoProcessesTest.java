package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.Load;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Two servers on one external PostgreSQL share the work, and one of them may die.
class TwoProcessesTest {
    private static final Path DIRECTORY = Directories.fresh(TwoProcessesTest.class, "all");

    @Test
    void theSurvivorForwardsWhatTheDeadOneAcknowledged() {
        try (SandboxProcess sandbox = SandboxProcess.start(DIRECTORY);
                RunningVarve host = orphanedDatabase();
                RunningVarve first = server("first", host, sandbox);
                RunningVarve second = server("second", host, sandbox)) {
            first.start();
            second.start();
            String apiKey = host.bootstrap().path("apiKey").asText();
            Shop shop = Shop.open(first.http().withKey(apiKey), first.http(), "Shared");
            Shop throughSecond = through(second, shop, apiKey);
            awaitKnown(throughSecond);

            Set<String> acknowledged;
            try (Load load = Load.onEach(List.of(shop, throughSecond))) {
                load.awaitAcknowledged(1_500);
                first.kill9();
                load.awaitAcknowledged(500);
                acknowledged = load.stop();
            }

            assertThat(first.log()).as("the first relayed").contains("attempt.finished");
            assertThat(second.log()).as("the second relayed").contains("attempt.finished");
            assertThat(throughSecond.missingInStore(acknowledged)).isEmpty();
            for (String platform : List.of("meta", "tiktok")) {
                Eventually.holds(
                        "every acknowledged event is at " + platform,
                        Duration.ofSeconds(90),
                        () -> throughSecond
                                        .missingAt(sandbox, platform, acknowledged)
                                        .size() + " missing",
                        () -> throughSecond
                                .missingAt(sandbox, platform, acknowledged)
                                .isEmpty());
            }
            assertThat(throughSecond.stored().values()).containsOnly(1);
        }
    }

    /// A PostgreSQL without a server: that of an installation whose server was killed. It plays the external database.
    private static RunningVarve orphanedDatabase() {
        RunningVarve host = RunningVarve.prepare(DIRECTORY.resolve("host"), List.of(), Map.of());
        host.start();
        host.kill9();
        return host;
    }

    private static RunningVarve server(String name, RunningVarve host, SandboxProcess sandbox) {
        Map<String, String> environment = new HashMap<>(sandbox.settings());
        Tables database = Tables.of(host);
        environment.put("VARVE_DATABASE_URL", database.jdbcUrl());
        environment.put("VARVE_DATABASE_USER", Tables.USER);
        environment.put("VARVE_DATABASE_PASSWORD", database.password());
        environment.put(
                "VARVE_VAULT_KEY_FILE", host.data().resolve("vault-key.json").toString());
        return RunningVarve.prepare(DIRECTORY.resolve(name), List.of(), environment);
    }

    /// The same shop, with all its requests going to another server.
    private static Shop through(RunningVarve varve, Shop shop, String apiKey) {
        Map<String, String> headers =
                Map.of("X-App-Id", shop.appId(), "User-Agent", "Mozilla/5.0 (X11; Linux x86_64) e2e");
        return new Shop(
                varve.http().withKey(apiKey),
                varve.http().with(headers),
                shop.projectId(),
                shop.appId(),
                shop.appKey(),
                shop.metaPixel(),
                shop.tiktokPixel());
    }

    /// A new app is known to every process within a second or so.
    private static void awaitKnown(Shop shop) {
        Eventually.holds(
                "the other server knows the app",
                Duration.ofSeconds(5),
                () -> shop.send(SdkEvents.ids("known", 1)).status() == 202);
    }
}
