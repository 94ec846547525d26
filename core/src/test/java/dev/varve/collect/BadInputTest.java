package dev.varve.collect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.collect.CollectOutcome.Collected;
import dev.varve.collect.CollectOutcome.Invalid;
import dev.varve.collect.CollectOutcome.Rejection;
import dev.varve.collect.CollectOutcome.TooManyEvents;
import dev.varve.collect.CollectOutcome.Unauthenticated;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever comes in gets the documented answer, and the next request works.
class BadInputTest {
    private static final String GOOD = "{\"event\":\"ok\",\"timestamp\":\"2026-11-04T16:00:00Z\"}";

    private final CollectFixture fixture = new CollectFixture();

    @AfterEach
    void nextRequestWorks() {
        assertThat(fixture.sdk("{\"events\":[" + GOOD + "]}")).isInstanceOf(Collected.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{\"events\":[{\"event\":\"a\"",
                "{\"events\":[]}",
                "{\"events\":{}}",
                "{}",
                "\u0000",
                "{\"events\":[{}]} x",
                "{\"events\":[{\"event\":\"a\u0000\"}]}"
            })
    void unreadableBodiesAreInvalid(String body) {
        assertThat(fixture.sdk(body)).isInstanceOf(Invalid.class);
        assertThat(fixture.server(body)).isInstanceOf(Invalid.class);
    }

    @Test
    void aBodyIsUtf8WithOrWithoutItsMark() {
        String body = "{\"events\":[" + GOOD + "]}";
        for (String other : List.of("UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "UTF-32LE")) {
            assertThat(fixture.sdk("app_1", null, body.getBytes(Charset.forName(other))))
                    .as(other)
                    .isInstanceOf(Invalid.class);
        }
        assertThat(fixture.sdk("\ufeff" + body)).isInstanceOf(Collected.class);
    }

    @Test
    void hundredThousandLevelsOfNestingAreInvalid() {
        assertThat(fixture.sdk("{\"events\":[{\"x\":" + "[".repeat(100_000))).isInstanceOf(Invalid.class);
    }

    @Test
    void anEventOfThousandsOfLevelsDoesNotRefuseTheOthers() {
        String deep = "{\"event\":\"a\",\"timestamp\":\"2026-11-04T16:00:00Z\",\"properties\":{\"x\":"
                + "[".repeat(30_000) + "]".repeat(30_000) + "}}";
        assertThat(fixture.sdk("{\"events\":[" + deep + "," + GOOD + "]}"))
                .isInstanceOfSatisfying(Collected.class, collected -> {
                    assertThat(collected.accepted()).isEqualTo(1);
                    assertThat(collected.rejected()).singleElement().satisfies(rejection -> assertThat(
                                    rejection.message())
                            .contains("nesting"));
                });
    }

    @Test
    void deepNestingRejectsThatEventOnly() {
        String deep = "{\"event\":\"a\",\"timestamp\":\"2026-11-04T16:00:00Z\",\"properties\":{\"x\":" + "[".repeat(15)
                + "]".repeat(15) + "}}";
        String allowed = deep.replace("[".repeat(15), "[".repeat(14)).replace("]".repeat(15), "]".repeat(14));
        assertThat(rejections(deep)).singleElement().satisfies(rejection -> assertThat(rejection.message())
                .contains("nesting"));
        assertThat(rejections(allowed)).isEmpty();
    }

    @Test
    void largeEventRejectsThatEventOnly() {
        String large = "{\"event\":\"a\",\"event_id\":\"" + "x".repeat(9_000_000)
                + "\",\"timestamp\":\"2026-11-04T16:00:00Z\"}";
        assertThat(rejections(large))
                .singleElement()
                .extracting(Rejection::code)
                .isEqualTo("PAYLOAD_TOO_LARGE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "7",
                "{\"event\":\"\",\"timestamp\":\"2026-11-04T16:00:00Z\"}",
                "{\"event\":5,\"timestamp\":\"2026-11-04T16:00:00Z\"}",
                "{\"event\":\"a\"}",
                "{\"event\":\"a\",\"timestamp\":1793808168900}",
                "{\"event\":\"a\",\"timestamp\":\"yesterday\"}",
                "{\"event\":\"a\",\"timestamp\":\"2026-02-30T16:00:00Z\"}",
                "{\"event\":\"a\",\"timestamp\":\"2026-11-04T16:00:00Z\",\"properties\":[]}",
                "{\"event\":\"a\",\"timestamp\":\"2026-11-04T16:00:00Z\",\"app_id\":\"app_2\"}",
                "{\"event\":\"a\",\"timestamp\":\"2026-11-04T16:00:00Z\",\"event_id\":\"\"}",
                "{\"event\":\"a\",\"timestamp\":\"2026-11-04T16:00:00Z\",\"event_id\":7}"
            })
    void wrongTypesRejectThatEventOnly(String event) {
        assertThat(rejections(event)).singleElement().satisfies(rejection -> {
            assertThat(rejection.index()).isEqualTo(1);
            assertThat(rejection.code()).isEqualTo("VALIDATION");
            assertThat(rejection.message()).contains(": ");
        });
    }

    @Test
    void onlyRejectedEventsAreInvalidWithTheirReasons() {
        assertThat(fixture.sdk("{\"events\":[{}]}"))
                .isInstanceOfSatisfying(
                        Invalid.class, invalid -> assertThat(invalid.rejected()).hasSize(1));
    }

    @Test
    void tooManyEventsAreRefusedWhole() {
        String events = "0,".repeat(10_000) + "0";
        assertThat(fixture.sdk("{\"events\":[" + events + "]}")).isEqualTo(new TooManyEvents(10_000));
        assertThat(fixture.server("{\"events\":[" + events + "]}")).isEqualTo(new TooManyEvents(100));
    }

    @Test
    void unknownAppAndWrongKeyLookTheSame() {
        String body = "{\"events\":[" + GOOD + "]}";
        assertThat(fixture.sdk("app_9", null, body)).isEqualTo(new Unauthenticated());
        assertThat(fixture.sdk("app_1", "ak_wrong", body)).isEqualTo(new Unauthenticated());
        assertThat(fixture.sdk(null, null, body)).isEqualTo(new Unauthenticated());
        assertThat(fixture.sdk("app_1", "ak_right", body)).isInstanceOf(Collected.class);
        fixture.isKeyRequired = true;
        assertThat(fixture.sdk("app_1", null, body)).isEqualTo(new Unauthenticated());
        fixture.isKeyRequired = false;
    }

    @Test
    void nulAndUnpairedSurrogatesBecomeReplacementCharacters() {
        JsonNode document = fixture.sdkDocument("\"install_id\":\"i\\u0000\",\"locale\":\"\\ud800x\","
                + "\"properties\":{\"a\\u0000\":\"b\\udc00\\ud83d\\ude00\"}");
        assertThat(document.at("/properties/a\uFFFD").asText()).isEqualTo("b\uFFFD\uD83D\uDE00");
        assertThat(document.at("/context/locale").asText()).isEqualTo("\uFFFDx");
        assertThat(fixture.stored.getLast().sender().installId()).isEqualTo("i\uFFFD");
    }

    @Test
    void lastOfDuplicateKeysWins() {
        fixture.sdkDocument("\"event\":\"second\",\"properties\":{\"email\":\"a@b.co\"},\"properties\":{\"n\":1}");
        assertThat(fixture.stored.getLast().name()).isEqualTo("second");
        assertThat(fixture.lastDocument().at("/properties").toString()).isEqualTo("{\"n\":1}");
        assertThat(fixture.lastDocument().has("match")).isFalse();
    }

    @Test
    void numbersStayExact() {
        fixture.sdkDocument("\"properties\":{\"a\":9007199254740993,\"b\":1.10,\"c\":" + "9".repeat(5_000) + "}");
        assertThat(new String(fixture.stored.getLast().document(), StandardCharsets.UTF_8))
                .contains("\"a\":9007199254740993,\"b\":1.10,\"c\":\"" + "9".repeat(5_000) + "\"");
    }

    /// Of an event that comes between two good ones.
    private List<Rejection> rejections(String event) {
        CollectOutcome outcome = fixture.sdk("{\"events\":[" + GOOD + "," + event + "," + GOOD + "]}");
        assertThat(outcome).isInstanceOf(Collected.class);
        return ((Collected) outcome).rejected();
    }
}
