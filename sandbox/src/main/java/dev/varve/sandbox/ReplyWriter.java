package dev.varve.sandbox;

import com.sun.net.httpserver.HttpExchange;
import dev.varve.sandbox.sim.Delivery;
import dev.varve.sandbox.sim.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Puts answers on the wire, faults included. Every wait ends when the server closes.
final class ReplyWriter {
    private final CountDownLatch closing;

    ReplyWriter(CountDownLatch closing) {
        this.closing = closing;
    }

    void write(HttpExchange exchange, Reply reply) throws IOException {
        switch (reply.delivery()) {
            case Delivery.Whole _ -> whole(exchange, reply);
            case Delivery.SlowHeaders(Duration delay) -> {
                if (isClosedWithin(delay)) {
                    exchange.close();
                } else {
                    whole(exchange, reply);
                }
            }
            case Delivery.SlowBody(Duration perByte) -> slowly(exchange, reply, perByte);
            case Delivery.Hang(Duration limit) -> {
                isClosedWithin(limit);
                exchange.close();
            }
            case Delivery.Dropped _ -> exchange.close();
            case Delivery.Truncated _ -> {
                OutputStream out = start(exchange, reply);
                out.write(reply.body(), 0, reply.body().length / 2);
                out.flush();
                exchange.close();
            }
        }
    }

    private static void whole(HttpExchange exchange, Reply reply) throws IOException {
        try (OutputStream out = start(exchange, reply)) {
            out.write(reply.body());
        }
    }

    private void slowly(HttpExchange exchange, Reply reply, Duration perByte) throws IOException {
        try (OutputStream out = start(exchange, reply)) {
            for (byte one : reply.body()) {
                if (isClosedWithin(perByte)) {
                    exchange.close();
                    return;
                }
                out.write(one);
                out.flush();
            }
        }
    }

    private static OutputStream start(HttpExchange exchange, Reply reply) throws IOException {
        reply.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
        return exchange.getResponseBody();
    }

    private boolean isClosedWithin(Duration wait) {
        try {
            return closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
