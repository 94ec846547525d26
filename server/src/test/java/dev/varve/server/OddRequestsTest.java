package dev.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.config.HttpSettings;
import dev.varve.server.http.Answers;
import dev.varve.server.http.ApiException;
import io.helidon.webserver.http.HttpRules;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that few clients send are answered with the envelope, and leave the connection in order.
@SuppressWarnings("NullAway.Init")
class OddRequestsTest {
    private static FrontDoor door;

    @BeforeAll
    static void open() {
        HttpSettings settings =
                new HttpSettings("127.0.0.1", 0, OptionalInt.of(0), Optional.empty(), Optional.empty(), List.of());
        door = FrontDoor.open(settings, OddRequestsTest::routes, OddRequestsTest::routes);
    }

    @AfterAll
    static void close() {
        door.close();
    }

    private static void routes(HttpRules rules) {
        Answers.get(rules, "/small", (request, response) -> Answers.send(request, response, new byte[] {'x'}));
        Answers.get(rules, "/large", (request, response) -> Answers.send(request, response, new byte[5_000]));
        rules.any("/v1/names", (request, response) -> {
            throw ApiException.invalid("name", request.query().all("name").toString());
        });
        rules.any("/v1/things/{id}", (request, response) -> {
            throw ApiException.invalid("id", request.path().rawPath());
        });
        rules.any("/l/things/{id}", (request, response) -> {
            throw ApiException.invalid("id", request.path().rawPath()).withStatus(400);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/small", "/large", "/nothing", "/v1/things/x"})
    void aHeadIsAnsweredByHeadersAloneAndTheConnectionGoesOn(String path) throws IOException {
        for (int port : List.of(door.port(), door.ingestPort())) {
            String two = exchange(port, "HEAD " + path + " HTTP/1.1\r\nHost: x\r\n\r\n" + last("GET /small"));

            String second = two.substring(two.indexOf("\r\n\r\n") + 4);
            assertThat(second).startsWith("HTTP/1.1 200").endsWith("\r\n\r\nx");
            String length = header(two, "Content-Length");
            assertThat(length).isEqualTo(header(exchange(port, last("GET " + path)), "Content-Length"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{id}", "%zz", "%", "a|b", "a<b>", "a%2", "^", "a\"b", "`", "a\\b", "\u0001"})
    void whatAPathMustNotHoldIsRefusedByTheRoute(String segment) throws IOException {
        for (int port : List.of(door.port(), door.ingestPort())) {
            assertRefused(exchange(port, last("GET /v1/things/" + segment)), 422);
            assertRefused(exchange(port, last("GET /l/things/" + segment)), 400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%zz", "%", "a|b", "a<b>", "{a}", "a\"b"})
    void whatAQueryMustNotHoldIsRefusedToo(String value) throws IOException {
        assertRefused(exchange(door.port(), last("GET /v1/names?name=" + value)), 422);
    }

    @Test
    void aLineOrHeaderTooLongIsRefused() throws IOException {
        String longPath = "GET /v1/things/" + "x".repeat(40_000);
        assertRefused(exchange(door.port(), last(longPath)), 422);
        assertRefused(exchange(door.ingestPort(), last(longPath)), 400);
        String header = " HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(40_000) + "\r\n\r\n";
        assertRefused(exchange(door.port(), "GET /v1/things/x" + header), 422);
        assertRefused(exchange(door.port(), "GET /l/things/x" + header), 400);
    }

    @Test
    void overHttp2AnOddPathIsRefusedByTheRouteToo() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(http2Get("/v1/things/{id}|%zz"));
            socket.getOutputStream().flush();
            DataInputStream frames = new DataInputStream(socket.getInputStream());
            assertThat(firstData(frames)).contains("VALIDATION", "\"issues\":[{\"path\":");
        }
    }

    /// The preface, empty settings, and one request without a body.
    private static byte[] http2Get(String path) {
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        headers.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86, 0x04, (byte) path.length()}); // GET, http, :path
        headers.writeBytes(path.getBytes(StandardCharsets.ISO_8859_1));
        headers.writeBytes(new byte[] {0x01, 1, 'x'}); // :authority
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
        out.writeBytes(new byte[] {0, 0, (byte) headers.size(), 1, 5, 0, 0, 0, 1});
        out.writeBytes(headers.toByteArray());
        return out.toByteArray();
    }

    private static String firstData(DataInputStream frames) throws IOException {
        while (true) {
            int length = frames.readUnsignedShort() << 8 | frames.readUnsignedByte();
            int type = frames.readUnsignedByte();
            frames.skipNBytes(5);
            byte[] payload = frames.readNBytes(length);
            if (type == 0 || type == 7) {
                return new String(payload, StandardCharsets.UTF_8);
            }
        }
    }

    private static void assertRefused(String answer, int status) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("VALIDATION", "\"issues\":[{\"path\":");
        assertThat(answer).contains("\"requestId\":\"" + header(answer, "X-Request-Id") + "\"");
    }

    private static String header(String answer, String name) {
        return answer.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("none");
    }

    private static String last(String methodAndPath) {
        return methodAndPath + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    }

    private static String exchange(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
