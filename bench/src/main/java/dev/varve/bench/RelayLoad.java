package dev.varve.bench;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// From acceptance to both platforms at 2,000 single events per second. Latencies come from the events' own receipts:
/// `at` of the receipt minus `receivedAt`, one clock, sampled evenly over the run.
final class RelayLoad {
    private static final int RATE = 2_000;
    private static final int CONNECTIONS = 64;

    private final Shop shop;

    private RelayLoad(Shop shop) {
        this.shop = shop;
    }

    static List<Figure> measure(Shop shop, Duration duration) throws IOException, InterruptedException {
        return new RelayLoad(shop).run(duration);
    }

    private List<Figure> run(Duration duration) throws IOException, InterruptedException {
        String run = Long.toString(System.nanoTime(), 36);
        RequestTemplate template = RequestTemplate.purchases(shop.appId(), run, 1);
        Instant begin;
        Instant end;
        RelayWatch watch;
        RelayWatch.Seen seen;
        LoadGenerator.Result offered;
        try (LoadGenerator load = new LoadGenerator(shop.server().port(), template, CONNECTIONS)) {
            load.offer(Options.warmUp(duration), RATE);
            watch = RelayWatch.start(shop);
            begin = Instant.now();
            offered = load.offer(duration, RATE);
            end = Instant.now();
            seen = watch.end();
        }
        long left = RelayWatch.awaitEmptyBacklog(shop);
        LatencyHistogram latencies = watch.latencies(begin, end);
        double p50 = latencies.millisAt(0.5) / 1000;
        double p99 = latencies.millisAt(0.99) / 1000;
        boolean isStable = seen.late() <= seen.early() + 2L * RATE && left == 0;
        return List.of(
                Figure.context(
                        "relay: offered to a project with both platforms on",
                        String.format("%,.0f events/s, %,d refused", offered.requestsPerSecond(), offered.refused())),
                new Figure(
                        "accept to forwarded, both sandbox platforms",
                        String.format("p50 %.2f s, p99 %.2f s (%,d receipts)", p50, p99, latencies.count()),
                        "p50 < 1.5 s, p99 < 3 s",
                        latencies.count() > 0 && p50 < 1.5 && p99 < 3),
                new Figure(
                        "  backlog at a quarter, at the end, " + RelayWatch.SETTLE.toSeconds() + " s after",
                        String.format("%,d, %,d, %,d", seen.early(), seen.late(), left),
                        "no growth",
                        isStable),
                new Figure(
                        "  memory of the server process",
                        String.format("%.0f MiB RSS", seen.mebibytes()),
                        "<= 400 MiB",
                        seen.mebibytes() <= 400));
    }
}
