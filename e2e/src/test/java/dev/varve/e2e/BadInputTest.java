package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever is sent gets its documented answer, and the next request works.
class BadInputTest {
    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static Shop shop;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(BadInputTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        shop = Shop.open(varve, "Robust");
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @AfterEach
    void theNextRequestWorks() {
        String id = SdkEvents.ids("next", 1).getFirst();
        assertThat(shop.send(List.of(id)).status()).isEqualTo(202);
        assertThat(shop.event(id).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "nonsense",
                "[]",
                "null",
                "5",
                "{}",
                "{\"events\": 5}",
                "{\"events\": {}}",
                "{\"events\": []}",
                "{\"events\": [5]}",
                "{\"events\": [{\"event\": 5, \"timestamp\": \"2026-01-01T00:00:00Z\"}]}",
                "{\"events\": [{\"event\": \"\", \"timestamp\": \"2026-01-01T00:00:00Z\"}]}",
                "{\"events\": [{\"event\": \"x\"}]}",
                "{\"events\": [{\"event\": \"x\", \"timestamp\": \"yesterday\"}]}",
                "{\"events\": [{\"event\": \"x\", \"timestamp\": \"+999999999-01-01T00:00:00Z\"}]}",
                "{\"events\": [{\"event\": \"x\", \"timestamp\": \"2026-01-01T00:00:00Z\", \"properties\": []}]}",
                "{\"events\": [{\"event\": \"x\", \"timestamp\": \"2026-01-01T00:00:00Z\", \"event_id\": 7}]}",
                "{\"events\": [{\"event\": \"x\", \"timestamp\": \"2026-01-01T00:00:00Z\"}"
            })
    void unreadableOrWronglyTypedBodiesAreRefused(String body) {
        assertRefused(shop.sdk().post("/l/events", body), 400, "VALIDATION");
    }

    @Test
    void rawControlAndInvalidBytesAreRefused() {
        assertRefused(shop.sdk().post("/l/events", new byte[64]), 400, "VALIDATION");
        byte[] invalid = SdkEvents.purchases(SdkEvents.ids("utf8", 1)).getBytes(StandardCharsets.UTF_8);
        invalid[invalid.length / 2] = (byte) 0xff;
        assertThat(shop.sdk().post("/l/events", invalid).status()).isIn(202, 400);
    }

    @Test
    void oneBadEventDoesNotRefuseTheOthers() {
        String good = SdkEvents.ids("good", 1).getFirst();

        ApiAnswer answer = shop.sdk()
                .post("/l/events", SdkEvents.body("{\"event\": \"\"}, 7, " + SdkEvents.purchase(good)))
                .expect(202);

        assertThat(answer.json().path("accepted").asInt()).isEqualTo(1);
        assertThat(answer.json().path("rejected")).hasSize(2);
        assertThat(answer.json().at("/rejected/0/index").asInt()).isZero();
        assertThat(answer.json().at("/rejected/0/code").asText()).isEqualTo("VALIDATION");
    }

    @Test
    void anUnknownAppAndAWrongKeyAreIndistinguishable() {
        String body = SdkEvents.purchases(SdkEvents.ids("auth", 1));
        ApiAnswer unknownApp =
                as(Map.of("X-App-Id", "app_000000000000000000000000")).post("/l/events", body);
        ApiAnswer wrongKey =
                as(Map.of("X-App-Id", shop.appId(), "X-Api-Key", "ak_wrong")).post("/l/events", body);
        ApiAnswer strangeApp = as(Map.of("X-App-Id", "x".repeat(6_000))).post("/l/events", body);

        assertRefused(unknownApp, 401, "UNAUTHENTICATED");
        assertRefused(wrongKey, 401, "UNAUTHENTICATED");
        assertRefused(strangeApp, 401, "UNAUTHENTICATED");
        assertThat(unknownApp.json().at("/error/message"))
                .isEqualTo(wrongKey.json().at("/error/message"));
    }

    @Test
    void anotherMediaTypeIsRefused() {
        assertRefused(
                as(Map.of("X-App-Id", shop.appId(), "Content-Type", "application/xml"))
                        .post("/l/events", "<events/>"),
                415,
                "UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void bodiesAndBatchesOverTheirLimitAreRefused() {
        byte[] eleven = spaces(11 << 20);
        assertRefused(shop.sdk().post("/l/events", eleven), 413, "PAYLOAD_TOO_LARGE");
        String event = "{\"event\":\"x\",\"timestamp\":\"2026-01-01T00:00:00Z\"},";
        String tooMany = "{\"events\": [" + event.repeat(10_000) + event.substring(0, event.length() - 1) + "]}";
        assertRefused(shop.sdk().post("/l/events", tooMany), 413, "PAYLOAD_TOO_LARGE");
        assertRefused(shop.api().post("/v1/events", spaces(9 << 20)), 413, "PAYLOAD_TOO_LARGE");
        assertRefused(shop.api().post("/v1/projects", spaces(2 << 20)), 413, "PAYLOAD_TOO_LARGE");
    }

    @Test
    void gzipIsReadBombsAndGarbageAreRefused() {
        Http zipped = gzip();
        String id = SdkEvents.ids("zip", 1).getFirst();
        zipped.post("/l/events", zip(SdkEvents.purchases(List.of(id)).getBytes(StandardCharsets.UTF_8)))
                .expect(202);

        byte[] bomb = zip(spaces(300 << 20));
        for (int i = 0; i < 10; i++) {
            assertRefused(zipped.post("/l/events", bomb), 413, "PAYLOAD_TOO_LARGE");
        }
        assertRefused(zipped.post("/l/events", "not gzip".getBytes(StandardCharsets.UTF_8)), 400, "VALIDATION");
        byte[] whole = zip(SdkEvents.purchases(List.of("cut")).getBytes(StandardCharsets.UTF_8));
        assertRefused(zipped.post("/l/events", Arrays.copyOf(whole, whole.length / 2)), 400, "VALIDATION");
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        String inProperties = "{\"event\": \"x\", \"timestamp\": \"%s\", \"properties\": {\"a\": %s}}"
                .formatted(SdkEvents.now(), deep);
        assertRefused(shop.sdk().post("/l/events", SdkEvents.body(inProperties)), 400, "VALIDATION");
        assertRefused(shop.sdk().post("/l/events", deep), 400, "VALIDATION");
        assertRefused(shop.sdk().post("/l/events", "[".repeat(100_000)), 400, "VALIDATION");
        assertRefused(shop.api().post("/v1/projects", "{\"metadata\": " + deep + "}"), 422, "VALIDATION");
        String seventeen = "{\"event\": \"x\", \"timestamp\": \"%s\", \"properties\": %s5%s}"
                .formatted(SdkEvents.now(), "{\"a\":".repeat(17), "}".repeat(17));
        assertRefused(shop.sdk().post("/l/events", SdkEvents.body(seventeen)), 400, "VALIDATION");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u0000", "a\\u0000b", "\\ud800", "\\udc00 x", "x\\ud83d", "\\uffff", "\\u202e"})
    void strangeCharactersInPropertiesAreStored(String text) {
        String id = SdkEvents.ids("chars", 1).getFirst();
        String event = """
                {"event": "strange", "event_id": "%s", "timestamp": "%s", "app_user_id": "u%s", "install_id": "%s",
                 "session_id": "%s", "os_version": "%s", "properties": {"text": "%s", "key%s": 1}}""".formatted(id, SdkEvents.now(), text, text, text, text, text, text);

        shop.sdk().post("/l/events", SdkEvents.body(event)).expect(202);

        assertThat(shop.event(id).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u0000", "\\ud800"})
    void strangeCharactersInIdsAndNamesNeverBreakTheBatch(String text) {
        String good = SdkEvents.ids("beside", 1).getFirst();
        String strange = "{\"event\": \"n%s\", \"event_id\": \"strange%s%s\", \"timestamp\": \"%s\"}"
                .formatted(text, text, System.nanoTime(), SdkEvents.now());

        shop.sdk()
                .post("/l/events", SdkEvents.body(strange + "," + SdkEvents.purchase(good)))
                .expect(202);

        assertThat(shop.event(good).status()).isEqualTo(200);
    }

    @Test
    void duplicateKeysAreReadWithoutHarm() {
        String event = """
                {"event": "first", "event": "second", "timestamp": "%s", "properties": {"a": 1, "a": 2}, "properties": {"b": 1}}""".formatted(SdkEvents.now());
        assertThat(shop.sdk().post("/l/events", SdkEvents.body(event)).status()).isIn(202, 400);
        assertThat(shop.sdk()
                        .post("/l/events", "{\"events\": [], \"events\": [" + event + "]}")
                        .status())
                .isIn(202, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0001-01-01T00:00:00+18:00",
                "0001-01-01T00:00:00Z",
                "1970-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
                "9999-12-31T23:59:59-18:00",
                "2026-01-01T00:00:00"
            })
    void timestampsFarInThePastOrFutureAreStored(String timestamp) {
        String id = SdkEvents.ids("time", 1).getFirst();
        shop.sdk()
                .post(
                        "/l/events",
                        SdkEvents.body("{\"event\": \"far\", \"event_id\": \"%s\", \"timestamp\": \"%s\"}"
                                .formatted(id, timestamp)))
                .expect(202);
        assertThat(shop.event(id).status()).isEqualTo(200);
    }

    @Test
    void aFutureTimestampBecomesTheTimeOfArrival() {
        String id = SdkEvents.ids("future", 1).getFirst();
        shop.sdk()
                .post(
                        "/l/events",
                        "{\"events\": [{\"event\": \"far\", \"event_id\": \"%s\", \"timestamp\": \"9999-12-31T23:59:59Z\"}]}"
                                .formatted(id))
                .expect(202);
        var event = shop.event(id).expect(200).json();
        assertThat(event.path("occurredAt")).isEqualTo(event.path("receivedAt"));
        assertThat(event.at("/context/clientTimestamp").asText()).startsWith("9999-12-31");
    }

    @Test
    void hugeIdsAreRefused() {
        String nine = "i".repeat(9 << 20);
        String ten = "i".repeat(10 << 20);
        assertRefused(shop.sdk().post("/l/events", SdkEvents.body(SdkEvents.purchase(nine))), 400, "VALIDATION");
        assertRefused(shop.sdk().post("/l/events", SdkEvents.body(SdkEvents.purchase(ten))), 413, "PAYLOAD_TOO_LARGE");
        assertRefused(
                shop.sdk()
                        .post(
                                "/l/events",
                                SdkEvents.body("{\"event\": \"x\", \"app_id\": \"%s\", \"timestamp\": \"%s\"}"
                                        .formatted(nine, SdkEvents.now()))),
                400,
                "VALIDATION");
    }

    @Test
    void thePartnerApiListsEveryProblemAtOnce() {
        ApiAnswer answer = shop.api()
                .post("/v1/projects", "{\"name\": \"\", \"timezone\": \"Mars/Olympus\", \"targetGender\": 5}");

        assertRefused(answer, 422, "VALIDATION");
        assertThat(answer.json().at("/error/details/issues")).hasSize(3);
        assertRefused(shop.api().post("/v1/projects", "{"), 422, "VALIDATION");
        assertRefused(shop.api().get("/v1/projects/not-a-uuid"), 422, "VALIDATION");
        assertRefused(shop.api().get(shop.path("/events?limit=100000")), 422, "VALIDATION");
        assertRefused(shop.api().get(shop.path("/events?cursor=forged")), 422, "VALIDATION");
        assertRefused(shop.api().get(shop.path("/events?since=2026-01-01T00:00:00")), 422, "VALIDATION");
        assertRefused(shop.api().get("/v1/nothing-here"), 404, "NOT_FOUND");
        assertRefused(shop.api().delete("/v1/whoami"), 405, "METHOD_NOT_ALLOWED");
    }

    private static void assertRefused(ApiAnswer answer, int status, String code) {
        assertThat(answer.status()).as(shortened(answer.text())).isEqualTo(status);
        assertThat(answer.errorCode()).isEqualTo(code);
        assertThat(answer.json().at("/error/requestId").asText())
                .startsWith("req_")
                .isEqualTo(answer.header("X-Request-Id"));
        assertThat(answer.text()).hasSizeLessThan(10_000);
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(text.length(), 500));
    }

    private static Http as(Map<String, String> headers) {
        return varve.http().with(headers);
    }

    private static Http gzip() {
        Map<String, String> headers = new HashMap<>();
        headers.put("X-App-Id", shop.appId());
        headers.put("Content-Encoding", "gzip");
        return as(headers);
    }

    private static byte[] spaces(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) ' ');
        bytes[0] = '{';
        return bytes;
    }

    private static byte[] zip(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
