package dev.varve.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Saturating ingest: single-event requests and batches of 50, into a project without destinations.
final class IngestLoad {
    private static final int SINGLE_CONNECTIONS = 96;
    private static final int BATCH_CONNECTIONS = 24;
    private static final int BATCH = 50;

    private IngestLoad() {}

    static List<Figure> singles(Shop shop, Duration duration) throws IOException {
        LoadGenerator.Result result = run(shop, 1, SINGLE_CONNECTIONS, duration);
        double p50 = result.latencies().millisAt(0.5);
        double p99 = result.latencies().millisAt(0.99);
        return List.of(
                new Figure(
                        "single-event requests, acknowledged durable",
                        String.format("%,.0f requests/s%s", result.requestsPerSecond(), refused(result)),
                        ">= 25,000/s",
                        result.requestsPerSecond() >= 25_000 && result.refused() == 0),
                new Figure(
                        "  their latency at " + SINGLE_CONNECTIONS + " connections",
                        String.format("p50 %.1f ms, p99 %.1f ms", p50, p99),
                        "p50 < 5 ms, p99 < 40 ms",
                        p50 < 5 && p99 < 40));
    }

    static Figure batches(Shop shop, Duration duration) throws IOException {
        LoadGenerator.Result result = run(shop, BATCH, BATCH_CONNECTIONS, duration);
        double events = result.requestsPerSecond() * BATCH;
        return new Figure(
                "batches of " + BATCH,
                String.format(
                        "%,.0f events/s, p50 %.1f ms%s",
                        events, result.latencies().millisAt(0.5), refused(result)),
                ">= 60,000 events/s",
                events >= 60_000 && result.refused() == 0);
    }

    private static LoadGenerator.Result run(Shop shop, int events, int connections, Duration duration)
            throws IOException {
        String run = Long.toString(System.nanoTime(), 36);
        RequestTemplate template = RequestTemplate.purchases(shop.appId(), run, events);
        try (LoadGenerator load = new LoadGenerator(shop.server().port(), template, connections)) {
            load.saturate(Options.warmUp(duration));
            return load.saturate(duration);
        }
    }

    private static String refused(LoadGenerator.Result result) {
        return result.refused() == 0 ? "" : String.format(", %,d REFUSED", result.refused());
    }
}
