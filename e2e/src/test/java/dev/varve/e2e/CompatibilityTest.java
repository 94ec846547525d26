package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.NodeScript;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Programs written for the Layers API run in Node.js with nothing changed but the base URL, whichever form of a
/// project's id they use.
class CompatibilityTest {
    private static final Duration SOON = Duration.ofSeconds(15);

    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(CompatibilityTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void theTrackingBadgeTurnsFromRedToGreen() {
        Shop shop = Shop.open(varve, "Badge");

        assertThat(badges(shop)).containsOnly("{\"color\":\"red\",\"text\":\"SDK never seen\"}");

        sell(shop);
        assertThat(badges(shop)).containsOnly("{\"color\":\"green\",\"text\":\"1 at Meta\"}");
    }

    @Test
    void theTrackingBadgeIsAmberWhileMetaReceivesNothing() {
        Shop shop = Shop.open(varve, "Nothing received");
        shop.sdk()
                .post(
                        "/l/events",
                        SdkEvents.purchases(SdkEvents.ids("refused", 1))
                                .replace("\"session_id\"", "\"consent\": {\"advertising\": false}, \"session_id\""))
                .expect(202);
        Eventually.holds("the app has been heard", SOON, () -> !app(shop)
                .path("lastEventAt")
                .isNull());

        assertThat(badges(shop)).containsOnly("{\"color\":\"amber\",\"text\":\"Meta received nothing\"}");
    }

    @Test
    void theListOfUnhealthyPlatformsIsEmptyOnlyWhenAllIsWell() {
        Shop shop = Shop.open(varve, "Platforms");
        assertThat(unhealthy(shop))
                .containsOnly("[{\"platform\":\"meta_ads\",\"status\":\"idle\",\"error\":null},"
                        + "{\"platform\":\"tiktok_ads\",\"status\":\"idle\",\"error\":null}]");

        sell(shop);
        assertThat(unhealthy(shop)).containsOnly("[]");

        revokeTiktok(shop);
        assertThat(unhealthy(shop)).allSatisfy(list -> assertThat(list)
                .startsWith("[{\"platform\":\"tiktok_ads\",\"status\":\"broken\"")
                .doesNotContain("meta_ads"));
    }

    @Test
    void theReleaseCheckListsWhatFailed() {
        Shop shop = Shop.open(varve, "Release");
        sell(shop);

        for (String id : spellings(shop)) {
            assertThat(verify(id, shop, "purchase_success"))
                    .hasToString("{\"status\":\"healthy\",\"missing\":[],\"failed\":[]}");
        }

        revokeTiktok(shop);
        for (String id : spellings(shop)) {
            assertThat(verify(id, shop, "purchase_success", "trial_start"))
                    .hasToString("{\"status\":\"missing_events\",\"missing\":[\"trial_start\"],\"failed\":["
                            + "\"capi_tiktok_configured: token_invalid\",\"test_event_round_trip: token_invalid\"]}");
        }
    }

    @Test
    void withoutNodeTheTestSaysSoInOneSentence() {
        NodeScript script = new NodeScript("no-such-node", "/compatibility/tracking-badge.mjs", Map.of());

        assertThatThrownBy(script::run)
                .isInstanceOf(AssertionError.class)
                .hasMessage("Node.js 20 or newer is needed for this test, and the command \"no-such-node\" does not"
                        + " start.");
    }

    private static List<String> badges(Shop shop) {
        return spellings(shop).stream()
                .map(id -> NodeScript.compatible("tracking-badge.mjs", varve).run(id, shop.appId()))
                .map(JsonNode::toString)
                .toList();
    }

    private static List<String> unhealthy(Shop shop) {
        return spellings(shop).stream()
                .map(id ->
                        NodeScript.compatible("unhealthy-platforms.mjs", varve).run(id))
                .map(JsonNode::toString)
                .toList();
    }

    private static JsonNode verify(String projectId, Shop shop, String... expected) {
        String[] arguments = new String[expected.length + 2];
        arguments[0] = projectId;
        arguments[1] = shop.appId();
        System.arraycopy(expected, 0, arguments, 2, expected.length);
        return NodeScript.compatible("failed-checks.mjs", varve).run(arguments);
    }

    /// The prefixed id and the bare UUID.
    private static List<String> spellings(Shop shop) {
        return List.of(shop.projectId(), uuid(shop));
    }

    private static String uuid(Shop shop) {
        return shop.projectId().substring("prj_".length());
    }

    private static JsonNode app(Shop shop) {
        return shop.api()
                .get(shop.path("/sdk-apps/" + shop.appId()))
                .expect(200)
                .json();
    }

    private static void sell(Shop shop) {
        shop.send(SdkEvents.ids("sold", 1)).expect(202);
        for (String platform : List.of("meta_ads", "tiktok_ads")) {
            Eventually.holds(
                    platform + " is healthy",
                    SOON,
                    () -> shop.capiStatus(platform),
                    () -> shop.capiStatus(platform).path("status").asText().equals("healthy"));
        }
        Eventually.holds(
                "Meta's answer is counted",
                SOON,
                () -> shop.api()
                                .get(shop.path("/ads/capi-status"))
                                .json()
                                .at("/meta/events_received_24h")
                                .asInt()
                        == 1);
    }

    /// Past the API, which refuses to switch a layer on with such a token: as if it had been revoked since.
    private static void revokeTiktok(Shop shop) {
        shop.configureOff("tiktok_ads", shop.tiktokPixel(), "sbx_revoked_tiktok")
                .expect(200);
        Tables.of(varve)
                .execute(
                        "update layer set enabled = true where project_id = ? and platform = 'tiktok_ads'",
                        UUID.fromString(uuid(shop)));
        Eventually.holds(
                "TikTok is broken",
                SOON,
                () -> shop.capiStatus("tiktok_ads"),
                () -> shop.capiStatus("tiktok_ads").path("status").asText().equals("broken"));
    }
}
