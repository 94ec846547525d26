package dev.varve.sandbox;

import static dev.varve.sandbox.SandboxClient.HASH;
import static dev.varve.sandbox.SandboxClient.NOW;
import static dev.varve.sandbox.SandboxClient.PIXEL;
import static dev.varve.sandbox.SandboxClient.metaEvent;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetaRulesTest {
    private final SandboxClient sandbox = SandboxClient.frozen();

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Test
    void acknowledgesEveryEventOfAGoodRequest() throws Exception {
        var answer = sandbox.metaEvents(metaEvent("a"), metaEvent("b"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("events_received").asInt()).isEqualTo(2);
        assertThat(answer.json().path("messages")).isEmpty();
        assertThat(answer.json().path("fbtrace_id").asText()).hasSize(22);
        assertThat(sandbox.storedEvents()).hasSize(2);
    }

    @Test
    void warnsWhenAnEventHasNoId() throws Exception {
        var answer = sandbox.metaEvents(metaEvent("a").replace("\"event_id\":\"a\",", ""));
        assertThat(answer.json().path("messages")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "sbx_expired,401,190,463",
        "sbx_revoked,401,190,458",
        "something,401,190,0",
        "sbx_noperm_x,403,200,0",
        "sbx_sendonly,200,0,0",
        "sbx_ok_1,200,0,0"
    })
    void decidesByThePrefixOfTheToken(String token, int status, int code, int subcode) throws Exception {
        var answer = sandbox.meta(token, "{\"data\":[" + metaEvent("a") + "]}");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.metaCode()).isEqualTo(code);
        assertThat(answer.subcode()).isEqualTo(subcode);
    }

    @Test
    void takesTheTokenFromQueryOrBody() throws Exception {
        String body = "{\"access_token\":\"sbx_ok\",\"data\":[" + metaEvent("a") + "]}";
        assertThat(sandbox.post("/v26.0/1/events", body).status()).isEqualTo(200);
        String bare = "{\"data\":[" + metaEvent("a") + "]}";
        assertThat(sandbox.post("/v26.0/1/events?access_token=sbx_ok", bare).status())
                .isEqualTo(200);
        assertThat(sandbox.post("/v26.0/1/events", bare).metaCode()).isEqualTo(190);
    }

    @Test
    void takesAFormWithDataAsText() throws Exception {
        String form =
                "access_token=sbx_ok&data=" + URLEncoder.encode("[" + metaEvent("a") + "]", StandardCharsets.UTF_8);
        var request = sandbox.request("/v26.0/1/events")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build();
        assertThat(sandbox.send(request).json().path("events_received").asInt()).isEqualTo(1);
    }

    @Test
    void unpacksGzipAndRefusesWhatIsNot() throws Exception {
        byte[] packed = SandboxClient.gzip("{\"data\":[" + metaEvent("a") + "]}");
        var request = sandbox.request("/v26.0/1/events?access_token=sbx_ok")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(packed));
        assertThat(sandbox.send(request.build()).status()).isEqualTo(200);
        var broken =
                sandbox.send(request.POST(BodyPublishers.ofString("no gzip")).build());
        assertThat(broken.metaCode()).isEqualTo(2500);
    }

    @Test
    void refusesAGzipBombWithoutUnpackingIt() throws Exception {
        byte[] bomb = SandboxClient.gzip(" ".repeat(20 << 20));
        var answer = sandbox.send(sandbox.request("/v26.0/1/events?access_token=sbx_ok")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(bomb))
                .build());
        assertThat(answer.status()).isEqualTo(413);
        assertThat(sandbox.metaEvents(metaEvent("a")).status()).isEqualTo(200);
    }

    @Test
    void unknownObjectComesBeforeTheBody() throws Exception {
        var answer = sandbox.post("/v26.0/unknown1/events?access_token=sbx_ok", "{");
        assertThat(answer.metaCode()).isEqualTo(100);
        assertThat(answer.subcode()).isEqualTo(33);
    }

    @Test
    void unparseableEmptyAndTooManyAreRefused() throws Exception {
        assertThat(sandbox.meta("sbx_ok", "{\"data\":[").metaCode()).isEqualTo(2500);
        assertThat(sandbox.meta("sbx_ok", "[".repeat(100_000)).metaCode()).isEqualTo(2500);
        assertThat(sandbox.meta("sbx_ok", "{}").metaCode()).isEqualTo(100);
        assertThat(sandbox.metaEvents().metaCode()).isEqualTo(100);
        String many = String.join(",", Collections.nCopies(1_001, metaEvent("a")));
        assertThat(sandbox.metaEvents(many).metaCode()).isEqualTo(100);
        assertThat(sandbox.storedEvents()).isEmpty();
    }

    @Test
    void oneBadEventRefusesTheWholeRequest() throws Exception {
        var answer = sandbox.metaEvents(metaEvent("a"), metaEvent("Purchase", "b", ""));
        assertThat(answer.subcode()).isEqualTo(2804009);
        assertThat(sandbox.storedEvents()).isEmpty();
    }

    @Test
    void theFirstFailureInTheOrderOfChecksDecides() throws Exception {
        String old = metaEvent("Purchase", "a", ",\"custom_data\":{\"contents\":[{}]}")
                .replace(
                        "" + NOW.getEpochSecond(),
                        "" + NOW.minus(Duration.ofDays(8)).getEpochSecond());
        assertThat(sandbox.metaEvents(old).subcode()).isEqualTo(2804003);
        sandbox.switches("{\"meta\":{\"ageCheckFirst\":false}}");
        assertThat(sandbox.metaEvents(old).subcode()).isEqualTo(2804009);
    }

    @Test
    void unknownEventKeyIsNamedWithItsIndex() throws Exception {
        var answer = sandbox.metaEvents(metaEvent("a"), metaEvent("AddToCart", "b", ",\"foo\":1"));
        assertThat(answer.metaCode()).isEqualTo(100);
        assertThat(answer.json().path("error").path("message").asText()).contains("\"foo\"", "$['data'][1]");
    }

    @Test
    void otherRefusalsNameTheIndexOnlyWhenSwitchedOn() throws Exception {
        String bad = metaEvent("Purchase", "b", "");
        assertThat(sandbox.metaEvents(metaEvent("a"), bad).text()).doesNotContain("data'][1]");
        sandbox.switches("{\"meta\":{\"indexHint\":true}}");
        assertThat(sandbox.metaEvents(metaEvent("a"), bad).text()).contains("$['data'][1]", "blame_field_specs");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2804016|'\"em\":[\"joe@example.com\"]'|''",
                "2804050|'\"ct\":\"" + HASH + "\",\"client_user_agent\":\"x\"'|''",
                "2804050|'\"fn\":\"" + HASH + "\",\"ge\":\"" + HASH + "\"'|''",
                "2804050|''|''",
                "2804036|'\"fbp\":\"fb.1.1.1\",\"lead_id\":123'|''",
                "2804023|'\"fbp\":\"fb.1.1.1\"'|'\"value\":1'",
                "2804008|'\"fbp\":\"fb.1.1.1\"'|'\"contents\":[{\"quantity\":1}]'",
                "0|'\"fbp\":\"fb.1.1.1\"'|'\"value\":1,\"currency\":\"sek\",\"mine\":true'",
                "0|'\"em\":\"" + HASH + ".AQABAgEA\"'|''"
            })
    void checksUserAndCustomData(int subcode, String user, String custom) throws Exception {
        String event = metaEvent("AddToCart", "a", ",\"custom_data\":{" + custom + "}")
                .replace("\"em\":[\"" + HASH + "\"]", user);
        assertThat(sandbox.metaEvents(event).subcode()).isEqualTo(subcode);
    }

    @Test
    void futureEventsAndIncompleteLimitedDataUseAreRefused() throws Exception {
        String future = metaEvent("a").replace("" + NOW.getEpochSecond(), "" + (NOW.getEpochSecond() + 61));
        assertThat(sandbox.metaEvents(future).subcode()).isEqualTo(2804004);
        String ldu = metaEvent("AddToCart", "a", ",\"data_processing_options\":[\"LDU\"]");
        assertThat(sandbox.metaEvents(ldu).subcode()).isEqualTo(2804030);
    }

    @Test
    void appEventsNeedSixteenSlotsAndTheSystemVersion() throws Exception {
        String slots = "\"i2\",\"com.x\",\"1\",\"1\",\"%s\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"";
        String app = metaEvent(
                        "AddToCart",
                        "a",
                        ",\"app_data\":{\"advertiser_tracking_enabled\":0,\"application_tracking_enabled\":1,"
                                + "\"extinfo\":[" + slots + "]}")
                .replace("website", "app");
        assertThat(sandbox.metaEvents(app.formatted("18.5")).status()).isEqualTo(200);
        assertThat(sandbox.metaEvents(app.formatted("")).subcode()).isEqualTo(2804043);
        assertThat(sandbox.metaEvents(metaEvent("a").replace("website", "app")).metaCode())
                .isEqualTo(100);
    }

    @Test
    void olderVersionsAreServedUnlessStrict() throws Exception {
        String body = "{\"data\":[" + metaEvent("a") + "]}";
        assertThat(sandbox.post("/v20.0/1/events?access_token=sbx_ok", body).status())
                .isEqualTo(200);
        sandbox.switches("{\"meta\":{\"strictVersion\":true}}");
        assertThat(sandbox.post("/v20.0/1/events?access_token=sbx_ok", body).metaCode())
                .isEqualTo(2635);
    }

    @Test
    void everyThirdRequestOfAThrottledTokenCarriesTheUsageHeader() throws Exception {
        String body = "{\"data\":[" + metaEvent("a") + "]}";
        assertThat(sandbox.meta("sbx_throttle", body).status()).isEqualTo(200);
        assertThat(sandbox.meta("sbx_throttle", body).status()).isEqualTo(200);
        var third = sandbox.meta("sbx_throttle", body);
        assertThat(third.metaCode()).isEqualTo(80004);
        assertThat(third.raw().headers().firstValue("X-Business-Use-Case-Usage"))
                .hasValueSatisfying(
                        usage -> assertThat(usage).contains("\"estimated_time_to_regain_access\":2", PIXEL));
    }

    @Test
    void blipsTwicePerMinute() throws Exception {
        String body = "{\"data\":[" + metaEvent("a") + "]}";
        assertThat(sandbox.meta("sbx_blip", body).status()).isEqualTo(403);
        assertThat(sandbox.meta("sbx_blip", body).status()).isEqualTo(403);
        assertThat(sandbox.meta("sbx_blip", body).status()).isEqualTo(200);
        sandbox.advance(Duration.ofMinutes(1));
        assertThat(sandbox.meta("sbx_blip", body).status()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({"reject,400,100", "throttle,400,80004", "server_error,500,2"})
    void magicPropertyFailsItsRequest(String outcome, int status, int code) throws Exception {
        String event = metaEvent("AddToCart", "a", ",\"custom_data\":{\"sandbox_outcome\":\"" + outcome + "\"}");
        var answer = sandbox.metaEvents(event);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.metaCode()).isEqualTo(code);
        assertThat(sandbox.storedEvents()).isEmpty();
    }

    @Test
    void reportsHourlyStatisticsInPagesWhoseNextLinkHoldsTheToken() throws Exception {
        for (int hour = 0; hour < 3; hour++) {
            sandbox.advance(Duration.ofHours(1));
            sandbox.metaEvents(metaEvent("id" + hour));
        }
        String path = "/v26.0/" + PIXEL + "/stats?aggregation=event&event_source=SERVER_ONLY&start_time="
                + NOW.getEpochSecond();
        var first = sandbox.getAs("sbx_ok_stats", path).json();
        assertThat(first.path("data")).hasSize(2);
        assertThat(first.at("/data/0/data/0/count").asInt()).isEqualTo(1);
        assertThat(first.at("/paging/next").asText()).contains("access_token=sbx_ok_stats");
        String after = first.at("/paging/cursors/after").asText();
        var second = sandbox.getAs("sbx_ok_stats", path + "&after=" + after).json();
        assertThat(second.path("data")).hasSize(1);
        assertThat(second.at("/paging/next").isMissingNode()).isTrue();
        assertThat(sandbox.getAs("sbx_sendonly", path).subcode()).isEqualTo(33);
        assertThat(sandbox.getAs("sbx_ok", path.replaceAll("start_time=.*", "start_time=1000"))
                        .metaCode())
                .isEqualTo(100);
    }

    @Test
    void readsObjectsAndDebugsTokens() throws Exception {
        assertThat(sandbox.getAs("sbx_ok", "/v26.0/1?fields=id")
                        .json()
                        .path("is_consolidated_container")
                        .asBoolean())
                .isTrue();
        assertThat(sandbox.getAs("sbx_sendonly", "/v26.0/1").subcode()).isEqualTo(33);
        String debug = "/v26.0/debug_token?access_token=12%7Csecret&input_token=";
        assertThat(sandbox.get(debug + "sbx_ok").json().at("/data/is_valid").asBoolean())
                .isTrue();
        assertThat(sandbox.get(debug + "sbx_expired")
                        .json()
                        .at("/data/is_valid")
                        .asBoolean())
                .isFalse();
        assertThat(sandbox.get("/v26.0/debug_token?access_token=x&input_token=sbx_ok")
                        .metaCode())
                .isEqualTo(190);
        assertThat(sandbox.get("/v26.0/me/adaccounts").status()).isEqualTo(404);
    }
}
