package dev.varve.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Looks once a second at what waits in the relay and at the server's memory, while something else loads it.
final class RelayWatch {
    static final Duration SETTLE = Duration.ofSeconds(10);

    private final Shop shop;
    private final List<Sample> samples = new ArrayList<>();
    private final AtomicBoolean sampling = new AtomicBoolean(true);
    private final Thread sampler = Thread.ofVirtual().unstarted(this::sample);

    /// The server at one moment. `backlog`: events of both platforms accepted and not yet settled.
    private record Sample(long backlog, double mebibytes) {}

    /// The mean backlog about a quarter of the run and at its end, and the most memory.
    record Seen(long early, long late, double mebibytes) {}

    private RelayWatch(Shop shop) {
        this.shop = shop;
    }

    static RelayWatch start(Shop shop) {
        RelayWatch watch = new RelayWatch(shop);
        watch.sampler.start();
        return watch;
    }

    Seen end() throws InterruptedException {
        sampling.set(false);
        sampler.join();
        double memory = samples.stream().mapToDouble(Sample::mebibytes).max().orElse(0);
        return new Seen(backlogAround(0.25), backlogAround(1.0), memory);
    }

    private void sample() {
        try {
            while (sampling.get()) {
                samples.add(new Sample(backlog(shop), shop.server().residentMebibytes()));
                LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static long backlog(Shop shop) throws IOException, InterruptedException {
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

    /// What is left after `SETTLE` at most.
    static long awaitEmptyBacklog(Shop shop) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SETTLE.toNanos();
        long left = backlog(shop);
        while (left > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            left = backlog(shop);
        }
        return left;
    }

    /// From the events' own receipts: `at` of the receipt minus `receivedAt`, one clock. One page of the timeline per
    /// second of the run. An event that is not forwarded counts as a minute.
    LatencyHistogram latencies(Instant begin, Instant end) throws IOException, InterruptedException {
        LatencyHistogram latencies = new LatencyHistogram();
        for (Instant from = begin; from.isBefore(end); from = from.plusSeconds(1)) {
            String query = "/events?limit=200&since=" + from + "&until=" + from.plusMillis(100);
            for (JsonNode event : shop.get(query).path("items")) {
                Instant received = Instant.parse(event.path("receivedAt").asText());
                event.path("forwarding")
                        .forEach(receipt ->
                                latencies.record(latency(received, receipt).toNanos()));
            }
        }
        return latencies;
    }

    private static Duration latency(Instant received, JsonNode receipt) {
        return receipt.path("state").asText().equals("forwarded")
                ? Duration.between(received, Instant.parse(receipt.path("at").asText()))
                : Duration.ofMinutes(1);
    }
}
