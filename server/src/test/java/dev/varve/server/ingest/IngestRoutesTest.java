package dev.varve.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.varve.collect.CollectOutcome;
import dev.varve.collect.SdkRequest;
import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.server.FrontDoorForTests;
import dev.varve.server.config.Cidr;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Ingest over real HTTP, with a collector that remembers what it was given.
class IngestRoutesTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String PROBE = "0123456789abcdef-probe";

    private final List<SdkRequest> collected = java.util.Collections.synchronizedList(new ArrayList<>());
    private volatile Function<SdkRequest, CollectOutcome> behaviour =
            _ -> new CollectOutcome.Collected(1, 0, List.of(), List.of("e-1"));
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final HttpClient http = HttpClient.newHttpClient();
    private FrontDoorForTests door;

    @BeforeEach
    void open() {
        IngestRoutes routes = new IngestRoutes(
                request -> {
                    collected.add(request);
                    return behaviour.apply(request);
                },
                new BodyReader(new BodyBudget(0, Duration.ofSeconds(1))),
                new ClientAddress(List.of(Cidr.parse("127.0.0.0/8"))),
                new ProbeCredential(PROBE),
                new IngestMeter(metrics));
        door = FrontDoorForTests.open(routes::register);
    }

    @AfterEach
    void close() {
        door.close();
        http.shutdownNow();
    }

    @Test
    void bothPathsHandTheBodyAndTheHeadersToTheCollector() throws Exception {
        for (String path : List.of("/events", "/l/events")) {
            HttpResponse<String> answer = send(post(path, "{\"events\":[1]}")
                    .header("X-App-Id", "app_1")
                    .header("X-Api-Key", "ak_1")
                    .header("X-SDK-Version", "ios/2")
                    .header("X-Environment", "staging")
                    .header("X-Varve-Probe", PROBE)
                    .header("User-Agent", "Coffee/1"));
            assertThat(answer.statusCode()).isEqualTo(202);
            assertThat(answer.body()).isEqualTo("{\"accepted\":1,\"duplicates\":0,\"rejected\":[]}");
            assertThat(answer.headers().firstValue("X-Request-Id").orElseThrow())
                    .startsWith("req_");
        }
        SdkRequest request = collected.getFirst();
        assertThat(collected).hasSize(2);
        assertThat(new String(request.body(), StandardCharsets.UTF_8)).isEqualTo("{\"events\":[1]}");
        assertThat(request.appId()).isEqualTo("app_1");
        assertThat(request.appKey()).isEqualTo("ak_1");
        assertThat(request.probe()).isTrue();
        assertThat(request.sdkVersion()).isEqualTo("ios/2");
        assertThat(request.environment()).isEqualTo("staging");
        assertThat(request.origin().ip()).isEqualTo("127.0.0.1");
        assertThat(request.origin().userAgent()).isEqualTo("Coffee/1");
    }

    @Test
    void aBearerTokenIsAnAppKeyAndAWrongProbeCredentialIsNoProbe() throws Exception {
        send(post("/events", "{}").header("Authorization", "Bearer ak_2").header("X-Varve-Probe", "wrong"));
        assertThat(collected.getFirst().appKey()).isEqualTo("ak_2");
        assertThat(collected.getFirst().probe()).isFalse();
        assertThat(collected.getFirst().appId()).isNull();
    }

    @Test
    void gzipIsUnzipped() throws Exception {
        HttpResponse<String> answer = send(request("/events")
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(
                        gzip("{\"events\":[]}".getBytes(StandardCharsets.UTF_8)))));
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(new String(collected.getFirst().body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"events\":[]}");
    }

    @Test
    void aGzipBombIsRefusedAndTheNextRequestWorks() throws Exception {
        HttpResponse<String> answer = send(request("/events")
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(gzip(new byte[300 * 1024 * 1024]))));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(error(answer).path("code").asText()).isEqualTo("PAYLOAD_TOO_LARGE");
        assertThat(error(answer).path("details").path("limitBytes").asInt()).isEqualTo(10 * 1024 * 1024);
        assertThat(collected).isEmpty();
        assertThat(send(post("/events", "{}")).statusCode()).isEqualTo(202);
    }

    @Test
    void brokenGzipIsUnreadable() throws Exception {
        HttpResponse<String> answer = send(post("/events", "not gzip").header("Content-Encoding", "gzip"));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer).path("code").asText()).isEqualTo("VALIDATION");
    }

    @Test
    void exactlyTenMebibytesAreTakenAndOneByteMoreIsNot() throws Exception {
        byte[] largest = new byte[10 * 1024 * 1024];
        assertThat(send(request("/events").POST(HttpRequest.BodyPublishers.ofByteArray(largest)))
                        .statusCode())
                .isEqualTo(202);
        assertThat(collected.getFirst().body()).hasSize(largest.length);
        HttpResponse<String> answer =
                send(request("/events").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[largest.length + 1])));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(error(answer).path("details").path("limitBytes").asInt()).isEqualTo(largest.length);
    }

    @Test
    void otherMediaTypesAndEncodingsAreRefused() throws Exception {
        assertThat(send(post("/events", "{}").setHeader("Content-Type", "text/xml"))
                        .statusCode())
                .isEqualTo(415);
        assertThat(send(post("/events", "{}").header("Content-Encoding", "br")).statusCode())
                .isEqualTo(415);
        assertThat(send(post("/events", "{}").setHeader("Content-Type", "text/plain;charset=UTF-8"))
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void everyOutcomeHasItsDocumentedAnswer() throws Exception {
        CollectOutcome.Rejection rejection = new CollectOutcome.Rejection(4, "VALIDATION", "event: must not be empty");
        behaviour = _ -> new CollectOutcome.Collected(19, 1, List.of(rejection), List.of());
        assertThat(send(post("/events", "{}")).body())
                .isEqualTo("{\"accepted\":19,\"duplicates\":1,\"rejected\":[{\"index\":4,\"code\":\"VALIDATION\","
                        + "\"message\":\"event: must not be empty\"}]}");
        assertError(new CollectOutcome.Invalid(List.of(), List.of(rejection)), 400, "VALIDATION");
        assertThat(error(send(post("/events", "{}")))
                        .path("details")
                        .path("rejected")
                        .get(0)
                        .path("index")
                        .asInt())
                .isEqualTo(4);
        assertError(new CollectOutcome.TooManyEvents(10_000), 413, "PAYLOAD_TOO_LARGE");
        assertError(new CollectOutcome.Unauthenticated(), 401, "UNAUTHENTICATED");
        HttpResponse<String> limited =
                assertError(new CollectOutcome.RateLimited(Duration.ofMillis(1500)), 429, "RATE_LIMITED");
        assertThat(limited.headers().firstValue("Retry-After")).contains("2");
    }

    @Test
    void aLogThatCannotTakeEventsAnswersTryAgain() throws Exception {
        behaviour = _ -> {
            throw new EventLogUnavailableException("planted");
        };
        HttpResponse<String> answer = send(post("/events", "{}"));
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(answer.body()).doesNotContain("planted");
        assertThat(metrics.counter("varve.ingest.requests", "outcome", "service_unavailable")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aDefectIsAnInternalErrorWithTheRequestsId() throws Exception {
        behaviour = _ -> {
            throw new IllegalStateException("planted");
        };
        HttpResponse<String> answer = send(post("/events", "{}"));
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("planted");
        assertThat(error(answer).path("requestId").asText())
                .isEqualTo(answer.headers().firstValue("X-Request-Id").orElseThrow());
    }

    @Test
    void preflightsAreAnsweredWithAndWithoutThePrefix() throws Exception {
        for (String path : List.of("/events", "/l/events")) {
            HttpResponse<String> answer = send(request(path)
                    .header("Origin", "https://shop.example")
                    .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
            assertThat(answer.statusCode()).isEqualTo(204);
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("https://shop.example");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Credentials"))
                    .contains("true");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Methods"))
                    .contains("GET, POST");
            assertThat(answer.headers()
                            .firstValue("Access-Control-Allow-Headers")
                            .orElseThrow())
                    .contains("X-App-Id", "If-None-Match");
            assertThat(answer.headers().firstValue("Access-Control-Max-Age")).contains("86400");
        }
    }

    @Test
    void answersAndErrorsEchoTheOrigin() throws Exception {
        behaviour = _ -> new CollectOutcome.Unauthenticated();
        HttpResponse<String> answer = send(post("/events", "{}").header("Origin", "https://shop.example"));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains("https://shop.example");
        assertThat(answer.headers().firstValue("Access-Control-Expose-Headers").orElseThrow())
                .contains("Retry-After");
    }

    @Test
    void unknownRoutesAndMethodsGetTheEnvelope() throws Exception {
        HttpResponse<String> unknown = send(post("/clicks/resolve", "{}"));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(error(unknown).path("code").asText()).isEqualTo("NOT_FOUND");
        assertThat(error(unknown).path("requestId").asText())
                .isEqualTo(unknown.headers().firstValue("X-Request-Id").orElseThrow());
        HttpResponse<String> method = send(request("/events").GET());
        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.headers().firstValue("Allow").orElseThrow()).contains("POST");
    }

    @Test
    void aTrustedProxyNamesTheClient() throws Exception {
        send(post("/events", "{}").header("X-Forwarded-For", "6.6.6.6, 203.0.113.9, 127.0.0.5"));
        send(post("/events", "{}").header("Forwarded", "for=\"[2001:db8::7]:4711\";proto=https"));
        assertThat(collected.get(0).origin().ip()).isEqualTo("203.0.113.9");
        assertThat(collected.get(1).origin().ip()).isEqualTo("2001:db8:0:0:0:0:0:7");
    }

    private HttpResponse<String> assertError(CollectOutcome outcome, int status, String code) throws Exception {
        behaviour = _ -> outcome;
        HttpResponse<String> answer = send(post("/events", "{}"));
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(error(answer).path("code").asText()).isEqualTo(code);
        return answer;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path));
    }

    private HttpRequest.Builder post(String path, String body) {
        return request(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode error(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body()).path("error");
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }
}
