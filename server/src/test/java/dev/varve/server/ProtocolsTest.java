package dev.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.config.HttpSettings;
import dev.varve.server.http.Answers;
import io.helidon.webserver.http.HttpRules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Both ports speak HTTP/1.1 and, without TLS, HTTP/2.
@SuppressWarnings("NullAway.Init")
class ProtocolsTest {
    private static final HttpClient HTTP2 =
            HttpClient.newBuilder().version(Version.HTTP_2).build();
    private static FrontDoor door;

    @BeforeAll
    static void open() {
        HttpSettings settings =
                new HttpSettings("127.0.0.1", 0, OptionalInt.of(0), Optional.empty(), Optional.empty(), List.of());
        door = FrontDoor.open(settings, ProtocolsTest::routes, ProtocolsTest::routes);
    }

    @AfterAll
    static void close() {
        door.close();
    }

    private static void routes(HttpRules rules) {
        rules.post("/echo", (request, response) -> {
            try (InputStream in = request.content().inputStream()) {
                response.send(in.readAllBytes());
            }
        });
        rules.get(
                "/large",
                (request, response) -> Answers.send(request, response, large().getBytes(StandardCharsets.UTF_8)));
        rules.head(
                "/large",
                (request, response) -> Answers.send(request, response, large().getBytes(StandardCharsets.UTF_8)));
        rules.get("/small", (request, response) -> Answers.send(request, response, new byte[] {'x'}));
    }

    private static String large() {
        return "conversion ".repeat(5_000);
    }

    @Test
    void bothPortsUpgradeToHttp2() throws Exception {
        for (int port : List.of(door.port(), door.ingestPort())) {
            // A request with a body is answered in HTTP/1.1 until a connection was upgraded.
            assertThat(send(HTTP2, request(port, "/small")).version()).isEqualTo(Version.HTTP_2);
            String body = "b".repeat(300_000);
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> answer =
                        send(HTTP2, request(port, "/echo").POST(HttpRequest.BodyPublishers.ofString(body)));
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.version()).isEqualTo(Version.HTTP_2);
                assertThat(answer.body()).isEqualTo(body);
            }
            assertThat(send(HTTP2, request(port, "/large")).body()).isEqualTo(large());
        }
    }

    @Test
    void refusalsHaveTheirEnvelopeAndTheirIdInBothProtocols() throws Exception {
        HttpClient http1 = HttpClient.newBuilder().version(Version.HTTP_1_1).build();
        for (HttpClient client : List.of(http1, HTTP2)) {
            send(client, request(door.port(), "/small"));
            HttpResponse<String> unknown = send(client, request(door.port(), "/nothing?q=1"));
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(unknown.body())
                    .contains(
                            "NOT_FOUND",
                            unknown.headers().firstValue("X-Request-Id").orElseThrow());
        }
    }

    @Test
    void aHeadIsAnsweredByHeadersAloneInBothProtocols() throws Exception {
        HttpClient http1 = HttpClient.newBuilder().version(Version.HTTP_1_1).build();
        for (HttpClient client : List.of(http1, HTTP2)) {
            send(client, request(door.port(), "/small"));
            for (String path : List.of("/large", "/nothing")) {
                HttpResponse<String> head =
                        send(client, request(door.port(), path).HEAD());
                HttpResponse<String> get = send(client, request(door.port(), path));
                assertThat(head.statusCode()).isEqualTo(get.statusCode());
                assertThat(head.version()).isEqualTo(client.version());
                assertThat(head.headers().firstValue("Content-Length"))
                        .isEqualTo(get.headers().firstValue("Content-Length"));
            }
        }
    }

    @Test
    void manyStreamsOfOneConnectionAreAnsweredEachWithItsOwnId() throws Exception {
        send(HTTP2, request(door.port(), "/small"));
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 50)
                .mapToObj(i -> HTTP2.sendAsync(
                        request(door.port(), "/echo")
                                .POST(HttpRequest.BodyPublishers.ofString("stream " + i))
                                .build(),
                        BodyHandlers.ofString()))
                .toList();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < answers.size(); i++) {
            HttpResponse<String> answer = answers.get(i).get();
            assertThat(answer.body()).isEqualTo("stream " + i);
            ids.add(answer.headers().firstValue("X-Request-Id").orElseThrow());
        }
        assertThat(ids).hasSize(50);
    }

    @Test
    void aPlainSocketIsAnsweredInHttp1WithoutDelayAndWithoutUpgrade() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.ingestPort())) {
            socket.setSoTimeout(2_000);
            OutputStream out = socket.getOutputStream();
            out.write("GET /small HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void largeAnswersAreZippedForThoseWhoTakeIt() throws Exception {
        HttpRequest.Builder asking = request(door.port(), "/large").header("Accept-Encoding", "br, gzip;q=0.5");
        HttpResponse<byte[]> zipped = HTTP2.send(asking.build(), BodyHandlers.ofByteArray());
        assertThat(zipped.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(zipped.body().length).isLessThan(2_000);
        assertThat(unzipped(zipped.body())).isEqualTo(large());
        for (String refusing : List.of("gzip;q=0", "br", "identity")) {
            HttpResponse<String> plain =
                    send(HTTP2, request(door.port(), "/large").header("Accept-Encoding", refusing));
            assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
            assertThat(plain.headers().firstValue("Vary")).hasValue("Accept-Encoding");
            assertThat(plain.body()).isEqualTo(large());
        }
        HttpResponse<String> small = send(HTTP2, request(door.port(), "/small").header("Accept-Encoding", "gzip"));
        assertThat(small.headers().firstValue("Content-Encoding")).isEmpty();
    }

    private static String unzipped(byte[] body) throws IOException {
        return new String(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(), StandardCharsets.UTF_8);
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
