package dev.varve.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// From acceptance to both platforms at 2,000 single events per second. Latencies come from the events' own receipts:
/// `at` of the receipt minus `receivedAt`, one clock, sampled evenly over the run.
final class RelayLoad {
    private static final int RATE = 2_000;
    private static final int CONNECTIONS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration SETTLE = Duration.ofSeconds(10);

    private final Shop shop;
    private final List<Sample> samples = new ArrayList<>();
    private final AtomicBoolean sampling = new AtomicBoolean(true);

    /// The server at one moment. `backlog`: events of both platforms accepted and not yet settled.
    private record Sample(long backlog, double mebibytes) {}

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
        LoadGenerator.Result offered;
        try (LoadGenerator load = new LoadGenerator(shop.server().port(), template, CONNECTIONS)) {
            load.offer(duration.compareTo(WARM_UP) < 0 ? duration : WARM_UP, RATE);
            Thread sampler = Thread.ofVirtual().start(this::sample);
            begin = Instant.now();
            offered = load.offer(duration, RATE);
            end = Instant.now();
            sampling.set(false);
            sampler.join();
        }
        long left = awaitEmptyBacklog();
        LatencyHistogram latencies = latencies(begin, end);
        double p50 = latencies.millisAt(0.5) / 1000;
        double p99 = latencies.millisAt(0.99) / 1000;
        double memory = samples.stream().mapToDouble(Sample::mebibytes).max().orElse(0);
        long early = backlogAround(0.25);
        long late = backlogAround(1.0);
        boolean isStable = late <= early + 2L * RATE && left == 0;
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
                        "  backlog at a quarter, at the end, " + SETTLE.toSeconds() + " s after",
                        String.format("%,d, %,d, %,d", early, late, left),
                        "no growth",
                        isStable),
                new Figure(
                        "  memory of the server process",
                        String.format("%.0f MiB RSS", memory),
                        "<= 400 MiB",
                        memory <= 400));
    }

    private void sample() {
        try {
            while (sampling.get()) {
                samples.add(new Sample(backlog(), shop.server().residentMebibytes()));
                LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long backlog() throws IOException, InterruptedException {
        long events = 0;
        for (JsonNode platform : shop.get("/ads/capi-status").path("platforms")) {
            events += platform.at("/backlog/events").asLong();
        }
        return events;
    }

    /// Mean of the samples in the tenth of the run that ends at `share`.
    private long backlogAround(double share) {
        int to = (int) Math.round(samples.size() * share);
        int from = Math.max(0, to - Math.max(1, samples.size() / 10));
        return (long) samples.subList(from, to).stream()
                .mapToLong(Sample::backlog)
                .average()
                .orElse(0);
    }

    private long awaitEmptyBacklog() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SETTLE.toNanos();
        long left = backlog();
        while (left > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            left = backlog();
        }
        return left;
    }

    /// One page of the timeline per second of the run. An event that is not forwarded counts as a minute.
    private LatencyHistogram latencies(Instant begin, Instant end) throws IOException, InterruptedException {
        LatencyHistogram latencies = new LatencyHistogram();
        for (Instant from = begin; from.isBefore(end); from = from.plusSeconds(1)) {
            String query = "/events?limit=200&since=" + from + "&until=" + from.plusMillis(100);
            for (JsonNode event : shop.get(query).path("items")) {
                Instant received = Instant.parse(event.path("receivedAt").asText());
                for (JsonNode receipt : event.path("forwarding")) {
                    boolean isForwarded = receipt.path("state").asText().equals("forwarded");
                    latencies.record(
                            isForwarded
                                    ? Duration.between(
                                                    received,
                                                    Instant.parse(
                                                            receipt.path("at").asText()))
                                            .toNanos()
                                    : Duration.ofMinutes(1).toNanos());
                }
            }
        }
        return latencies;
    }
}
