package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Verify-tracking sends a real event through the real ingest route, says what became of it, and leaves no trace in
/// what customers count.
class VerifyTrackingTest {
    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(VerifyTrackingTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void aHealthyAppPassesAllChecksAndBothPlatformsGetATestEvent() {
        Shop shop = Shop.open(varve, "Healthy");
        sell(shop);

        JsonNode result = verify(shop, "{\"expectedEvents\": [\"purchase_success\"]}");

        assertThat(result.path("status").asText()).as(result.toString()).isEqualTo("healthy");
        assertThat(names(result.path("checks")))
                .containsExactly(
                        "ingest_endpoint_reachable",
                        "app_id_recognized",
                        "capi_meta_configured",
                        "capi_tiktok_configured",
                        "test_event_round_trip");
        assertThat(result.path("checks"))
                .allSatisfy(check ->
                        assertThat(check.toString()).contains("\"passed\":true").doesNotContain("reason"));
        assertThat(names(result.path("hops")))
                .containsExactlyInAnyOrder(
                        "ingest_accepted", "stored", "relay_picked_up", "meta_answered", "tiktok_answered");
        assertThat(names(result.path("samples"))).containsExactly("layers_test_event", "purchase_success");
        assertThat(result.at("/samples/0/synthetic").asBoolean()).isTrue();
        assertThat(result.at("/samples/0/platforms/0/fbtrace_id").asText()).isNotEmpty();
        assertThat(result.at("/samples/0/platforms/1/request_id").asText()).isNotEmpty();
        assertThat(result.at("/samples/1/synthetic").asBoolean()).isFalse();
        for (String platform : List.of("meta", "tiktok")) {
            JsonNode taken =
                    sandbox.testEvents(platform, platform.equals("meta") ? shop.metaPixel() : shop.tiktokPixel());
            assertThat(taken).as(platform).hasSize(1);
            assertThat(taken.toString()).contains("layers_test_event").contains("TEST");
        }
    }

    @Test
    void aLayersOwnTestCodeComesBeforeTheRequests() {
        Shop shop = Shop.open(varve, "Coded");
        shop.api()
                .put(shop.path("/layers/meta_ads/capi"), """
                {"enabled": true, "pixelId": "%s", "testEventCode": "TEST40917"}""".formatted(shop.metaPixel()))
                .expect(200);

        verify(shop, "{\"testEventCode\": {\"meta\": \"OTHER\", \"tiktok\": \"TIKCODE\"}}");

        assertThat(sandbox.testEvents("meta", shop.metaPixel()).toString()).contains("TEST40917");
        assertThat(sandbox.testEvents("tiktok", shop.tiktokPixel()).toString()).contains("TIKCODE");
    }

    @Test
    void theProbeMovesNeitherTheLastEventNorAnyCountNorTheTimeline() {
        Shop shop = Shop.open(varve, "Unmoved");
        sell(shop);
        JsonNode app = shop.api().get(app(shop)).expect(200).json();
        JsonNode meta = shop.capiStatus("meta_ads");
        int listed = shop.stored().size();

        verify(shop, "");
        String afterwards = SdkEvents.ids("afterwards", 1).getFirst();
        shop.send(List.of(afterwards)).expect(202);
        Eventually.holds("the later event is forwarded", Duration.ofSeconds(10), () -> shop.receipt(afterwards, "meta")
                .equals("forwarded"));

        Eventually.holds(
                "only the later event is counted",
                Duration.ofSeconds(10),
                () -> shop.capiStatus("meta_ads"),
                () -> shop.capiStatus("meta_ads").path("eventsLast1h").asInt()
                        == meta.path("eventsLast1h").asInt() + 1);
        assertThat(shop.stored()).hasSize(listed + 1);
        assertThat(shop.api().get(app(shop)).json().path("lastEventAt").asText())
                .isEqualTo(shop.event(afterwards).json().path("receivedAt").asText())
                .isNotEqualTo(app.path("lastEventAt").asText());
        assertThat(shop.api()
                        .get(shop.path("/events?includeSynthetic=true"))
                        .expect(200)
                        .json()
                        .path("items"))
                .hasSize(listed + 2);
    }

    @Test
    void anAppThatNeverSentAnythingHasNoInstall() {
        Shop shop = Shop.open(varve, "Silent");

        JsonNode result = verify(shop, "{}");

        assertThat(result.path("status").asText()).isEqualTo("no_install");
        assertThat(result.path("lastEventAt").isNull()).isTrue();
        assertThat(result.path("missing").toString()).isEqualTo("[\"app_open\"]");
        assertThat(shop.api().get(app(shop)).json().path("lastEventAt").isNull())
                .as("still, after the probe")
                .isTrue();
    }

    @Test
    void aRevokedTokenFailsItsCheckWithAReasonAndWhatToDo() {
        Shop shop = Shop.open(varve, "Revoked");
        sell(shop);
        shop.configureOff("tiktok_ads", shop.tiktokPixel(), "sbx_revoked_tiktok")
                .expect(200);
        shop.configure("meta_ads", shop.metaPixel(), Shop.META_TOKEN).expect(200);
        // Switched on past the API, as if the token had been revoked since.
        Tables.of(varve)
                .execute(
                        "update layer set enabled = true where project_id = ? and platform = 'tiktok_ads'",
                        UUID.fromString(shop.projectId().substring("prj_".length())));
        Eventually.holds("the layer is on", Duration.ofSeconds(5), () -> shop.capiStatus("tiktok_ads")
                .path("enabled")
                .asBoolean());

        JsonNode result = verify(shop, "{\"expectedEvents\": [\"purchase_success\"]}");

        assertThat(result.path("status").asText()).isEqualTo("missing_events");
        assertThat(result.path("missing")).isEmpty();
        JsonNode configured = check(result, "capi_tiktok_configured");
        assertThat(configured.path("passed").asBoolean()).isFalse();
        assertThat(configured.path("reason").asText()).isEqualTo("token_invalid");
        assertThat(configured.path("detail").asText()).startsWith("TikTok answered code ");
        assertThat(configured.path("fix").asText()).contains("TikTok").endsWith(".");
        assertThat(check(result, "capi_meta_configured").path("passed").asBoolean())
                .isTrue();
        assertThat(check(result, "test_event_round_trip").path("reason").asText())
                .isEqualTo("token_invalid");
        assertThat(result.at("/samples/0/platforms/1/reason").asText())
                .as(result.toString())
                .isEqualTo("token_invalid");
        assertThat(result.toString()).doesNotContain("sbx_revoked_tiktok");
    }

    @Test
    void aProbeThatAPlatformDoesNotTakeCountsNowhere() {
        Shop shop = Shop.open(varve, "Held");
        sandbox.fault("/v26.0/" + shop.metaPixel(), "token_revoked");

        JsonNode result = verify(shop, "{}");

        assertThat(check(result, "capi_meta_configured").path("reason").asText())
                .isEqualTo("token_invalid");
        Eventually.holds(
                "the probe waits",
                Duration.ofSeconds(10),
                () -> shop.api().get(shop.path("/events?includeSynthetic=true")).text(),
                () -> Tables.of(varve).dump().stream()
                        .anyMatch(row -> row.startsWith("public.delivery_backlog")
                                && row.contains(shop.projectId().substring("prj_".length()))));
        JsonNode meta = shop.capiStatus("meta_ads");
        assertThat(meta.at("/backlog/events").asInt()).as(meta.toString()).isZero();
        assertThat(meta.at("/backlog/oldestAt").isNull()).isTrue();
        assertThat(meta.path("eventsLast24h").asInt()).isZero();
        assertThat(meta.path("lastEventAt").isNull()).isTrue();
    }

    @Test
    void aPlatformThatIsOffFailsAsDisabledWithoutChangingTheStatus() {
        Shop shop = Shop.open(varve, "Meta only");
        sell(shop);
        shop.configureOff("tiktok_ads", shop.tiktokPixel(), Shop.TIKTOK_TOKEN).expect(200);
        Eventually.holds("the relay knows", Duration.ofSeconds(5), () -> {
            String id = SdkEvents.ids("off", 1).getFirst();
            shop.send(List.of(id)).expect(202);
            Eventually.holds("settled", Duration.ofSeconds(10), () -> shop.receipt(id, "meta")
                    .equals("forwarded"));
            return shop.receipt(id, "tiktok").equals("skipped");
        });

        JsonNode result = verify(shop, "{\"expectedEvents\": [\"purchase_success\"]}");

        assertThat(check(result, "capi_tiktok_configured").path("reason").asText())
                .isEqualTo("disabled");
        assertThat(check(result, "test_event_round_trip").path("passed").asBoolean())
                .as(result.toString())
                .isTrue();
        assertThat(result.path("status").asText()).isEqualTo("healthy");
        assertThat(names(result.path("hops"))).doesNotContain("tiktok_answered");
    }

    /// Platforms want device facts of native apps; the probe has what every device knows.
    @ParameterizedTest
    @ValueSource(strings = {"ios", "android", "react-native", "flutter", "expo", "nextjs"})
    void theProbeOfAnyKindOfAppIsTakenByBothPlatforms(String platform) {
        Shop shop = Shop.open(varve, "Kind " + platform);
        // TikTok wants a page of every event for a pixel of the web.
        shop.api()
                .patch(shop.path(""), "{\"platformWebDomain\": \"shop.example.com\"}")
                .expect(200);
        String identity =
                switch (platform) {
                    case "android" -> "\"androidPackage\": \"com.example.shop\"";
                    case "nextjs" -> "\"webDomain\": \"shop.example.com\"";
                    default -> "\"bundleId\": \"com.example.shop\"";
                };
        String appId = shop.api()
                .post(shop.path("/sdk-apps"), """
                        {"name": "of that kind", "platform": "%s", %s}""".formatted(platform, identity))
                .expect(201)
                .json()
                .path("appId")
                .asText();

        JsonNode result = shop.api()
                .post(shop.path("/sdk-apps/" + appId + "/verify-tracking"), "{}")
                .expect(200)
                .json();

        assertThat(check(result, "test_event_round_trip").path("passed").asBoolean())
                .as(result.toString())
                .isTrue();
        assertThat(result.at("/samples/0/platforms"))
                .allSatisfy(one -> assertThat(one.path("forwarded").asBoolean()).isTrue());
    }

    @Test
    void nothingSwitchedOnIsSaidOfTheProbeToo() {
        Shop shop = Shop.open(varve, "All off");
        shop.configureOff("meta_ads", shop.metaPixel(), Shop.META_TOKEN).expect(200);
        shop.configureOff("tiktok_ads", shop.tiktokPixel(), Shop.TIKTOK_TOKEN).expect(200);

        JsonNode result = verify(shop, "{\"expectedEvents\": [\"a\", \"a\"]}");

        assertThat(result.at("/samples/0/platforms").findValuesAsText("reason"))
                .as(result.toString())
                .containsExactly("disabled", "disabled");
    }

    @Test
    void aRequiredIngestKeyDoesNotStopTheProbe() {
        Shop shop = Shop.open(varve, "Locked");
        shop.api().patch(app(shop), "{\"requireIngestKey\": true}").expect(200);
        Eventually.holds(
                "ingest wants the key",
                Duration.ofSeconds(5),
                () -> shop.send(SdkEvents.ids("locked", 1)).status() == 401);

        JsonNode result = verify(shop, "{}");

        assertThat(check(result, "test_event_round_trip").path("passed").asBoolean())
                .as(result.toString())
                .isTrue();
    }

    @Test
    void aStandardNameIsRefusedAndSoIsAnArchivedProject() {
        Shop shop = Shop.open(varve, "Archived");

        assertThat(shop.api()
                        .post(app(shop) + "/verify-tracking", "{\"sampleEventName\": \"Purchase\"}")
                        .status())
                .isEqualTo(422);
        shop.api().delete(shop.path("")).expect(200);
        assertThat(shop.api()
                        .post(app(shop) + "/verify-tracking", "{}")
                        .expect(409)
                        .json()
                        .at("/error/details/reason")
                        .asText())
                .isEqualTo("archived");
    }

    @Test
    void aReleaseThatBreaksAnEventIsSchemaDriftUntilItIsMended() {
        Shop shop = Shop.open(varve, "Drifting");
        buy(shop, 100, "\"coupon\": \"spring\", \"tier\": 3");
        Tables.of(varve)
                .execute(
                        "update event set received_at = received_at - interval '1 hour' where app_id = ?",
                        shop.appId());
        buy(shop, 20, "\"tier\": \"gold\", \"voucher\": \"autumn\"");
        Eventually.holds(
                "the app is known to be installed",
                Duration.ofSeconds(10),
                () -> shop.api().get(app(shop)).json().path("lastEventAt").isTextual());

        JsonNode drifting = verify(shop, "{\"expectedEvents\": [\"purchase_success\"]}");

        assertThat(drifting.path("status").asText()).as(drifting.toString()).isEqualTo("schema_drift");
        assertThat(drifting.path("schemaDrift")).hasSize(2);
        JsonNode gone = drifting.at("/schemaDrift/0");
        assertThat(gone.toString()).startsWith("""
                        {"eventName":"purchase_success","environment":"production","property":"coupon","kind":"missing",\
                        "baseline":{"events":100,"presence":1.0,"type":"string"},\
                        "observed":{"events":20,"presence":0.0,"type":null},"since":\"""");
        assertThat(Instant.parse(gone.path("since").asText()))
                .isAfter(Instant.now().minus(Duration.ofMinutes(10)));
        assertThat(drifting.at("/schemaDrift/1").toString())
                .contains("\"property\":\"tier\",\"kind\":\"type_changed\"", "\"type\":\"number\"")
                .contains("\"observed\":{\"events\":20,\"presence\":1.0,\"type\":\"string\"}");
        assertThat(verify(shop, "{\"expectedEvents\": [\"sign_up\"]}")
                        .path("status")
                        .asText())
                .as("what is missing comes first")
                .isEqualTo("missing_events");

        buy(shop, 21, "\"coupon\": \"spring\", \"tier\": 3");
        JsonNode mended = verify(shop, "{\"expectedEvents\": [\"purchase_success\"]}");
        assertThat(mended.path("status").asText()).as(mended.toString()).isEqualTo("healthy");
        assertThat(mended.path("schemaDrift")).isEmpty();
    }

    /// Purchases with `properties` besides the usual ones.
    private static void buy(Shop shop, int count, String properties) {
        String purchases = SdkEvents.purchases(SdkEvents.ids("buy", count))
                .replace("\"quantity\": 1", "\"quantity\": 1, " + properties);
        shop.sdk().post("/l/events", purchases).expect(202);
    }

    private static void sell(Shop shop) {
        List<String> ids = SdkEvents.ids("real", 1);
        shop.send(ids).expect(202);
        Eventually.holds(
                "both platforms have it",
                Duration.ofSeconds(10),
                () -> shop.missingAt(sandbox, "meta", Set.copyOf(ids)).isEmpty()
                        && shop.missingAt(sandbox, "tiktok", Set.copyOf(ids)).isEmpty());
        Eventually.holds(
                "it is counted",
                Duration.ofSeconds(10),
                () -> shop.capiStatus("meta_ads").path("eventsLast1h").asInt() == 1);
    }

    private static JsonNode verify(Shop shop, String body) {
        return shop.api().post(app(shop) + "/verify-tracking", body).expect(200).json();
    }

    private static String app(Shop shop) {
        return shop.path("/sdk-apps/" + shop.appId());
    }

    private static List<String> names(JsonNode array) {
        return array.findValuesAsText("name");
    }

    private static JsonNode check(JsonNode result, String name) {
        for (JsonNode check : result.path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("no check " + name + " in " + result);
    }
}
