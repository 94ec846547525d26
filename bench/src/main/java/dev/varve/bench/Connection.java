package dev.varve.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One keep-alive connection with at most one request under way. Reads answers with `Content-Length` or chunks.
final class Connection {
    private final SocketChannel channel;
    private ByteBuffer out;
    private ByteBuffer in = ByteBuffer.allocate(64 << 10);
    private int answerEnd = -1;
    private int headEnd = -1;
    final byte[] request;

    @Nullable
    SelectionKey key;

    long dueAt;

    /// A new one to a port of this machine, watched by `selector`.
    static Connection open(Selector selector, int port, byte[] request) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        Connection connection = new Connection(channel, request);
        connection.key = channel.register(selector, SelectionKey.OP_READ, connection);
        return connection;
    }

    private Connection(SocketChannel channel, byte[] request) {
        this.channel = channel;
        this.request = request;
        this.out = ByteBuffer.wrap(request);
    }

    /// Sends what stands in `request`.
    void begin(long dueTime) throws IOException {
        begin(dueTime, request);
    }

    void begin(long dueTime, byte[] bytes) throws IOException {
        dueAt = dueTime;
        out = ByteBuffer.wrap(bytes);
        in.clear();
        headEnd = -1;
        answerEnd = -1;
        write();
    }

    /// Goes on with what the socket allows; the status once the answer is complete, else 0.
    int progress() throws IOException {
        if (out.hasRemaining()) {
            write();
            return 0;
        }
        if (!in.hasRemaining()) {
            in = ByteBuffer.allocate(2 * in.capacity()).put(in.flip());
        }
        if (channel.read(in) < 0) {
            throw new EOFException("the server closed a connection");
        }
        return isComplete() ? Integer.parseInt(text(9, 12)) : 0;
    }

    /// The body of a complete answer that named its length.
    byte[] body() {
        return Arrays.copyOfRange(in.array(), headEnd, in.position());
    }

    private void write() throws IOException {
        channel.write(out);
        if (key != null) {
            key.interestOps(out.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    private boolean isComplete() {
        if (headEnd < 0) {
            headEnd = endOfHead();
            if (headEnd < 0) {
                return false;
            }
            String head = text(0, headEnd).toLowerCase(Locale.ROOT);
            int at = head.indexOf("content-length:");
            if (at >= 0) {
                int lineEnd = head.indexOf('\r', at);
                answerEnd = headEnd
                        + Integer.parseInt(head.substring(at + 15, lineEnd).strip());
            }
        }
        return answerEnd >= 0
                ? in.position() >= answerEnd
                : text(headEnd, in.position()).endsWith("0\r\n\r\n");
    }

    private int endOfHead() {
        byte[] bytes = in.array();
        for (int i = 3; i < in.position(); i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private String text(int from, int to) {
        return new String(in.array(), from, to - from, StandardCharsets.ISO_8859_1);
    }
}
