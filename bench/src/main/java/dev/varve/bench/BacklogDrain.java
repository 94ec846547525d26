package dev.varve.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A long outage of both platforms: the backlog fills while the sandbox answers 503, then it drains. The server rests
/// for 5 s at most between its attempts (`delivery-retry-cap`), so that the outage need not take hours.
final class BacklogDrain {
    static final String RETRY_CAP = "5s";

    private static final int BATCH = 100;
    private static final int CONNECTIONS = 8;
    private static final int FEWER_REQUESTS = 100;
    /// MiB by which the memory of a process varies without growing.
    private static final int NOISE = 32;

    private static final Duration LIMIT = Duration.ofMinutes(15);

    private final Shop shop;
    private final Sandbox sandbox;
    private final Watched watched;
    private final long events;

    /// `events`: to be kept for each of the two platforms.
    BacklogDrain(Shop shop, Watched watched, long events) {
        this.shop = shop;
        this.sandbox = new Sandbox(watched.sandbox());
        this.watched = watched;
        this.events = events;
    }

    /// What both platforms took between the end of the outage and an empty backlog.
    private record Drained(Duration time, long requests, long taken, long left, String cpu) {
        double rate() {
            return taken / (time.toNanos() / 1e9);
        }

        double perRequest() {
            return taken / (double) Math.max(1, requests);
        }
    }

    List<Figure> measure() throws IOException, InterruptedException {
        double before = shop.server().residentMebibytes();
        RelayWatch filling = RelayWatch.start(shop);
        sandbox.refuseAll();
        double fillRate = fill();
        RelayWatch.Seen full = filling.end();
        RelayWatch draining = RelayWatch.start(shop);
        Drained drained = drain();
        RelayWatch.Seen drain = draining.end();
        double after = shop.server().residentMebibytes();
        return figures(fillRate, drained, List.of(before, full.mebibytes(), drain.mebibytes(), after));
    }

    /// Answers events per second.
    private double fill() throws IOException {
        RequestTemplate template = RequestTemplate.shoppers(shop.appId(), Long.toString(System.nanoTime(), 36), BATCH);
        long begin = System.nanoTime();
        try (LoadGenerator load = new LoadGenerator(shop.server().port(), template, CONNECTIONS)) {
            for (long accepted = 0; accepted < events; ) {
                accepted += load.saturate(Duration.ofMillis(500)).requests() * BATCH;
            }
        }
        return events / ((System.nanoTime() - begin) / 1e9);
    }

    private Drained drain() throws IOException, InterruptedException {
        Sandbox.Taken before = taken();
        Watched.Used used = watched.used();
        sandbox.refuseNothing();
        long begin = awaitTaken(before.events() + 1);
        awaitTaken(before.events() + 2 * events);
        long left = RelayWatch.awaitEmptyBacklog(shop);
        Duration time = Duration.ofNanos(System.nanoTime() - begin);
        Sandbox.Taken taken = taken().since(before);
        String cpu = watched.used().since(used).perEvent(events);
        return new Drained(time, taken.requests(), taken.events() - taken.merged(), left, cpu);
    }

    private Sandbox.Taken taken() throws IOException, InterruptedException {
        return sandbox.taken("meta").plus(sandbox.taken("tiktok"));
    }

    /// The moment, in the JVM's own time, at which both together had taken so many.
    private long awaitTaken(long wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (taken().events() < wanted && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        return System.nanoTime();
    }

    private List<Figure> figures(double fillRate, Drained drained, List<Double> memory) {
        return List.of(
                Figure.context(
                        String.format("outage: %,d events accepted while both refuse", events),
                        String.format("%,.0f events/s", fillRate)),
                new Figure(
                        "  drained to both, " + drained.left + " left",
                        String.format(
                                "%,d in %,d s, %,.0f/s to each",
                                drained.taken, drained.time.toSeconds(), drained.rate() / 2),
                        "all of them",
                        drained.left == 0 && drained.taken >= 2 * events),
                new Figure(
                        "  events in one request, on average",
                        String.format("%,.0f (%,d requests)", drained.perRequest(), drained.requests),
                        ">= " + FEWER_REQUESTS,
                        drained.perRequest() >= FEWER_REQUESTS),
                new Figure(
                        "  memory of the server before, filling, draining, after",
                        String.format(
                                "%.0f, %.0f, %.0f, %.0f MiB RSS",
                                memory.get(0), memory.get(1), memory.get(2), memory.get(3)),
                        "no growth while draining",
                        memory.get(2) <= memory.get(1) + NOISE),
                Figure.context("  processor time per event, to both", drained.cpu));
    }
}
