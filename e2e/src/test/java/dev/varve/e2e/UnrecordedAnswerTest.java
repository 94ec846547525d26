package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A server that dies between a platform's answer and its own ledger sends again, with the same ids.
class UnrecordedAnswerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void theEventsGoOutAgainWithTheirIdsAndThePlatformsCountThemOnce() {
        Path directory = Directories.fresh(UnrecordedAnswerTest.class, "all");
        try (SandboxProcess sandbox = SandboxProcess.start(directory);
                RunningVarve varve = RunningVarve.start(directory.resolve("data"), sandbox)) {
            Shop shop = Shop.open(varve, "Died too early");
            Set<String> ids = Set.copyOf(SdkEvents.ids("early", 40));
            sandbox.fault("/", "slow_headers");
            shop.send(List.copyOf(ids)).expect(202);
            Eventually.holds(
                    "both platforms took everything and have not answered yet",
                    LIMIT,
                    () -> shop.missingAt(sandbox, "meta", ids).isEmpty()
                            && shop.missingAt(sandbox, "tiktok", ids).isEmpty());
            varve.kill9();
            sandbox.clearFaults();
            varve.start();

            Eventually.holds(
                    "all of them are forwarded once more",
                    LIMIT,
                    () -> sandbox.received("meta", shop.metaPixel()) + " "
                            + sandbox.received("tiktok", shop.tiktokPixel()),
                    () -> allTwice(sandbox.received("meta", shop.metaPixel()), ids)
                            && allTwice(sandbox.received("tiktok", shop.tiktokPixel()), ids));
            assertThat(sandbox.counted("meta", shop.metaPixel())).isEqualTo(ids.size());
            assertThat(sandbox.counted("tiktok", shop.tiktokPixel())).isEqualTo(ids.size());
            Eventually.holds("the sums say so", LIMIT, () -> accounting(shop), () -> allForwarded(shop, ids.size()));
        }
    }

    private static boolean allTwice(Map<String, Integer> received, Set<String> ids) {
        return received.keySet().equals(ids) && received.values().stream().allMatch(times -> times == 2);
    }

    private static boolean allForwarded(Shop shop, int events) {
        for (JsonNode row : accounting(shop).path("platforms")) {
            assertThat(row.path("unexplained").asInt()).isZero();
            if (row.path("forwarded").asInt() != events || row.path("accepted").asInt() != events) {
                return false;
            }
        }
        return !accounting(shop).path("platforms").isEmpty();
    }

    private static JsonNode accounting(Shop shop) {
        return shop.api().get(shop.path("/ads/capi-accounting")).expect(200).json();
    }
}
