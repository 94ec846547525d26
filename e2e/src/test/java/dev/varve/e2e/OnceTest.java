package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A batch that is sent again is stored once and forwarded once.
class OnceTest {
    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(OnceTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void aBatchSentTwiceIsStoredAndForwardedOnce() {
        Shop shop = Shop.open(varve, "Twice");
        List<String> ids = SdkEvents.ids("twice", 25);
        String body = SdkEvents.purchases(ids);

        assertAnswer(shop.sdk().post("/l/events", body), 25, 0);
        assertAnswer(shop.sdk().post("/l/events", body), 0, 25);

        assertOnceEverywhere(shop, ids);
    }

    @Test
    void aBatchSentAgainAfterARestartIsStoredAndForwardedOnce() {
        Shop shop = Shop.open(varve, "Restarted");
        List<String> ids = SdkEvents.ids("restart", 25);
        String body = SdkEvents.purchases(ids);

        assertAnswer(shop.sdk().post("/l/events", body), 25, 0);
        awaitForwarded(shop, ids);
        assertThat(varve.stop()).isZero();
        varve.start();
        assertAnswer(shop.sdk().post("/l/events", body), 0, 25);

        assertOnceEverywhere(shop, ids);
    }

    @Test
    void anEventTwiceInOneBatchCountsOnce() {
        Shop shop = Shop.open(varve, "Same batch");
        String id = SdkEvents.ids("same", 1).getFirst();

        assertAnswer(shop.send(List.of(id, id)), 1, 1);

        assertOnceEverywhere(shop, List.of(id));
    }

    @Test
    void theSameEventThroughBothDoorsCountsOnce() {
        Shop shop = Shop.open(varve, "Both doors");
        String id = SdkEvents.ids("doors", 1).getFirst();

        assertAnswer(shop.send(List.of(id)), 1, 0);
        ApiAnswer second =
                shop.api().post("/v1/events", """
                {"projectId": "%s", "sdkAppId": "%s", "events": [
                  {"name": "purchase_success", "occurredAt": "%s", "eventId": "%s",
                   "properties": {"revenue": 3, "currency": "EUR"}}]}""".formatted(shop.projectId(), shop.appId(), SdkEvents.now(), id));

        assertAnswer(second, 0, 1);
        assertThat(second.json().path("eventIds").path(0).asText()).isEqualTo(id);
        assertOnceEverywhere(shop, List.of(id));
    }

    private static void assertAnswer(ApiAnswer answer, int accepted, int duplicates) {
        answer.expect(202);
        assertThat(answer.json().path("accepted").asInt()).as("accepted").isEqualTo(accepted);
        assertThat(answer.json().path("duplicates").asInt()).as("duplicates").isEqualTo(duplicates);
    }

    /// A marker event is sent and awaited behind the repeats: when it has arrived, so would a second copy have.
    private static void assertOnceEverywhere(Shop shop, List<String> ids) {
        String marker = SdkEvents.ids("marker", 1).getFirst();
        assertAnswer(shop.send(List.of(marker)), 1, 0);
        awaitForwarded(shop, List.of(marker));
        awaitForwarded(shop, ids);
        assertThat(shop.stored()).containsOnlyKeys(with(ids, marker));
        assertThat(shop.stored().values()).containsOnly(1);
        assertThat(sandbox.received("meta", shop.metaPixel()).values()).containsOnly(1);
        assertThat(sandbox.received("tiktok", shop.tiktokPixel()).values()).containsOnly(1);
    }

    private static List<String> with(List<String> ids, String marker) {
        Set<String> all = new HashSet<>(ids);
        all.add(marker);
        return List.copyOf(all);
    }

    private static void awaitForwarded(Shop shop, List<String> ids) {
        Set<String> wanted = Set.copyOf(ids);
        Eventually.holds(
                "forwarded to both platforms",
                Duration.ofSeconds(30),
                () -> shop.missingAt(sandbox, "meta", wanted).isEmpty()
                        && shop.missingAt(sandbox, "tiktok", wanted).isEmpty());
    }
}
