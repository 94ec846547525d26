package dev.varve.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.connectors.PlatformHttp.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a broken network leaves us knowing of a request's fate, on plain sockets.
class PlatformHttpTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final byte[] BODY = "{\"data\":[]}".getBytes(StandardCharsets.UTF_8);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = PlatformHttp.newClient(executor);
    private final PlatformHttp http = new PlatformHttp(client, InstantSource.system());
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private ServerSocket server;

    /// Handles one connection; closing it afterwards is the server's.
    private interface Script {
        void serve(Socket socket) throws IOException, InterruptedException;
    }

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        end.countDown();
        server.close();
        client.shutdownNow();
        executor.shutdownNow();
    }

    @Test
    void aNameThatDoesNotResolveHasAKnownFate() {
        assertFate(http.post("http://platform.invalid/track", Map.of(), BODY, LONG), false);
    }

    @Test
    void aRefusedConnectionHasAKnownFate() throws IOException {
        String address = address();
        server.close();

        assertFate(http.post(address, Map.of(), BODY, LONG), false);
    }

    @Test
    void aRefusedHandshakeHasAKnownFate() {
        script(socket -> {
            socket.getInputStream().read();
            socket.getOutputStream().write(new byte[] {0x15, 3, 3, 0, 2, 2, 40}); // TLS alert: handshake failure
            socket.getOutputStream().flush();
            end.await();
        });

        assertFate(http.post(address().replace("http:", "https:"), Map.of(), BODY, LONG), false);
    }

    @Test
    void aResetInTheMiddleOfTheRequestLeavesTheFateUnknown() {
        script(socket -> {
            socket.getInputStream().read();
            socket.setSoLinger(true, 0);
        });

        assertFate(http.post(address(), Map.of(), new byte[8_000_000], LONG), true);
    }

    @Test
    void aResetAfterTheRequestWasReadLeavesTheFateUnknown() {
        script(socket -> {
            readRequest(socket);
            socket.setSoLinger(true, 0);
        });

        assertFate(post(LONG), true);
    }

    @Test
    void anEndInsteadOfAnAnswerLeavesTheFateUnknown() {
        script(PlatformHttpTest::readRequest);

        assertFate(post(LONG), true);
    }

    @Test
    void silenceLeavesTheFateUnknown() {
        script(socket -> {
            readRequest(socket);
            end.await();
        });

        assertFate(post(Duration.ofMillis(300)), true);
    }

    @Test
    void anAnswerThatNeverEndsLeavesTheFateUnknown() {
        script(socket -> {
            readRequest(socket);
            write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"code\":");
            end.await();
        });

        assertFate(post(Duration.ofMillis(300)), true);
    }

    @Test
    void halfAHeaderLeavesTheFateUnknown() {
        script(socket -> {
            readRequest(socket);
            write(socket, "HTTP/1.1 200 OK\r\nContent-Le");
        });

        assertFate(post(LONG), true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 100\r\n\r\n{\"code\":0}",
                "Transfer-Encoding: chunked\r\n\r\na\r\n{\"code\":0}\r\n",
                "Transfer-Encoding: chunked\r\n\r\na\r\n{\"code\":0}\r\nnonsense\r\n",
                "Transfer-Encoding: chunked\r\n\r\na\r\n{\"code\":0}\r\n5\r\nab"
            })
    void aBodyThatBreaksOffIsAnIncompleteAnswerWithItsStatus(String rest) {
        script(socket -> {
            readRequest(socket);
            write(socket, "HTTP/1.1 503 Unavailable\r\n" + rest);
        });

        PlatformAnswer answer = answer(post(LONG));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.complete()).isFalse();
        assertThat(AnswerBody.read(answer)).isEmpty();
    }

    @Test
    void aWholeChunkedAnswerIsRead() {
        script(socket -> {
            readRequest(socket);
            write(
                    socket,
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"cod\r\n5\r\ne\":0}\r\n0\r\n\r\n");
        });

        assertThat(text(answer(post(LONG)))).isEqualTo("{\"code\":0}");
    }

    @Test
    void anOversizeAnswerIsCut() {
        script(socket -> {
            readRequest(socket);
            write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(200_000));
        });

        PlatformAnswer answer = answer(post(LONG));
        assertThat(answer.complete()).isFalse();
        assertThat(answer.body()).hasSize(PlatformHttp.MAX_ANSWER_BYTES);
    }

    @Test
    void aZippedAnswerIsUnpackedUpToTheLimit() {
        script(socket -> respondZipped(socket, "{\"code\":0}"));
        assertThat(text(answer(post(LONG)))).isEqualTo("{\"code\":0}");

        script(socket -> respondZipped(socket, "y".repeat(5_000_000)));
        PlatformAnswer bomb = answer(post(LONG));
        assertThat(bomb.complete()).isFalse();
        assertThat(bomb.body()).hasSize(PlatformHttp.MAX_ANSWER_BYTES);
    }

    @Test
    void aZipThatBreaksOffIsAnIncompleteAnswer() {
        script(socket -> {
            byte[] zipped = zipped("{\"code\":0,\"message\":\"OK\"}");
            readRequest(socket);
            write(socket, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\n");
            socket.getOutputStream().write(zipped, 0, 12);
        });

        assertThat(answer(post(LONG)).complete()).isFalse();
    }

    @Test
    void aRedirectIsAnAnswerAndNotFollowed() {
        script(socket -> {
            readRequest(socket);
            write(socket, "HTTP/1.1 307 Moved\r\nLocation: " + address() + "\r\nContent-Length: 0\r\n\r\n");
        });

        assertThat(answer(post(LONG)).status()).isEqualTo(307);
        assertThat(connections).hasValue(1);
    }

    @Test
    void aSecretInAQueryIsInNoMessage() throws IOException {
        String address = address() + "?secret=hush-hush";
        server.close();

        for (Exchange exchange : new Exchange[] {
            http.get(address, Map.of(), LONG),
            http.get("http://platform.invalid/?secret=hush-hush", Map.of(), LONG),
            http.get("http://127.0.0.1:1/ ?secret=hush-hush", Map.of(), LONG)
        }) {
            assertThat(exchange.toString()).doesNotContain("hush-hush").doesNotContain("secret=");
        }
    }

    @Test
    void aTokenWithALineBreakIsNeverSent() {
        assertThat(http.post(address(), Map.of("Access-Token", "a\r\nb"), BODY, LONG))
                .isInstanceOf(Exchange.Impossible.class);
    }

    @Test
    void anInterruptedWaitLeavesTheFateUnknownAndTheThreadInterrupted() {
        script(socket -> end.await());
        Thread.currentThread().interrupt();

        assertFate(post(LONG), true);
        assertThat(Thread.interrupted()).isTrue();
    }

    private Exchange post(Duration timeout) {
        return http.post(address(), Map.of(), BODY, timeout);
    }

    private String address() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/track/";
    }

    private void script(Script script) {
        executor.execute(() -> {
            try (Socket socket = server.accept()) {
                connections.incrementAndGet();
                script.serve(socket);
            } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// Head and body, so that closing sends an end and no reset.
    private static void readRequest(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        in.readNBytes(BODY.length);
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static void respondZipped(Socket socket, String text) throws IOException {
        byte[] zipped = zipped(text);
        readRequest(socket);
        write(
                socket,
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\nContent-Length: " + zipped.length
                        + "\r\n\r\n");
        socket.getOutputStream().write(zipped);
    }

    private static byte[] zipped(String text) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return zipped.toByteArray();
    }

    private static void assertFate(Exchange exchange, boolean unknown) {
        assertThat(exchange).isInstanceOfSatisfying(Exchange.Broken.class, broken -> assertThat(broken.fateUnknown())
                .isEqualTo(unknown));
    }

    private static PlatformAnswer answer(Exchange exchange) {
        if (exchange instanceof Exchange.Answered answered) {
            return answered.answer();
        }
        throw new AssertionError("not answered: " + exchange);
    }

    private static String text(PlatformAnswer answer) {
        assertThat(answer.complete()).isTrue();
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
