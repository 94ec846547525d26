package dev.varve.connectors.tiktok;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.varve.connectors.PlatformAnswer;
import dev.varve.connectors.Samples;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.PartlyRejected;
import dev.varve.destination.AttemptOutcome.Rejected;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/// Whatever TikTok answers, it is read, and read alike under every HTTP status.
class TikTokAnswerProperties {
    private final TikTokAnswerReader reader = new TikTokAnswerReader(() -> 0.5);

    @Property(tries = 1000)
    void theCodeDecidesWhateverTheStatus(
            @ForAll("codes") int code, @ForAll("texts") String text, @ForAll("statuses") int status) {
        AttemptOutcome outcome = reader.read(answer(status, envelope(code, text)), 5);
        AttemptOutcome usual = reader.read(answer(200, envelope(code, text)), 5);

        assertThat(outcome).hasSameClassAs(usual);
        assertThat(outcome.answer().platformCode()).isEqualTo(code);
        assertThat(outcome.answer().httpStatus()).isEqualTo(status);
    }

    @Property(tries = 1000)
    void onlyZeroAndARepeatAreDelivered(@ForAll int code, @ForAll("texts") String text) {
        AttemptOutcome outcome = reader.read(answer(200, envelope(code, text)), 5);

        assertThat(outcome instanceof Delivered).isEqualTo(code == 0 || code == 40050);
        assertThat(outcome.answer().excerpt() == null).isEqualTo(outcome instanceof Delivered);
    }

    @Property(tries = 500)
    void aGuiltyItemIsAlwaysOneThatWasSent(
            @ForAll @IntRange(max = 2_000_000) int index, @ForAll @IntRange(min = 1, max = 1000) int sent) {
        AttemptOutcome outcome = reader.read(answer(200, envelope(40002, "data[" + index + "].event: bad")), sent);

        if (index < sent) {
            assertThat(outcome).isInstanceOfSatisfying(PartlyRejected.class, partly -> assertThat(partly.guilty())
                    .containsOnlyKeys(index));
        } else {
            assertThat(outcome).isInstanceOf(Rejected.class);
        }
    }

    @Property(tries = 500)
    void anyBodyIsRead(@ForAll byte[] body, @ForAll("statuses") int status) {
        assertThat(reader.read(answer(status, body), 5).answer().httpStatus()).isEqualTo(status);
        assertThat(reader.readProbe(answer(status, body)).answer().httpStatus()).isEqualTo(status);
    }

    @Provide
    Arbitrary<Integer> codes() {
        return Arbitraries.of(
                0, 20001, 40000, 40001, 40002, 40003, 40011, 40050, 40062, 40063, 40100, 40105, 40118, 40132, 40200,
                40700, 41000, 50000, 51010, 60001, 61000, 42900, 50001, 99999);
    }

    @Provide
    Arbitrary<Integer> statuses() {
        return Arbitraries.of(200, 201, 302, 400, 401, 403, 404, 413, 429, 500, 503);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> words = Arbitraries.of(
                "Batch.1.event: missing",
                "data[3].page.url",
                "too frequent",
                "per day",
                "event_time",
                "Batch.99999999999",
                "data",
                "QPS");
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(50), words.list().ofMaxSize(4).map(list -> String.join(" ", list)));
    }

    private static byte[] envelope(int code, String text) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("code", code)
                .put("message", text)
                .put("request_id", "R1")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static PlatformAnswer answer(int status, byte[] body) {
        return new PlatformAnswer(Samples.NOW, Duration.ofMillis(5), status, Map.of(), body, true);
    }
}
