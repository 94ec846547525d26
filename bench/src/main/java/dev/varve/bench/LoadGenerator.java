package dev.varve.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;

/// Offers load from one thread: a selector over keep-alive connections, each with one request under way. Cheap on
/// purpose, because it shares the machine with what it measures.
final class LoadGenerator implements AutoCloseable {
    private final RequestTemplate template;
    private final Selector selector;
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private long counter;
    private byte[] time = RequestTemplate.now();
    private long timeTakenAt;

    /// What a run came to. `refused`: answers other than 202. Latencies of 202 answers only; with a fixed rate they
    /// count from the moment at which the request was due, so a server that stalls cannot hide it.
    record Result(long requests, long refused, Duration elapsed, LatencyHistogram latencies) {
        double requestsPerSecond() {
            return requests / (elapsed.toNanos() / 1e9);
        }
    }

    LoadGenerator(int port, RequestTemplate template, int connections) throws IOException {
        this.template = template;
        this.selector = Selector.open();
        for (int i = 0; i < connections; i++) {
            idle.add(Connection.open(selector, port, template.copy()));
        }
    }

    /// As fast as answers come back.
    Result saturate(Duration duration) throws IOException {
        return run(duration, 0);
    }

    /// At a fixed rate of requests per second, as far as free connections allow.
    Result offer(Duration duration, double requestsPerSecond) throws IOException {
        return run(duration, requestsPerSecond);
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    private Result run(Duration duration, double rate) throws IOException {
        LatencyHistogram latencies = new LatencyHistogram();
        long begin = System.nanoTime();
        long end = begin + duration.toNanos();
        long accepted = 0;
        long refused = 0;
        long sent = 0;
        long underWay = 0;
        while (true) {
            long now = System.nanoTime();
            boolean isOver = now - end >= 0;
            long due = rate == 0 ? Long.MAX_VALUE : (long) ((now - begin) / 1e9 * rate) + 1;
            while (!isOver && sent < due && !idle.isEmpty()) {
                long dueAt = rate == 0 ? now : begin + (long) (sent / rate * 1e9);
                send(idle.poll(), dueAt, now);
                sent++;
                underWay++;
            }
            if (isOver && (underWay == 0 || now - end > Duration.ofSeconds(30).toNanos())) {
                return new Result(accepted, refused + underWay, Duration.ofNanos(now - begin), latencies);
            }
            selector.select(rate == 0 ? 100 : 1);
            for (SelectionKey key : selector.selectedKeys()) {
                Connection connection = (Connection) key.attachment();
                int status = connection.progress();
                if (status > 0) {
                    underWay--;
                    idle.add(connection);
                    if (status == 202) {
                        accepted++;
                        latencies.record(System.nanoTime() - connection.dueAt);
                    } else {
                        refused++;
                    }
                }
            }
            selector.selectedKeys().clear();
        }
    }

    private void send(Connection connection, long dueAt, long now) throws IOException {
        if (now - timeTakenAt > 1_000_000) {
            time = RequestTemplate.now();
            timeTakenAt = now;
        }
        template.stamp(connection.request, counter, time);
        counter += template.eventsPerRequest();
        connection.begin(dueAt);
    }
}
