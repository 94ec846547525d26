package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What one platform or one project suffers costs the others nothing.
class IsolationTest {
    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(IsolationTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(
                directory.resolve("data"), sandbox, "--delivery-retry-base=500ms", "--delivery-retry-cap=2s");
    }

    @AfterEach
    void clearFaults() {
        sandbox.clearFaults();
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http_503", "hang"})
    void aDeadTikTokDoesNotDelayMeta(String fault) {
        Shop shop = Shop.open(varve, "Isolated " + fault);
        Shop neighbour = Shop.open(varve, "Neighbour " + fault);
        sandbox.fault("/open_api/", fault);

        for (int round = 0; round < 5; round++) {
            Set<String> ids = Set.copyOf(SdkEvents.ids("isolated", 200));
            Set<String> others = Set.copyOf(SdkEvents.ids("neighbour", 50));
            shop.send(List.copyOf(ids)).expect(202);
            neighbour.send(List.copyOf(others)).expect(202);
            Eventually.holds(
                    "Meta has the events while TikTok is dead",
                    Duration.ofSeconds(5),
                    () -> shop.missingAt(sandbox, "meta", ids).isEmpty()
                            && neighbour.missingAt(sandbox, "meta", others).isEmpty());
        }

        assertThat(sandbox.received("tiktok", shop.tiktokPixel())).isEmpty();
        sandbox.clearFaults();
        Set<String> stored = shop.stored().keySet();
        assertThat(stored).hasSize(1_000);
        Eventually.holds(
                "TikTok gets the backlog once it is back",
                Duration.ofSeconds(60),
                () -> shop.missingAt(sandbox, "tiktok", stored).size() + " missing",
                () -> shop.missingAt(sandbox, "tiktok", stored).isEmpty());
    }
}
