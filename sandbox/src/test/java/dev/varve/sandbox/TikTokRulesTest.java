package dev.varve.sandbox;

import static dev.varve.sandbox.SandboxClient.CODE;
import static dev.varve.sandbox.SandboxClient.HASH;
import static dev.varve.sandbox.SandboxClient.NOW;
import static dev.varve.sandbox.SandboxClient.tiktokBody;
import static dev.varve.sandbox.SandboxClient.tiktokEvent;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TikTokRulesTest {
    private final SandboxClient sandbox = SandboxClient.frozen();

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Test
    void acknowledgesAGoodRequestWithCodeZero() throws Exception {
        var answer = sandbox.tiktokEvents(tiktokEvent("a"), tiktokEvent("b"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.tiktokCode()).isZero();
        assertThat(answer.json().path("request_id").asText()).startsWith("20261120120000");
        assertThat(sandbox.storedEvents()).hasSize(2);
    }

    @Test
    void theTrailingSlashAndTheVersionMatter() throws Exception {
        assertThat(sandbox.post("/open_api/v1.3/event/track", "{}").status()).isEqualTo(404);
        assertThat(sandbox.post("/open_api/v1.2/event/track/", "{}").tiktokCode())
                .isEqualTo(40006);
        assertThat(sandbox.post("/open_api/v2.0/event/track/", "{}").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "sbx_ok,0",
        "sbx_sendonly,0",
        "sbx_expired,40105",
        "sbx_revoked,40105",
        "Bearer sbx_ok,40105",
        "else,40105",
        "sbx_noperm,40001",
        "sbx_blip,40001"
    })
    void decidesByThePrefixOfTheToken(String token, int code) throws Exception {
        assertThat(sandbox.tiktok(token, tiktokBody("web", tiktokEvent("a"))).tiktokCode())
                .isEqualTo(code);
    }

    @Test
    void missingTokenAndWrongContentTypeAreToldApart() throws Exception {
        assertThat(sandbox.post("/open_api/v1.3/event/track/", "{}").tiktokCode())
                .isEqualTo(40104);
        sandbox.switches("{\"tiktok\":{\"authStatus\":401}}");
        assertThat(sandbox.post("/open_api/v1.3/event/track/", "{}").status()).isEqualTo(401);
        var plain = sandbox.request("/open_api/v1.3/event/track/")
                .header("Access-Token", "sbx_ok")
                .POST(BodyPublishers.ofString("{}"))
                .build();
        assertThat(sandbox.send(plain).tiktokCode()).isEqualTo(40002);
    }

    @Test
    void checksTheRootInItsOrder() throws Exception {
        assertThat(sandbox.tiktok("sbx_ok", "{").tiktokCode()).isEqualTo(40002);
        assertThat(sandbox.tiktok("sbx_ok", tiktokBody("tv")).text()).contains("event_source");
        assertThat(sandbox.tiktok("sbx_ok", "{\"event_source\":\"web\"}").text())
                .contains("event_source_id");
        assertThat(sandbox.tiktok("sbx_noperm", tiktokBody("web")).tiktokCode()).isEqualTo(40001);
        assertThat(sandbox.tiktokEvents().tiktokCode()).isEqualTo(40002);
        String many = String.join(",", Collections.nCopies(1_001, tiktokEvent("a")));
        assertThat(sandbox.tiktokEvents(many).tiktokCode()).isEqualTo(40002);
        assertThat(sandbox.storedEvents()).isEmpty();
        sandbox.switches("{\"tiktok\":{\"emptyDataOk\":true}}");
        assertThat(sandbox.tiktokEvents().tiktokCode()).isZero();
    }

    @Test
    void parametersMayComeBeforeTheToken() throws Exception {
        assertThat(sandbox.tiktok("made-up", tiktokBody("web")).tiktokCode()).isEqualTo(40105);
        sandbox.switches("{\"tiktok\":{\"paramsBeforeToken\":true}}");
        assertThat(sandbox.tiktok("made-up", tiktokBody("web")).tiktokCode()).isEqualTo(40002);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"event_id\":\"a\"|\"event_id\":7|40002|event_id",
                "\"page\":{\"url\":\"https://shop.example.com/\"}|\"page\":{}|40002|page.url",
                "\"email\":\"" + HASH + "\"|\"email\":\"joe@example.com\"|40062|user.email",
                "\"email\":\"" + HASH + "\"|\"att_status\":\"MAYBE\"|40002|att_status",
                "\"user\":|\"properties\":{\"value\":\"1\"},\"user\":|40002|properties.value",
                "\"user\":|\"properties\":{\"contents\":[{\"content_id\":1}]},\"user\":|40002|properties.contents.0.content_id: Not a valid string",
                "\"user\":|\"properties\":{\"contents\":[{\"price\":\"1\"}]},\"user\":|40000|Invalid Price Field"
            })
    void oneBadEventRefusesTheRequestAndIsNamed(String part, String broken, int code, String named) throws Exception {
        String bad = tiktokEvent("a");
        assertThat(bad).contains(part);
        var answer = sandbox.tiktokEvents(tiktokEvent("ok"), bad.replace(part, broken));
        assertThat(answer.tiktokCode()).isEqualTo(code);
        assertThat(answer.json().path("message").asText())
                .startsWith("Batch.1.")
                .contains(named);
        assertThat(sandbox.storedEvents()).isEmpty();
    }

    @Test
    void everySourceHasItsOwnRequirement() throws Exception {
        assertThat(sandbox.tiktok("sbx_ok", tiktokBody("app", tiktokEvent("a"))).text())
                .contains("app.app_id");
        assertThat(sandbox.tiktok("sbx_ok", tiktokBody("crm", tiktokEvent("a"))).text())
                .contains("lead.lead_id");
        assertThat(sandbox.tiktok("sbx_ok", tiktokBody("offline", tiktokEvent("Mine", "a", "")))
                        .tiktokCode())
                .isEqualTo(40002);
        assertThat(sandbox.tiktok("sbx_ok", tiktokBody("offline", tiktokEvent("a")))
                        .tiktokCode())
                .isZero();
    }

    @Test
    void theStyleOfTheIndexCanBeSwitched() throws Exception {
        String bad = tiktokEvent("a").replace("\"event_id\":\"a\"", "\"event_id\":7");
        sandbox.switches("{\"tiktok\":{\"errorIndexStyle\":\"brackets\"}}");
        assertThat(sandbox.tiktokEvents(bad).text()).contains("data[0].event_id");
        sandbox.switches("{\"tiktok\":{\"errorIndexStyle\":\"none\"}}");
        assertThat(sandbox.tiktokEvents(bad).text()).contains("Invalid value for event_id: not a valid string");
    }

    @Test
    void unknownKeysAreTakenSilentlyAndListed() throws Exception {
        String event = tiktokEvent("AddToCart", "a", ",\"properties\":{\"colour\":\"red\",\"value\":1}")
                .replace("\"email\"", "\"emial\"");
        assertThat(sandbox.tiktokEvents(event).tiktokCode()).isZero();
        assertThat(sandbox.storedEvents().path(0).path("ignoredKeys"))
                .extracting(key -> key.asText())
                .containsExactly("user.emial", "properties.colour");
    }

    @Test
    void partialSuccessStoresEverySecondItem() throws Exception {
        sandbox.switches("{\"tiktok\":{\"partialSuccess\":true}}");
        assertThat(sandbox.tiktokEvents(tiktokEvent("a"), tiktokEvent("b"), tiktokEvent("c"))
                        .tiktokCode())
                .isEqualTo(20001);
        assertThat(sandbox.storedEvents()).hasSize(2);
    }

    @Test
    void mayStoreTheValidItemsOfARefusedRequest() throws Exception {
        sandbox.switches("{\"tiktok\":{\"storeValidOnError\":true}}");
        String bad = tiktokEvent("x").replace("\"event_id\":\"x\"", "\"event_id\":7");
        assertThat(sandbox.tiktokEvents(tiktokEvent("a"), bad).tiktokCode()).isEqualTo(40002);
        assertThat(sandbox.storedEvents()).hasSize(1);
    }

    @Test
    void mayAnswerARepeatedBodyWithItsOwnCodeAndRefuseOldEvents() throws Exception {
        sandbox.switches("{\"tiktok\":{\"duplicateCode\":true,\"maxEventAgeDays\":1}}");
        assertThat(sandbox.tiktokEvents(tiktokEvent("a")).tiktokCode()).isZero();
        assertThat(sandbox.tiktokEvents(tiktokEvent("a")).tiktokCode()).isEqualTo(40050);
        String old = tiktokEvent("b").replace("" + NOW.getEpochSecond(), "" + (NOW.getEpochSecond() - 90_000));
        assertThat(sandbox.tiktokEvents(old).text()).contains("event_time");
    }

    @Test
    void theRateLimitIsATokenBucket() throws Exception {
        sandbox.switches("{\"tiktok\":{\"requestsPerSecond\":1,\"throttleStatus\":401}}");
        assertThat(sandbox.tiktokEvents(tiktokEvent("a")).tiktokCode()).isZero();
        var second = sandbox.tiktokEvents(tiktokEvent("a"));
        assertThat(second.tiktokCode()).isEqualTo(40100);
        assertThat(second.status()).isEqualTo(401);
        sandbox.advance(java.time.Duration.ofSeconds(1));
        assertThat(sandbox.tiktokEvents(tiktokEvent("a")).tiktokCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"reject,40002", "throttle,40100", "server_error,50000"})
    void magicPropertyFailsItsRequest(String outcome, int code) throws Exception {
        String event = tiktokEvent("AddToCart", "a", ",\"properties\":{\"sandbox_outcome\":\"" + outcome + "\"}");
        assertThat(sandbox.tiktokEvents(event).tiktokCode()).isEqualTo(code);
    }

    @Test
    void statisticsCountServerEventsPerDayUnderAdNames() throws Exception {
        sandbox.tiktokEvents(tiktokEvent("Purchase", "a", ""), tiktokEvent("mine", "b", ""));
        String list = "/open_api/v1.3/pixel/list/?advertiser_id=1&code=" + CODE;
        String id = sandbox.getAs("sbx_ok", list)
                .json()
                .at("/data/pixels/0/pixel_id")
                .asText();
        assertThat(id).hasSize(19);
        var stats = sandbox.getAs("sbx_ok", stats("[\"" + id + "\"]", "2026-11-20"));
        var statistics = stats.json().at("/data/list/0/statistics");
        assertThat(statistics.at("/0/pixel_event_type").asText()).isEqualTo("SHOPPING");
        assertThat(statistics.at("/0/server_event_total_count").asInt()).isEqualTo(1);
        assertThat(statistics.at("/1/custom_event_type").asText()).isEqualTo("mine");
        assertThat(sandbox.getAs("sbx_ok", stats("[\"" + CODE + "\"]", "2026-11-20"))
                        .tiktokCode())
                .isEqualTo(40002);
        assertThat(sandbox.getAs("sbx_ok", stats("[\"" + id + "\"]", "2026-10-01"))
                        .tiktokCode())
                .isEqualTo(40002);
        assertThat(sandbox.getAs("sbx_sendonly", list).tiktokCode()).isEqualTo(40001);
    }

    @Test
    void anOAuthTokenSeesItsAdvertisersWithTheCredentialsOfItsApp() throws Exception {
        String path = "/open_api/v1.3/oauth2/advertiser/get/?app_id=7200000000000000001&secret=";
        var list = sandbox.getAs("sbx_ok", path + "s3cret").json().at("/data/list");
        assertThat(list.at("/0/advertiser_id").asText()).matches("[0-9]{19}");
        assertThat(list.at("/0/advertiser_id").isTextual()).isTrue();
        assertThat(sandbox.getAs("sbx_ok", path).tiktokCode()).isEqualTo(40002);
        assertThat(sandbox.getAs("sbx_ok", path + "wrong").tiktokCode()).isEqualTo(40002);
        assertThat(sandbox.getAs("sbx_expired", path + "s3cret").tiktokCode()).isEqualTo(40105);
        assertThat(sandbox.getAs("sbx_sendonly", path + "s3cret").tiktokCode()).isEqualTo(40001);
    }

    private static String stats(String ids, String start) {
        String range = "{\"start_date\":\"" + start + "\",\"end_date\":\"2026-11-20\"}";
        return "/open_api/v1.3/pixel/event/stats/?advertiser_id=1&pixel_ids="
                + URLEncoder.encode(ids, StandardCharsets.UTF_8) + "&date_range="
                + URLEncoder.encode(range, StandardCharsets.UTF_8);
    }
}
