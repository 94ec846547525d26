package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Blocked;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.Misconfigured;
import dev.varve.destination.AttemptOutcome.Rejected;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.Throttled.Scope;
import dev.varve.destination.AttemptOutcome.TooLarge;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.AttemptOutcome.Unauthorized.Cause;
import dev.varve.destination.AttemptOutcome.Unavailable;
import java.time.Duration;
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

    @ParameterizedTest
    @CsvSource({
        "4,0,TOKEN",
        "4,1504022,TOKEN",
        "4,1504039,TOKEN",
        "17,2446079,TOKEN",
        "32,0,TOKEN",
        "341,0,TOKEN",
        "613,0,TOKEN",
        "613,1996,TOKEN",
        "613,5044001,TOKEN",
        "613,1487742,DESTINATION",
        "80000,0,DESTINATION",
        "80001,0,DESTINATION",
        "80003,0,DESTINATION",
        "80004,0,DESTINATION",
        "80014,0,DESTINATION"
    })
    void aThrottleSaysWhatSharesItsLimit(int code, int subcode, Scope scope) {
        assertThat(read(400, error(code, subcode)))
                .isInstanceOfSatisfying(Throttled.class, throttled -> assertThat(throttled.scope())
                        .isEqualTo(scope));
    }

    @Test
    void aPolicyBlockPausesForAnHour() {
        assertThat(read(400, error(368, 1390008)))
                .isInstanceOfSatisfying(
                        Blocked.class, blocked -> assertThat(blocked.pause()).isEqualTo(Duration.ofHours(1)));
    }

    @Test
    void anUnknownErrorIsSuspectedToBeAnEventsAfterFiveTries() {
        assertThat(read(400, error(1, 0)))
                .isInstanceOfSatisfying(Unavailable.class, outcome -> assertThat(outcome.maxTries())
                        .isEqualTo(5));
        assertThat(read(400, error(2, 0)))
                .isInstanceOfSatisfying(Unavailable.class, outcome -> assertThat(outcome.maxTries())
                        .isZero());
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
    @CsvSource({"190,0", "190,458", "190,459", "190,460", "190,463", "190,464", "190,467", "190,492", "102,0"})
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
        "2804001,platform_rejected",
        "2804007,platform_rejected",
        "2804017,platform_rejected",
        "2804019,platform_rejected",
        "2804024,platform_rejected",
        "2804048,platform_rejected",
        "2804065,platform_rejected",
        "2804069,platform_rejected",
        "2804072,platform_rejected",
        "2804079,platform_rejected",
        "2804087,platform_rejected",
        "2804116,platform_rejected",
        "2804131,platform_rejected",
        "2804132,platform_rejected"
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
                        Rejected.class, rejected -> assertThat(rejected.tries()).isEqualTo(3));
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
    void aShortCountIsDeliveredWithTheCountAsGiven() {
        assertThat(read(200, "{'events_received':0}"))
                .isInstanceOfSatisfying(Delivered.class, delivered -> assertThat(delivered.acknowledged())
                        .isZero());
        for (String count : new String[] {"-1", "99999999999", "'2'", "2.5", "null"}) {
            assertThat(read(200, "{'events_received':" + count + "}")).isInstanceOf(Unavailable.class);
        }
    }

    @Test
    void warningsBesideASuccessAreKeptWithoutTheirAddresses() {
        assertThat(read(
                                200,
                                "{'events_received':1,'messages':['no event_id, see https://e.example/x?access_token=1','b']}")
                        .answer())
                .satisfies(answer -> {
                    assertThat(answer.message()).isEqualTo("no event_id, see [address] b");
                    assertThat(answer.excerpt()).isNull();
                });
    }

    @Test
    void aRefusalKeepsTheBeginningOfItsBodyWithoutSecretsAndPersonalData() {
        String body =
                "{'error':{'code':100,'message':'bad ada\\u0040example.com https:\\/\\/graph.example\\/x?access_token=abc',"
                        + "'fbtrace_id':'t'},'token':'EAABsbCS1iHgBAKZ','paging':{'next':'https://x/?access_token=EAABsb'}}";

        assertThat(read(400, body).answer().excerpt())
                .contains("\"code\":100", "\"fbtrace_id\":\"t\"")
                .doesNotContain("EAAB", "access_token=abc", "ada", "?access");
        assertThat(read(502, "<html>" + "word ".repeat(5000)).answer().excerpt())
                .startsWith("<html>")
                .hasSize(4096);
        assertThat(read(503, "").answer().excerpt()).isNull();
    }

    @Test
    void aLocalisedTextChangesNothing() {
        assertThat(read(400, "{'error':{'message':'Ogiltig parameter','code':100,'error_subcode':2804009}}"))
                .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                        .isEqualTo("missing_value"));
    }

    private AttemptOutcome read(int status, String body) {
        return reader.read(answer(status, body));
    }

    private static String error(int code, int subcode) {
        return "{'error':{'message':'m','code':" + code + ",'error_subcode':" + subcode + ",'fbtrace_id':'t'}}";
    }
}
