package dev.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.FrontDoorForTests;
import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Helidon's private members are still named so that its buffers can be cut; else they are again kept by each other.
class ReadBuffersTest {
    private static final int REQUESTS = 5;

    @Test
    void noRequestIsReachableFromWhatWasReadForTheOneBefore() throws Exception {
        List<Object> buffers = new ArrayList<>();
        try (FrontDoorForTests server = FrontDoorForTests.open(rules -> rules.post("/it", (request, response) -> {
                    buffers.add(member(readerOf(request), "head"));
                    response.send(Integer.toString(lengthOf(request)));
                }));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            for (int i = 1; i <= REQUESTS; i++) {
                // Larger than what Helidon reads at once, so that each request takes several buffers.
                assertThat(answer(socket, 20_000 * i)).endsWith("\r\n\r\n" + 20_000 * i);
            }
        }
        assertThat(buffers).hasSize(REQUESTS).doesNotHaveDuplicates();
        for (int i = 0; i < REQUESTS - 1; i++) {
            assertThat(chain(buffers.get(i))).doesNotContain(buffers.get(i + 1));
        }
        assertThat(chain(buffers.getFirst()))
                .as("the chain is what is looked at")
                .hasSizeGreaterThan(1);
    }

    @Test
    void whatCameTogetherIsAnsweredOneByOne() throws Exception {
        try (FrontDoorForTests server = FrontDoorForTests.open(
                        rules -> rules.post("/it", (request, response) -> response.send("" + lengthOf(request))));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String two = request(3) + request(4);
            socket.getOutputStream().write(two.getBytes(StandardCharsets.UTF_8));
            assertThat(read(socket)).endsWith("\r\n\r\n3");
            assertThat(read(socket)).endsWith("\r\n\r\n4");
        }
    }

    private static DataReader readerOf(ServerRequest request) {
        return ((ConnectionContext) member(request, "ctx")).dataReader();
    }

    private static List<Object> chain(Object buffer) {
        List<Object> chain = new ArrayList<>();
        for (Object next = buffer; next != null; next = member(next, "next")) {
            chain.add(next);
        }
        return chain;
    }

    private static Object member(Object object, String name) {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Field field = type.getDeclaredField(name);
                field.setAccessible(true);
                return field.get(object);
            } catch (NoSuchFieldException e) {
                continue;
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
        throw new AssertionError(object.getClass() + " has no " + name);
    }

    private static int lengthOf(ServerRequest request) {
        try (InputStream body = request.content().inputStream()) {
            return body.readAllBytes().length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String answer(Socket socket, int length) throws IOException {
        socket.getOutputStream().write(request(length).getBytes(StandardCharsets.UTF_8));
        return read(socket);
    }

    private static String request(int length) {
        return "POST /it HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n" + "b".repeat(length);
    }

    /// Headers, and a body of as many characters as `Content-Length` says.
    private static String read(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) socket.getInputStream().read());
        }
        int length = Integer.parseInt(answer.toString().replaceAll("(?is).*content-length: (\\d+).*", "$1"));
        return answer + new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }
}
