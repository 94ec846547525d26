package dev.varve.connectors;

import static dev.varve.connectors.Samples.MATCH;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.candidate;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.event;
import static dev.varve.connectors.Samples.json;
import static dev.varve.connectors.Samples.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.varve.connectors.meta.MetaConnector;
import dev.varve.connectors.meta.MetaSettings;
import dev.varve.connectors.tiktok.TikTokConnector;
import dev.varve.connectors.tiktok.TikTokSettings;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.Misconfigured;
import dev.varve.destination.AttemptOutcome.PartlyStored;
import dev.varve.destination.AttemptOutcome.Unavailable;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.ProbeResult;
import dev.varve.event.Platform;
import dev.varve.tenant.SdkPlatform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectorHttpTest {
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = PlatformHttp.newClient(executor);
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private volatile Script script = exchange -> reply(exchange, 200, "{}");
    private HttpServer server;

    private record Request(String path, String token, String body) {}

    private interface Script {
        void answer(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", exchange -> {
            String bearer = exchange.getRequestHeaders().getFirst("Authorization");
            String token = exchange.getRequestHeaders().getFirst("Access-Token");
            requests.add(new Request(
                    exchange.getRequestURI().toString(),
                    bearer != null ? bearer : token,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            script.answer(exchange);
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        client.shutdownNow();
        executor.shutdownNow();
    }

    @Test
    void metaGetsTheEventsWithTheTokenInTheHeaderOnly() {
        script = exchange -> reply(exchange, 200, "{\"events_received\":2,\"fbtrace_id\":\"T1\"}");
        Destination destination = destination(Platform.META, "900100200300400");

        assertThat(meta().send(destination, List.of(metaEvent("a"), metaEvent("b"))))
                .isInstanceOfSatisfying(Delivered.class, delivered -> assertThat(delivered.acknowledged())
                        .isEqualTo(2));
        assertThat(requests.getFirst().path()).isEqualTo("/v26.0/900100200300400/events");
        assertThat(requests.getFirst().token()).isEqualTo("Bearer sbx_ok_1");
        assertThat(json(requests.getFirst().body()).path("data")).hasSize(2);
        assertThat(json(requests.getFirst().body()).path("partner_agent").asText())
                .isEqualTo("varve");
        assertThat(requests.getFirst().body()).doesNotContain("sbx_ok_1");
    }

    @Test
    void tiktokGetsSourceIdAndRawToken() {
        script = exchange -> reply(exchange, 200, "{\"code\":0,\"message\":\"OK\",\"request_id\":\"R1\"}");

        assertThat(tiktok().send(destination(Platform.TIKTOK, "C1"), List.of(tiktokEvent())))
                .isInstanceOf(Delivered.class);
        assertThat(requests.getFirst().path()).isEqualTo("/open_api/v1.3/event/track/");
        assertThat(requests.getFirst().token()).isEqualTo("sbx_ok_1");
        assertThat(json(requests.getFirst().body()).path("event_source").asText())
                .isEqualTo("web");
        assertThat(json(requests.getFirst().body()).path("event_source_id").asText())
                .isEqualTo("C1");
    }

    @Test
    void aRefusedPartnerNameIsLeftOutAndTheEventsSentAgain() {
        script = exchange -> reply(
                exchange,
                200,
                requests.getLast().body().contains("partner_name") ? "{\"code\":40063}" : "{\"code\":0}");

        Connector tiktok = tiktok();
        for (int sending = 0; sending < 2; sending++) {
            assertThat(tiktok.send(destination(Platform.TIKTOK, "C1"), List.of(tiktokEvent())))
                    .isInstanceOf(Delivered.class);
        }
        assertThat(requests).hasSize(3);
    }

    @Test
    void theSecondPartialSuccessCountsAsDelivered() {
        script = exchange -> reply(exchange, 200, "{\"code\":20001,\"message\":\"partial\"}");
        Connector tiktok = tiktok();
        Destination destination = destination(Platform.TIKTOK, "C1");

        assertThat(tiktok.send(destination, List.of(tiktokEvent()))).isInstanceOf(PartlyStored.class);
        assertThat(tiktok.send(destination, List.of(tiktokEvent())))
                .isInstanceOfSatisfying(Delivered.class, delivered -> assertThat(delivered.notes())
                        .containsExactly("partial"));
        assertThat(tiktok.send(destination, List.of(tiktokEvent()))).isInstanceOf(PartlyStored.class);
    }

    @Test
    void aZippedAnswerIsRead() {
        script = exchange -> {
            ByteArrayOutputStream zipped = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
                gzip.write("{\"events_received\":1}".getBytes(StandardCharsets.UTF_8));
            }
            exchange.getResponseHeaders().add("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, zipped.size());
            exchange.getResponseBody().write(zipped.toByteArray());
            exchange.close();
        };

        assertThat(meta().send(destination(Platform.META, "1"), List.of(metaEvent("a"))))
                .isInstanceOf(Delivered.class);
    }

    @Test
    void anEndlessAnswerIsCutAndItsFateUnknown() {
        script = exchange -> reply(exchange, 200, "{\"x\":\"" + "y".repeat(200_000) + "\"}");

        assertThat(meta().send(destination(Platform.META, "1"), List.of(metaEvent("a"))))
                .isInstanceOfSatisfying(Unavailable.class, outcome -> assertThat(outcome.fateUnknown())
                        .isTrue());
    }

    @Test
    void aTruncatedAnswerHasAnUnknownFate() {
        script = exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write("{\"events_received\":1}".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            exchange.close();
        };

        assertThat(meta().send(destination(Platform.META, "1"), List.of(metaEvent("a"))))
                .isInstanceOfSatisfying(Unavailable.class, outcome -> assertThat(outcome.fateUnknown())
                        .isTrue());
    }

    @Test
    void aRedirectIsNotFollowed() {
        script = exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        };

        assertThat(meta().send(destination(Platform.META, "1"), List.of(metaEvent("a"))))
                .isInstanceOf(Misconfigured.class);
        assertThat(requests).hasSize(1);
        assertThatThrownBy(() -> new PlatformHttp(
                        HttpClient.newBuilder()
                                .followRedirects(HttpClient.Redirect.ALWAYS)
                                .build(),
                        InstantSource.system()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void silenceEndsWithTheTimeoutAndAnUnknownFate() {
        script = exchange -> {};
        MetaSettings quick = new MetaSettings(
                MetaSettings.Versions.DEFAULT, "https://example.com/", Duration.ofMillis(200), Optional.empty());
        Connector meta = new MetaConnector(client, InstantSource.system(), quick);

        assertThat(meta.send(destination(Platform.META, "1"), List.of(metaEvent("a"))))
                .isInstanceOfSatisfying(Unavailable.class, outcome -> assertThat(outcome.fateUnknown())
                        .isTrue());
    }

    @Test
    void aPortNobodyListensOnHasAKnownFate() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Destination nowhere =
                Samples.destination(Platform.META, "1", Mapping.DEFAULT, "http://127.0.0.1:" + port, true);

        assertThat(meta().send(nowhere, List.of(metaEvent("a"))))
                .isInstanceOfSatisfying(Unavailable.class, outcome -> assertThat(outcome.fateUnknown())
                        .isFalse());
    }

    @Test
    void theMetaProbeIsWrongInItsAgeOnly() {
        script = exchange ->
                reply(exchange, 400, "{\"error\":{\"code\":100,\"error_subcode\":2804003,\"message\":\"old\"}}");

        assertThat(meta().probe(destination(Platform.META, "1"))).isInstanceOf(ProbeResult.Accepted.class);
        assertThat(json(requests.getFirst().body()).at("/data/0/event_name").asText())
                .isEqualTo("VarveProbe");
        assertThat(json(requests.getFirst().body()).at("/data/0/event_time").asLong())
                .isEqualTo(NOW.minus(Duration.ofHours(204)).getEpochSecond());
    }

    @Test
    void theTikTokProbeIsConclusiveOnceAMadeUpTokenWasRefused() {
        script = exchange -> reply(
                exchange,
                200,
                requests.getLast().token().equals("sbx_ok_1")
                        ? "{\"code\":40002,\"message\":\"data: empty\"}"
                        : "{\"code\":40105,\"message\":\"token\"}");
        Connector tiktok = tiktok();

        for (int probe = 0; probe < 2; probe++) {
            assertThat(tiktok.probe(destination(Platform.TIKTOK, "C1")))
                    .isInstanceOfSatisfying(ProbeResult.Accepted.class, accepted -> assertThat(accepted.conclusive())
                            .isTrue());
        }
        assertThat(requests).hasSize(3);
        assertThat(json(requests.getFirst().body()))
                .isEqualTo(json("{'event_source':'web','event_source_id':'C1','data':[]}"));
    }

    @Test
    void theTikTokProbeStaysWeakWhenAnyTokenGetsTheSameAnswerAndIsCalibratedOnceADay() {
        script = exchange -> reply(exchange, 200, "{\"code\":40002,\"message\":\"data: empty\"}");
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        Connector tiktok = new TikTokConnector(client, now::get, TikTokSettings.DEFAULT);

        for (Duration later : List.of(Duration.ZERO, Duration.ofHours(23), Duration.ofHours(2))) {
            now.updateAndGet(before -> before.plus(later));
            assertThat(tiktok.probe(destination(Platform.TIKTOK, "C1")))
                    .isInstanceOfSatisfying(ProbeResult.Accepted.class, accepted -> assertThat(accepted.conclusive())
                            .isFalse());
        }
        assertThat(requests).hasSize(5);
    }

    @Test
    void tiktokAsksForRequestsAtItsPace() {
        Connector.Limits limits = tiktok().limits();

        assertThat(limits.maxEvents()).isEqualTo(1000);
        assertThat(limits.rate())
                .isEqualTo(new Connector.Rate(
                        100,
                        List.of(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(5))));
    }

    private Connector meta() {
        return new MetaConnector(client, InstantSource.fixed(NOW), MetaSettings.DEFAULT);
    }

    private Connector tiktok() {
        return new TikTokConnector(client, InstantSource.fixed(NOW), TikTokSettings.DEFAULT);
    }

    private Destination destination(Platform platform, String pixelId) {
        return Samples.destination(
                platform,
                pixelId,
                Mapping.DEFAULT,
                "http://127.0.0.1:" + server.getAddress().getPort(),
                true);
    }

    private PreparedEvent metaEvent(String colour) {
        return prepared(meta().prepare(
                        candidate(
                                event("search", "web", document("{'colour':'" + colour + "'}", "{}", MATCH)),
                                app(SdkPlatform.WEB)),
                        destination(Platform.META, "1"),
                        NOW));
    }

    private PreparedEvent tiktokEvent() {
        return prepared(tiktok().prepare(
                        candidate(event("search", "web", document("{}", "{}", MATCH)), app(SdkPlatform.WEB)),
                        destination(Platform.TIKTOK, "C1"),
                        NOW));
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
