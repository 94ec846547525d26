package dev.varve.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Asks one thing after another over one connection.
final class GetClient implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Selector selector;
    private final Connection connection;
    private final String apiKey;

    GetClient(int port, String apiKey) throws IOException {
        this.selector = Selector.open();
        this.connection = Connection.open(selector, port, new byte[0]);
        this.apiKey = apiKey;
    }

    /// How long the answer took in nanoseconds.
    ///
    /// @throws IOException for every answer but 200
    long time(String path) throws IOException {
        long begin = System.nanoTime();
        int status = status(path);
        long nanos = System.nanoTime() - begin;
        if (status != 200) {
            throw new IOException(path + " answered " + status + ": " + text());
        }
        return nanos;
    }

    String get(String path) throws IOException {
        time(path);
        return text();
    }

    int status(String path) throws IOException {
        connection.begin(System.nanoTime(), request(path, apiKey));
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() - end < 0) {
            selector.select(1_000);
            selector.selectedKeys().clear();
            int status = connection.progress();
            if (status > 0) {
                return status;
            }
        }
        throw new IOException(path + " was not answered within " + LIMIT);
    }

    static byte[] request(String path, String apiKey) {
        return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + apiKey + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private String text() {
        return new String(connection.body(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
