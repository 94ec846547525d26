package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.Load;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// An event that was answered with 202 is in the store and reaches both platforms, whatever dies.
class AcknowledgementTest {
    private static final int BEFORE = 1_500;
    private static final int AFTER = 500;

    @Test
    void killingTheServerUnderLoadLosesNoAcknowledgedEvent() {
        Path directory = Directories.fresh(AcknowledgementTest.class, "server");
        try (SandboxProcess sandbox = SandboxProcess.start(directory);
                RunningVarve varve = RunningVarve.start(directory.resolve("data"), sandbox)) {
            Shop shop = Shop.open(varve, "Acme Coffee");
            try (Load load = Load.on(shop)) {
                load.awaitAcknowledged(BEFORE);
                varve.kill9();
                varve.start();
                load.awaitAcknowledged(AFTER);
                assertNothingIsLost(shop, sandbox, load.stop());
            }
        }
    }

    @Test
    void killingTheServerFiveTimesInARowLosesNothingAndBothPlatformsCountEveryEventOnce() {
        Path directory = Directories.fresh(AcknowledgementTest.class, "again");
        try (SandboxProcess sandbox = SandboxProcess.start(directory);
                RunningVarve varve = RunningVarve.start(directory.resolve("data"), sandbox)) {
            Shop shop = Shop.open(varve, "Acme Coffee");
            try (Load load = Load.on(shop)) {
                for (int i = 0; i < 5; i++) {
                    load.awaitAcknowledged(300);
                    varve.kill9();
                    varve.start();
                }
                assertNothingIsLost(shop, sandbox, load.stop());
            }
            assertCountedOnce(shop, sandbox, shop.stored().keySet());
        }
    }

    @Test
    void killingPostgresUnderLoadLosesNoAcknowledgedEventAndTheServerRecovers() {
        Path directory = Directories.fresh(AcknowledgementTest.class, "postgres");
        try (SandboxProcess sandbox = SandboxProcess.start(directory);
                RunningVarve varve = RunningVarve.start(directory.resolve("data"), sandbox)) {
            Shop shop = Shop.open(varve, "Acme Coffee");
            try (Load load = Load.on(shop)) {
                load.awaitAcknowledged(BEFORE);
                varve.killPostgres9();
                load.awaitAcknowledged(AFTER);
                Set<String> acknowledged = load.stop();
                varve.awaitReady();
                assertNothingIsLost(shop, sandbox, acknowledged);
            }
        }
    }

    @Test
    void terminationUnderLoadDrainsAndLosesNothing() {
        Path directory = Directories.fresh(AcknowledgementTest.class, "sigterm");
        try (SandboxProcess sandbox = SandboxProcess.start(directory);
                RunningVarve varve = RunningVarve.start(directory.resolve("data"), sandbox)) {
            Shop shop = Shop.open(varve, "Acme Coffee");
            try (Load load = Load.on(shop)) {
                load.awaitAcknowledged(BEFORE);
                long begin = System.nanoTime();
                assertThat(varve.stop()).as("exit code").isZero();
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
                varve.start();
                load.awaitAcknowledged(AFTER);
                assertNothingIsLost(shop, sandbox, load.stop());
            }
        }
    }

    private static void assertNothingIsLost(Shop shop, SandboxProcess sandbox, Set<String> acknowledged) {
        assertThat(shop.missingInStore(acknowledged))
                .as("acknowledged but not stored")
                .isEmpty();
        for (String platform : new String[] {"meta", "tiktok"}) {
            Eventually.holds(
                    "every acknowledged event is at " + platform,
                    Duration.ofSeconds(90),
                    () -> shop.missingAt(sandbox, platform, acknowledged).size() + " missing",
                    () -> shop.missingAt(sandbox, platform, acknowledged).isEmpty());
        }
        assertThat(shop.stored().values()).as("copies of an event in the store").containsOnly(1);
    }

    /// Repeats may come in, with the same ids; the platforms count none of them.
    private static void assertCountedOnce(Shop shop, SandboxProcess sandbox, Set<String> stored) {
        assertNothingIsLost(shop, sandbox, stored);
        assertThat(sandbox.received("meta", shop.metaPixel()).keySet()).isEqualTo(stored);
        assertThat(sandbox.received("tiktok", shop.tiktokPixel()).keySet()).isEqualTo(stored);
        assertThat(sandbox.counted("meta", shop.metaPixel())).isEqualTo(stored.size());
        assertThat(sandbox.counted("tiktok", shop.tiktokPixel())).isEqualTo(stored.size());
    }
}
