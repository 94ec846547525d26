package dev.varve.connectors.tiktok;

import static dev.varve.connectors.Samples.answer;
import static dev.varve.connectors.Samples.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.Misconfigured;
import dev.varve.destination.AttemptOutcome.PartlyRejected;
import dev.varve.destination.AttemptOutcome.PartlyStored;
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

class TikTokAnswerReaderTest {
    private final TikTokAnswerReader reader = new TikTokAnswerReader(() -> 0.5);

    @ParameterizedTest
    @ValueSource(ints = {0, 40050})
    void zeroAndARepeatAreDelivered(int code) {
        assertThat(read(200, code, "OK")).isInstanceOfSatisfying(Delivered.class, delivered -> {
            assertThat(delivered.acknowledged()).isEqualTo(5);
            assertThat(delivered.answer().traceId()).isEqualTo("R1");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {40100, 40016, 40132, 40133, 61000})
    void throttleCodesThrottleWhateverTheStatus(int code) {
        assertThat(read(401, code, "m")).isInstanceOf(Throttled.class);
        assertThat(read(200, code, "m")).isInstanceOf(Throttled.class);
    }

    @Test
    void tooFrequentIsAThrottleToo() {
        assertThat(read(200, 40000, "Requests are too frequent")).isInstanceOf(Throttled.class);
    }

    @ParameterizedTest
    @CsvSource({"40100,TOKEN", "61000,TOKEN", "40133,TOKEN", "40132,DESTINATION", "40016,DESTINATION"})
    void aThrottleHoldsForWhoeverSharesTheLimit(int code, Throttled.Scope scope) {
        assertThat(throttle(code, "m").scope()).isEqualTo(scope);
    }

    @ParameterizedTest
    @CsvSource({
        "QPS limit exceeded,PT1.5S",
        "Too many requests per second,PT1.5S",
        "over the QPM limit,PT5M",
        "Too many requests per minute,PT5M",
        "QPD limit reached,PT11H25M",
        "daily quota exceeded,PT11H25M"
    })
    void theKindOfLimitGivesThePause(String text, Duration pause) {
        assertThat(throttle(40100, text).pause()).contains(pause);
    }

    @Test
    void withoutAHintTheLadderDecides() {
        assertThat(throttle(40100, "Requests made too frequently").pause()).isEmpty();
    }

    @Test
    void retryAfterIsHonouredShouldItEverAppear() {
        AttemptOutcome outcome =
                reader.read(answer(401, envelope(40100, "QPD limit"), Map.of("retry-after", List.of("7"))), 5);

        assertThat(outcome).isInstanceOfSatisfying(Throttled.class, throttled -> assertThat(throttled.pause())
                .contains(Duration.ofSeconds(7)));
    }

    @Test
    void onlyThrottlesAreReadForLimits() {
        assertThat(read(200, 40002, "Batch.1.event: 5 per day")).isInstanceOf(PartlyRejected.class);
    }

    @Test
    void aRefusalKeepsTheBeginningOfItsBodyAndASuccessDoesNot() {
        assertThat(read(200, 40002, "data[1].event: missing").answer().excerpt())
                .isEqualTo(json(envelope(40002, "data[1].event: missing")).toString());
        assertThat(read(200, 0, "OK").answer().excerpt()).isNull();
        assertThat(read(200, 40050, "OK").answer().excerpt()).isNull();
        assertThat(reader.read(answer(502, "<html>bad gateway</html>"), 5)
                        .answer()
                        .excerpt())
                .isEqualTo("<html>bad gateway</html>");
    }

    @ParameterizedTest
    @ValueSource(ints = {40102, 40104, 40105, 40106, 40114})
    void tokenCodesAreAboutTheToken(int code) {
        assertThat(read(200, code, "m"))
                .isInstanceOfSatisfying(Unauthorized.class, outcome -> assertThat(outcome.cause())
                        .isEqualTo(Cause.TOKEN));
    }

    @ParameterizedTest
    @ValueSource(ints = {40001, 40117, 40118, 40119, 40124, 40125, 40130, 40131})
    void permissionCodesAreAboutPermission(int code) {
        assertThat(read(200, code, "m"))
                .isInstanceOfSatisfying(Unauthorized.class, outcome -> assertThat(outcome.cause())
                        .isEqualTo(Cause.PERMISSION));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Batch.3.properties.contents.0.content_id: Not a valid string", "data[3].event: missing"})
    void aNamedItemAloneIsGuilty(String text) {
        assertThat(read(200, 40002, text))
                .isInstanceOfSatisfying(PartlyRejected.class, outcome -> assertThat(outcome.guilty())
                        .isEqualTo(Map.of(3, "platform_rejected")));
    }

    @ParameterizedTest
    @CsvSource({
        "40002,Batch.1.event_time: too old,too_old",
        "40000,Batch.1.timestamp: invalid,too_old",
        "40002,Batch.1.page.url: required,missing_page_url",
        "40062,Batch.1.user.email: not hashed,unhashed_pii"
    })
    void theNamedFieldGivesTheReason(int code, String text, String reason) {
        assertThat(read(200, code, text))
                .isInstanceOfSatisfying(PartlyRejected.class, outcome -> assertThat(outcome.guilty())
                        .isEqualTo(Map.of(1, reason)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Invalid value for event_id: not a valid string", "Batch.9.event: missing"})
    void withoutAUsableIndexTheBatchIsSplit(String text) {
        assertThat(read(200, 40002, text)).isInstanceOf(Rejected.class);
        assertThat(read(200, 40000, text)).isInstanceOf(Rejected.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {40011, 40061})
    void sizeCodesAskForLess(int code) {
        assertThat(read(200, code, "m")).isInstanceOf(TooLarge.class);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                40003, 40006, 40007, 40008, 40009, 40010, 40014, 40051, 40063, 40101, 40108, 40110, 40113, 40115, 40116,
                40300, 40301, 40302, 41000
            })
    void setUpCodesWaitForSomebody(int code) {
        assertThat(read(200, code, "m")).isInstanceOf(Misconfigured.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {40200, 40201, 40202, 50000, 50002, 51010, 51012, 52000, 53999, 60001})
    void transientCodesAreTriedAgain(int code) {
        assertThat(read(200, code, "m"))
                .isInstanceOfSatisfying(Unavailable.class, outcome -> assertThat(outcome.fateUnknown())
                        .isFalse());
    }

    @Test
    void partialSuccessIsNeitherAFailureNorADelivery() {
        assertThat(read(200, 20001, "m")).isInstanceOf(PartlyStored.class);
    }

    @ParameterizedTest
    @CsvSource({"40700,5", "42900,3", "12345,3", "40000,1", "40002,1", "40062,1"})
    void aSingleEventIsTriedAsOftenAsItsCodeIsWorth(int code, int tries) {
        assertThat(read(400, code, "m")).isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.tries())
                .isEqualTo(tries));
    }

    @Test
    void withoutAnEnvelopeTheStatusDecides() {
        assertThat(reader.read(answer(200, "<html>"), 5))
                .isInstanceOfSatisfying(Unavailable.class, outcome -> assertThat(outcome.fateUnknown())
                        .isTrue());
        assertThat(reader.read(answer(404, "<html>"), 5)).isInstanceOf(Misconfigured.class);
        assertThat(reader.read(answer(302, ""), 5)).isInstanceOf(Misconfigured.class);
        assertThat(reader.read(answer(429, ""), 5)).isInstanceOf(Throttled.class);
        assertThat(reader.read(answer(413, ""), 5)).isInstanceOf(TooLarge.class);
        assertThat(reader.read(answer(502, "<html>"), 5)).isInstanceOf(Unavailable.class);
        assertThat(reader.read(answer(401, ""), 5)).isInstanceOf(Unauthorized.class);
        assertThat(reader.read(answer(400, ""), 5)).isInstanceOf(Rejected.class);
    }

    @Test
    void theProbeReadsWhatTheCodesProve() {
        assertThat(probe(0))
                .isInstanceOfSatisfying(ProbeResult.Accepted.class, accepted -> assertThat(accepted.conclusive())
                        .isTrue());
        assertThat(probe(40002))
                .isInstanceOfSatisfying(ProbeResult.Accepted.class, accepted -> assertThat(accepted.conclusive())
                        .isFalse());
        assertThat(probe(40001)).isInstanceOf(ProbeResult.PixelRefused.class);
        assertThat(probe(40105)).isInstanceOf(ProbeResult.TokenRefused.class);
        assertThat(probe(40100)).isInstanceOf(ProbeResult.Unknown.class);
        assertThat(probe(50000)).isInstanceOf(ProbeResult.Unknown.class);
    }

    @Test
    void aComplaintAboutTheSourceAloneProvesNothing() {
        assertThat(reader.readProbe(answer(200, envelope(40002, "event_source_id: Not a valid string"))))
                .isInstanceOf(ProbeResult.Unknown.class);
    }

    private Throttled throttle(int code, String text) {
        if (read(401, code, text) instanceof Throttled throttled) {
            return throttled;
        }
        throw new AssertionError("not a throttle: " + code);
    }

    private ProbeResult probe(int code) {
        return reader.readProbe(answer(200, envelope(code, "data: empty")));
    }

    private AttemptOutcome read(int status, int code, String text) {
        return reader.read(answer(status, envelope(code, text)), 5);
    }

    private static String envelope(int code, String text) {
        return "{'code':" + code + ",'message':'" + text + "','request_id':'R1','data':{}}";
    }
}
