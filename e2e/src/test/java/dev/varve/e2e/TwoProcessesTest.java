package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.Load;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.SharedDatabase;
import dev.varve.e2e.fixture.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Two servers on one external PostgreSQL share the work, and one of them may die.
class TwoProcessesTest {
    private static final Path DIRECTORY = Directories.fresh(TwoProcessesTest.class, "all");

    @Test
    void theSurvivorForwardsWhatTheDeadOneAcknowledged() {
        try (SandboxProcess sandbox = SandboxProcess.start(DIRECTORY);
                SharedDatabase database = SharedDatabase.start(DIRECTORY);
                RunningVarve first = database.server("first", sandbox);
                RunningVarve second = database.server("second", sandbox)) {
            first.start();
            second.start();
            String apiKey = database.apiKey();
            Shop shop = Shop.open(first.http().withKey(apiKey), first.http(), "Shared");
            Shop throughSecond = shop.through(second, apiKey);
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

    /// A new app is known to every process within a second or so.
    private static void awaitKnown(Shop shop) {
        Eventually.holds(
                "the other server knows the app",
                Duration.ofSeconds(5),
                () -> shop.send(SdkEvents.ids("known", 1)).status() == 202);
    }
}
