package dev.varve.bench;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The whole path at a rate that fills the machine: batches over HTTP, the log, mapping, both simulated platforms and
/// the ledger, all on the same cores. What counts is what both platforms have taken when the offering ends.
final class RelayRush {
    private static final int RATE = 10_500;
    private static final int TARGET = 10_000;
    private static final int BATCH = 50;
    private static final int CONNECTIONS = 16;

    private final Shop shop;
    private final Sandbox sandbox;
    private final Watched watched;

    RelayRush(Shop shop, Watched watched) {
        this.shop = shop;
        this.sandbox = new Sandbox(watched.sandbox());
        this.watched = watched;
    }

    private record Run(
            LoadGenerator.Result offered,
            Sandbox.Taken meta,
            Sandbox.Taken tiktok,
            Watched.Used used,
            RelayWatch.Seen seen,
            LatencyHistogram latencies) {
        double seconds() {
            return offered.elapsed().toNanos() / 1e9;
        }

        double slowest() {
            return Math.min(meta.events(), tiktok.events()) / seconds();
        }
    }

    List<Figure> measure(Duration duration) throws IOException, InterruptedException {
        return figures(run(duration));
    }

    private Run run(Duration duration) throws IOException, InterruptedException {
        RequestTemplate template = RequestTemplate.shoppers(shop.appId(), Long.toString(System.nanoTime(), 36), BATCH);
        double requests = (double) RATE / BATCH;
        try (LoadGenerator load = new LoadGenerator(shop.server().port(), template, CONNECTIONS)) {
            load.offer(Options.warmUp(duration), requests);
            RelayWatch.awaitEmptyBacklog(shop);
            RelayWatch watch = RelayWatch.start(shop);
            Sandbox.Taken meta = sandbox.taken("meta");
            Sandbox.Taken tiktok = sandbox.taken("tiktok");
            Watched.Used used = watched.used();
            Instant begin = Instant.now();
            LoadGenerator.Result offered = load.offer(duration, requests);
            Sandbox.Taken metaDone = sandbox.taken("meta").since(meta);
            Sandbox.Taken tiktokDone = sandbox.taken("tiktok").since(tiktok);
            Watched.Used usedDone = watched.used().since(used);
            RelayWatch.Seen seen = watch.end();
            RelayWatch.awaitEmptyBacklog(shop);
            return new Run(offered, metaDone, tiktokDone, usedDone, seen, watch.latencies(begin, begin.plus(duration)));
        }
    }

    private List<Figure> figures(Run run) {
        double accepted = run.offered.requestsPerSecond() * BATCH;
        return List.of(
                Figure.context(
                        String.format("whole path: %,d events/s offered in batches of %d", RATE, BATCH),
                        String.format("%,.0f events/s accepted, %,d refused", accepted, run.offered.refused())),
                new Figure(
                        "  forwarded while they were offered, store included",
                        String.format(
                                "%,.0f/s to Meta, %,.0f/s to TikTok",
                                run.meta.events() / run.seconds(), run.tiktok.events() / run.seconds()),
                        String.format(">= %,d events/s to both", TARGET),
                        run.slowest() >= TARGET),
                Figure.context(
                        "  accept to forwarded",
                        String.format(
                                "p50 %.2f s, p99 %.2f s",
                                run.latencies.millisAt(0.5) / 1000, run.latencies.millisAt(0.99) / 1000)),
                new Figure(
                        "  backlog at a quarter, at the end",
                        String.format("%,d, %,d", run.seen.early(), run.seen.late()),
                        "no growth",
                        run.seen.late() <= run.seen.early() + 2L * RATE),
                Figure.context("  processor time per event", run.used.perEvent((long) (accepted * run.seconds()))),
                Figure.context("  memory of the server process", String.format("%.0f MiB RSS", run.seen.mebibytes())));
    }
}
