package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.Eventually;
import dev.varve.server.FrontDoorForTests;
import dev.varve.server.api.ApiFixture.Reply;
import dev.varve.server.http.ApiException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("NullAway.Init")
class IdempotencyTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final AtomicInteger CALLS = new AtomicInteger();
    private static final CountDownLatch ENTERED = new CountDownLatch(1);
    private static final CountDownLatch LEAVE = new CountDownLatch(1);
    private static FrontDoorForTests door;

    /// Routes whose handlers the test holds in its hand.
    @BeforeAll
    static void open() {
        List<Route> routes = List.of(
                Route.open("POST", "/paid", _ -> counted()).repeats(Repeat.REQUIRED),
                Route.open("POST", "/slow", _ -> slow()),
                Route.open("POST", "/failing", _ -> {
                    CALLS.incrementAndGet();
                    throw ApiException.invalid("", "this one never works");
                }),
                Route.open("POST", "/defective", _ -> {
                    CALLS.incrementAndGet();
                    throw new StackOverflowError("a handler that goes too deep");
                }),
                Route.open("POST", "/looking", _ -> counted()).repeats(Repeat.SAFE));
        door = FrontDoorForTests.open(
                rules -> rules.register("/v1", new ApiRoutes(api.services(), api.conventions(), routes)));
    }

    @AfterAll
    static void close() {
        door.close();
    }

    private static ApiAnswer counted() {
        return ApiAnswer.created(
                Json.object().put("call", CALLS.incrementAndGet()).put("amount", 12.50));
    }

    private static ApiAnswer slow() {
        ENTERED.countDown();
        try {
            assertThat(LEAVE.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return counted();
    }

    @Test
    void aRepeatGetsTheSameBytesAndNothingIsDoneTwice() throws Exception {
        String key = api.key("*");
        Map<String, String> header = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        String body = "{\"name\":\"Acme\",\"timezone\":\"UTC\",\"metadata\":{\"rate\":1.50,\"big\":1e300}}";
        Reply first = api.call("POST", "/projects", key, body, header);
        Reply second = api.call("POST", "/projects", key, body, header);
        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.raw().body()).isEqualTo(first.raw().body());
        assertThat(first.raw().headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(second.raw().headers().firstValue("Idempotent-Replayed")).hasValue("true");
        assertThat(second.raw().headers().firstValue("X-Request-Id"))
                .isNotEqualTo(first.raw().headers().firstValue("X-Request-Id"));
        assertThat(api.call("GET", "/projects", key, null).body().path("items")).hasSize(1);
    }

    @Test
    void anotherBodyIsAConflictAndAnotherPathOrKeyIsAnotherOperation() throws Exception {
        String key = api.key("*");
        Map<String, String> header = Map.of("Idempotency-Key", "one");
        String project = api.call("POST", "/projects", key, "{\"name\":\"A\",\"timezone\":\"UTC\"}", header)
                .body()
                .path("id")
                .asText();
        Reply other = api.call("POST", "/projects", key, "{\"name\":\"A\", \"timezone\":\"UTC\"}", header);
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("IDEMPOTENCY_CONFLICT");
        assertThat(other.body().at("/error/details/reason").asText()).isEqualTo("body_mismatch");
        assertThat(api.call("PATCH", "/projects/" + project, key, "{\"name\":\"B\"}", header)
                        .status())
                .isEqualTo(200);
        assertThat(api.call("POST", "/projects", api.key("*"), "{\"name\":\"C\",\"timezone\":\"UTC\"}", header)
                        .status())
                .isEqualTo(201);
    }

    @Test
    void whatIsStoredIsEncryptedAsItMayHoldASecret() throws Exception {
        String key = api.key("*");
        String project = api.call("POST", "/projects", key, "{\"name\":\"A\",\"timezone\":\"UTC\"}")
                .body()
                .path("id")
                .asText();
        String body = "{\"name\":\"iOS\",\"platform\":\"ios\",\"bundleId\":\"a.b\"}";
        Map<String, String> header = Map.of("Idempotency-Key", "app");
        String path = "/projects/" + project + "/sdk-apps";
        String secret =
                api.call("POST", path, key, body, header).body().path("apiKey").asText();
        assertThat(api.call("POST", path, key, body, header)
                        .body()
                        .path("apiKey")
                        .asText())
                .isEqualTo(secret)
                .startsWith("ak_");
        List<byte[]> stored = api.database.jdbi().withHandle(handle -> handle.createQuery(
                        "select answer from idempotency_key where answer is not null")
                .mapTo(byte[].class)
                .list());
        assertThat(stored).isNotEmpty().allSatisfy(answer -> assertThat(
                        new String(answer, java.nio.charset.StandardCharsets.UTF_8))
                .doesNotContain(secret));
    }

    @Test
    void whileTheFirstRunsTheSecondIsToldToWait() throws Exception {
        String key = api.key("*");
        CompletableFuture<HttpResponse<String>> first = send("/slow", key, "k");
        assertThat(ENTERED.await(10, TimeUnit.SECONDS)).isTrue();
        HttpResponse<String> second = send("/slow", key, "k").get(10, TimeUnit.SECONDS);
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(second.body()).contains("in_flight");
        assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
        LEAVE.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(201);
        HttpResponse<String> third = send("/slow", key, "k").get(10, TimeUnit.SECONDS);
        assertThat(third.body()).isEqualTo(first.get().body());
    }

    @Test
    void failureFreesTheKey() throws Exception {
        String key = api.key("*");
        int before = CALLS.get();
        assertThat(send("/failing", key, "f").get().statusCode()).isEqualTo(422);
        assertThat(send("/failing", key, "f").get().statusCode()).isEqualTo(422);
        assertThat(CALLS.get() - before).isEqualTo(2);
    }

    @Test
    void aDefectFreesTheKeyTooAndStandsInTheTrail() throws Exception {
        String key = api.key("*");
        int before = CALLS.get();
        long rows = defects();
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> answer = send("/defective", key, "d").get();
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("INTERNAL_ERROR");
        }
        assertThat(CALLS.get() - before).isEqualTo(2);
        Eventually.holds("both calls stand in the trail", () -> defects() - rows == 2);
    }

    private static long defects() {
        return api.audit.rows.stream()
                .filter(row -> row.data().toString().contains("/defective"))
                .count();
    }

    @Test
    void whereMoneyMovesTheKeyIsMandatoryAndWhereNothingChangesItIsIgnored() throws Exception {
        String key = api.key("*");
        HttpResponse<String> refused = send("/paid", key, "").get();
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("IDEMPOTENCY_REQUIRED");
        assertThat(send("/paid", key, "p").get().statusCode()).isEqualTo(201);
        int before = CALLS.get();
        send("/looking", key, "l").get();
        send("/looking", key, "l").get();
        assertThat(CALLS.get() - before).isEqualTo(2);
    }

    @Test
    void anIllFormedKeyIsRefused() throws Exception {
        Reply reply = api.call("POST", "/projects", api.key("*"), "{}", Map.of("Idempotency-Key", "a\tb"));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().at("/error/details/issues/0/path").asText()).isEqualTo("Idempotency-Key");
    }

    private static CompletableFuture<HttpResponse<String>> send(String path, String key, String idempotencyKey) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + door.port() + "/v1" + path))
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.noBody());
        if (!idempotencyKey.isEmpty()) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return HttpClient.newHttpClient().sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
