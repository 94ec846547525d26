package dev.varve.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/// Offers several kinds of requests at once, each at a fixed rate and over connections of its own, from one thread.
/// Latencies count from the moment at which a request was due, so a server that stalls cannot hide it.
final class MixedLoad implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Selector selector;
    private final List<Lane> lanes = new ArrayList<>();
    private final Map<Connection, Lane> laneOf = new HashMap<>();
    private LatencyHistogram turns = new LatencyHistogram();

    /// `expected`: the status of an answer that is none of the refused.
    record Kind(String name, double perSecond, int expected, Supplier<byte[]> requests) {}

    /// `refused`: other answers, and those that did not come.
    record Result(Kind kind, long answered, long refused, Duration elapsed, LatencyHistogram latencies) {
        double perSecond() {
            return answered / (elapsed.toNanos() / 1e9);
        }
    }

    private static final class Lane {
        private final Kind kind;
        private final ArrayDeque<Connection> idle = new ArrayDeque<>();
        private LatencyHistogram latencies = new LatencyHistogram();
        private long sent;
        private long answered;
        private long refused;

        private Lane(Kind kind) {
            this.kind = kind;
        }

        private void reset() {
            latencies = new LatencyHistogram();
            sent = 0;
            answered = 0;
            refused = 0;
        }

        private long underWay() {
            return sent - answered - refused;
        }
    }

    MixedLoad(int port, List<Kind> kinds, int connectionsEach) throws IOException {
        this.selector = Selector.open();
        for (Kind kind : kinds) {
            Lane lane = new Lane(kind);
            for (int i = 0; i < connectionsEach; i++) {
                Connection connection = Connection.open(selector, port, new byte[0]);
                laneOf.put(connection, lane);
                lane.idle.add(connection);
            }
            lanes.add(lane);
        }
    }

    List<Result> offer(Duration duration) throws IOException {
        lanes.forEach(Lane::reset);
        turns = new LatencyHistogram();
        long begin = System.nanoTime();
        long end = begin + duration.toNanos();
        long before = begin;
        while (true) {
            long now = System.nanoTime();
            turns.record(now - before);
            before = now;
            if (now - end < 0) {
                for (Lane lane : lanes) {
                    sendDue(lane, begin, now);
                }
            } else if (isQuiet() || now - end > PATIENCE.toNanos()) {
                return results(Duration.ofNanos(now - begin));
            }
            selector.select(1);
            for (SelectionKey key : selector.selectedKeys()) {
                progress((Connection) key.attachment());
            }
            selector.selectedKeys().clear();
        }
    }

    /// How long the turns of this took in the last `offer`: hardly more than a millisecond, unless the
    /// machine gives this process no time, which counts into all latencies.
    LatencyHistogram turns() {
        return turns;
    }

    private static void sendDue(Lane lane, long begin, long now) throws IOException {
        double rate = lane.kind.perSecond();
        long due = (long) ((now - begin) / 1e9 * rate) + 1;
        while (lane.sent < due && !lane.idle.isEmpty()) {
            long dueAt = begin + (long) (lane.sent / rate * 1e9);
            lane.idle.remove().begin(dueAt, lane.kind.requests().get());
            lane.sent++;
        }
    }

    private void progress(Connection connection) throws IOException {
        int status = connection.progress();
        if (status == 0) {
            return;
        }
        Lane lane = Objects.requireNonNull(laneOf.get(connection));
        lane.idle.add(connection);
        if (status == lane.kind.expected()) {
            lane.answered++;
            lane.latencies.record(System.nanoTime() - connection.dueAt);
        } else {
            lane.refused++;
        }
    }

    private boolean isQuiet() {
        return lanes.stream().allMatch(lane -> lane.underWay() == 0);
    }

    private List<Result> results(Duration elapsed) {
        return lanes.stream()
                .map(lane ->
                        new Result(lane.kind, lane.answered, lane.refused + lane.underWay(), elapsed, lane.latencies))
                .toList();
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
