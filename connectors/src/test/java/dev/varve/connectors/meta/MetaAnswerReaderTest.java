package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.Misconfigured;
import dev.varve.destination.AttemptOutcome.Rejected;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.TooLarge;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.AttemptOutcome.Unauthorized.Cause;
import dev.varve.destination.AttemptOutcome.Unavailable;
import dev.varve.destination.ProbeResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetaAnswerReaderTest {
    private final MetaAnswerReader reader = new MetaAnswerReader();

    @Test
    void successCarriesTheCountAndTheTrace() {
        assertThat(read(200, "{'events_received':2,'messages':[],'fbtrace_id':'AbC'}"))
                .isInstanceOfSatisfying(Delivered.class, delivered -> {
                    assertThat(delivered.acknowledged()).isEqualTo(2);
                    assertThat(delivered.answer().traceId()).isEqualTo("AbC");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "<html>", "{'events_received':", "", "[1]"})
    void anUnreadableSuccessHasAnUnknownFate(String body) {
        assertThat(read(200, body))
                .isInstanceOfSatisfying(Unavailable.class, outcome -> assertThat(outcome.fateUnknown())
                        .isTrue());
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 17, 32, 341, 613, 80000, 80001, 80003, 80004, 80014})
    void throttleCodesThrottleWhateverTheStatus(int code) {
        for (int status : new int[] {400, 403, 429, 500}) {
            assertThat(read(status, error(code, 0))).isInstanceOf(Throttled.class);
        }
    }

    @Test
    void theThrottleEndsWhenTheUsageHeaderSaysSo() {
        var headers = Map.of(
                "x-business-use-case-usage",
                List.of("{\"1\":[{\"estimated_time_to_regain_access\":2},{\"estimated_time_to_regain_access\":7}]}"),
                "retry-after",
                List.of("3"));
        assertThat(reader.read(answer(400, error(80004, 0), headers)))
                .isInstanceOfSatisfying(Throttled.class, throttled -> assertThat(throttled.pause())
                        .contains(Duration.ofMinutes(7)));
        assertThat(reader.read(answer(
                        429,
                        error(4, 0),
                        Map.of("x-business-use-case-usage", List.of("{broken"), "retry-after", List.of("3")))))
                .isInstanceOfSatisfying(Throttled.class, throttled -> assertThat(throttled.pause())
                        .contains(Duration.ofSeconds(3)));
    }

    @Test
    void aPolicyBlockPausesForAnHour() {
        assertThat(read(400, error(368, 1390008)))
                .isInstanceOfSatisfying(Throttled.class, throttled -> assertThat(throttled.pause())
                        .contains(Duration.ofHours(1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5000, 21009})
    void transientCodesAreTriedAgain(int code) {
        assertThat(read(400, error(code, 0)))
                .isInstanceOfSatisfying(Unavailable.class, outcome -> assertThat(outcome.fateUnknown())
                        .isFalse());
    }

    @Test
    void theTransientMarkMakesAnyOtherCodeTransient() {
        assertThat(read(400, "{'error':{'code':100,'error_subcode':2804003,'is_transient':true}}"))
                .isInstanceOf(Unavailable.class);
    }

    @ParameterizedTest
    @CsvSource({"190,0", "190,458", "190,463", "190,467", "102,0"})
    void tokenCodesAreAboutTheToken(int code, int subcode) {
        assertThat(read(401, error(code, subcode)))
                .isInstanceOfSatisfying(Unauthorized.class, outcome -> assertThat(outcome.cause())
                        .isEqualTo(Cause.TOKEN));
    }

    @ParameterizedTest
    @CsvSource({"10,0", "3,0", "200,0", "270,0", "294,0", "299,0", "100,33"})
    void permissionCodesAreAboutPermission(int code, int subcode) {
        assertThat(read(403, error(code, subcode)))
                .isInstanceOfSatisfying(Unauthorized.class, outcome -> assertThat(outcome.cause())
                        .isEqualTo(Cause.PERMISSION));
    }

    @ParameterizedTest
    @ValueSource(ints = {2500, 803, 2635})
    void requestAndVersionCodesAreAboutTheSetUp(int code) {
        assertThat(read(400, error(code, 0))).isInstanceOf(Misconfigured.class);
    }

    @ParameterizedTest
    @CsvSource({
        "2804003,too_old",
        "2804004,future_time",
        "2804008,content_id_missing",
        "2804009,missing_value",
        "2804016,unhashed_pii",
        "2804023,missing_currency",
        "2804030,ldu_invalid",
        "2804036,lead_id_invalid",
        "2804043,os_version_missing",
        "2804050,no_identifiers",
        "2804019,platform_rejected",
        "2804001,platform_rejected"
    })
    void payloadSubcodesNameTheirReason(int subcode, String reason) {
        assertThat(read(400, error(100, subcode))).isInstanceOfSatisfying(Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo(reason);
            assertThat(rejected.tries()).isEqualTo(1);
            assertThat(rejected.answer().message()).startsWith("code 100/" + subcode);
        });
    }

    @Test
    void aCodeNobodyHasHeardOfIsWorthAFewTries() {
        assertThat(read(400, error(987654, 0)))
                .isInstanceOfSatisfying(
                        Rejected.class, rejected -> assertThat(rejected.tries()).isGreaterThan(1));
        assertThat(read(400, error(105, 0)))
                .isInstanceOfSatisfying(
                        Rejected.class, rejected -> assertThat(rejected.tries()).isEqualTo(1));
    }

    @Test
    void withoutAnEnvelopeTheStatusDecides() {
        assertThat(read(302, "")).isInstanceOf(Misconfigured.class);
        assertThat(read(400, "")).isInstanceOf(Rejected.class);
        assertThat(read(401, "<html>")).isInstanceOf(Unauthorized.class);
        assertThat(read(403, "<html>")).isInstanceOf(Unauthorized.class);
        assertThat(read(404, "<html>")).isInstanceOf(Misconfigured.class);
        assertThat(read(408, "")).isInstanceOf(Throttled.class);
        assertThat(read(429, "")).isInstanceOf(Throttled.class);
        assertThat(read(413, "")).isInstanceOf(TooLarge.class);
        assertThat(read(502, "<html>"))
                .isInstanceOfSatisfying(Unavailable.class, outcome -> assertThat(outcome.fateUnknown())
                        .isFalse());
    }

    @Test
    void textsAreCleanedOfTokensAddressesAndPersonalData() {
        String message =
                "Token EAABsbCS1iHgBAKZ bad, see https://graph.facebook.com/x?access_token=abc for ada@example.com "
                        + "x".repeat(500);

        assertThat(read(400, "{'error':{'code':190,'message':'" + message + "'}}")
                        .answer()
                        .message())
                .doesNotContain("EAAB", "https", "abc", "ada@")
                .hasSizeLessThanOrEqualTo(300);
    }

    @Test
    void theProbeReadsWhatTheCodesProve() {
        assertThat(reader.readProbe(answer(400, error(100, 2804003))))
                .isInstanceOfSatisfying(ProbeResult.Accepted.class, accepted -> assertThat(accepted.conclusive())
                        .isTrue());
        assertThat(reader.readProbe(answer(400, error(100, 2804050)))).isInstanceOf(ProbeResult.Accepted.class);
        assertThat(reader.readProbe(answer(200, "{'events_received':1}"))).isInstanceOf(ProbeResult.Accepted.class);
        assertThat(reader.readProbe(answer(401, error(190, 0)))).isInstanceOf(ProbeResult.TokenRefused.class);
        assertThat(reader.readProbe(answer(403, error(200, 0)))).isInstanceOf(ProbeResult.PixelRefused.class);
        assertThat(reader.readProbe(answer(400, error(100, 33)))).isInstanceOf(ProbeResult.PixelRefused.class);
        assertThat(reader.readProbe(answer(400, error(80004, 0)))).isInstanceOf(ProbeResult.Unknown.class);
        assertThat(reader.readProbe(answer(401, "<html>"))).isInstanceOf(ProbeResult.Unknown.class);
        assertThat(reader.readProbe(answer(503, ""))).isInstanceOf(ProbeResult.Unknown.class);
    }

    private AttemptOutcome read(int status, String body) {
        return reader.read(answer(status, body));
    }

    private static String error(int code, int subcode) {
        return "{'error':{'message':'m','code':" + code + ",'error_subcode':" + subcode + ",'fbtrace_id':'t'}}";
    }
}
