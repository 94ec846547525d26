package dev.varve.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/// What dashboards ask for most, at a fixed rate, while apps send events.
final class PointLoad {
    static final List<String> NAMES = List.of("GET sdk-app", "GET capi-status", "GET whoami");
    private static final double READS = 500;
    private static final double EVENTS = 5_000;
    private static final int BATCH = 25;
    private static final int CONNECTIONS = 16;

    private final Watched watched;
    private final String apiKey;
    private final Market market;
    private final Random random = new Random(7);
    private final RequestTemplate visits = RequestTemplate.visits(Long.toString(System.nanoTime(), 36), BATCH);
    private long counter;

    PointLoad(Watched watched, String apiKey, Market market) {
        this.watched = watched;
        this.apiKey = apiKey;
        this.market = market;
    }

    /// First the same for `warmUp`: at this rate the compiler takes longer than with more requests, and for two minutes
    /// after the data was made its index pages go whole into the write-ahead log, one by one as they are changed.
    List<Figure> measure(Duration warmUp, Duration duration) throws IOException {
        List<MixedLoad.Kind> kinds = new ArrayList<>();
        kinds.add(new MixedLoad.Kind("ingest", EVENTS / BATCH, 202, this::batch));
        for (String name : NAMES) {
            Supplier<byte[]> request = () -> GetClient.request(path(name, market, random), apiKey);
            kinds.add(new MixedLoad.Kind(name, READS / NAMES.size(), 200, request));
        }
        try (MixedLoad load = new MixedLoad(watched.server().port(), kinds, CONNECTIONS)) {
            load.offer(warmUp);
            Watched.Used before = watched.used();
            List<MixedLoad.Result> results = load.offer(duration);
            Watched.Used used = watched.used().since(before);
            List<Figure> figures = new ArrayList<>();
            figures.add(ingest(results.getFirst()));
            results.subList(1, results.size()).forEach(result -> figures.add(read(result)));
            figures.add(Figure.context("  held up meanwhile: the load itself", late(load.turns())));
            figures.add(Figure.context(
                    "  processor time of this", used.cores(results.getFirst().elapsed())));
            return figures;
        }
    }

    /// What is asked for in a project and app of those that have much.
    static String path(String name, Market market, Random random) {
        Market.Stall stall = market.random(random);
        String project = "/v1/projects/" + stall.projectId();
        return switch (name) {
            case "GET sdk-app" -> project + "/sdk-apps/" + stall.randomApp(random);
            case "GET capi-status" -> project + "/ads/capi-status";
            case "GET whoami" -> "/v1/whoami";
            default -> throw new IllegalArgumentException(name);
        };
    }

    private byte[] batch() {
        byte[] request = visits.copy();
        visits.stamp(request, counter, RequestTemplate.now());
        visits.address(request, market.random(random).randomApp(random));
        counter += BATCH;
        return request;
    }

    private static Figure ingest(MixedLoad.Result result) {
        double events = result.perSecond() * BATCH;
        return new Figure(
                String.format("ingest beside %.0f reads/s, batches of %d", READS, BATCH),
                String.format(
                        "%,.0f events/s, p99 %.1f ms, %,d refused",
                        events, result.latencies().millisAt(0.99), result.refused()),
                String.format("%,.0f events/s, none refused", EVENTS),
                events >= 0.98 * EVENTS && result.refused() == 0);
    }

    private static String late(LatencyHistogram turns) {
        return String.format(
                "%.1f ms at p99.9 of its turns, %.0f ms at worst", turns.millisAt(0.999), turns.millisAt(1));
    }

    private static Figure read(MixedLoad.Result result) {
        double p99 = result.latencies().millisAt(0.99);
        return new Figure(
                "  " + result.kind().name() + " beside it",
                String.format(
                        "%.0f/s, p50 %.1f ms, p99 %.1f ms, %,d refused",
                        result.perSecond(), result.latencies().millisAt(0.5), p99, result.refused()),
                "p99 < 10 ms",
                p99 < 10 && result.refused() == 0);
    }
}
