package dev.varve.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A thousand destinations at a steady rate, first all well, then ten of them dead: how long the healthy ones' events
/// take from acceptance to their receipt.
final class IsolationLoad {
    private static final int DESTINATIONS = 1_000;
    private static final int DEAD = 10;
    private static final int RATE = 300;
    /// One in so many of the healthy destinations is read afterwards.
    private static final int SAMPLE = 5;

    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final double BOUND = 1.10;

    private final Program server;
    private final Program sandbox;
    private final List<Shop> shops = new ArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();

    private IsolationLoad(Program server, Program sandbox) {
        this.server = server;
        this.sandbox = sandbox;
    }

    static List<Figure> measure(Program server, Program sandbox, String apiKey, Duration duration)
            throws IOException, InterruptedException {
        return new IsolationLoad(server, sandbox).run(apiKey, duration);
    }

    private List<Figure> run(String apiKey, Duration duration) throws IOException, InterruptedException {
        open(apiKey);
        offer(duration);
        LatencyHistogram well = latencies(offer(duration), Instant.now());
        for (int i = 0; i < DEAD; i++) {
            fault(pixel(i), i % 2 == 0 ? "hang" : "http_503");
        }
        LatencyHistogram besideDead = latencies(offer(duration), Instant.now());
        call(sandbox, "DELETE", "/__sim/faults", "");
        double before = well.millisAt(0.99);
        double after = besideDead.millisAt(0.99);
        return List.of(
                Figure.context(
                        String.format(Locale.ROOT, "isolation: %,d destinations at %,d events/s", DESTINATIONS, RATE),
                        String.format(Locale.ROOT, "%,d refused", refused.get())),
                Figure.context("  accept to receipt, all of them well", shown(well)),
                new Figure(
                        "  the same of the healthy ones, " + DEAD + " dead",
                        shown(besideDead),
                        "p99 changes < 10 %",
                        after <= before * BOUND));
    }

    private static String shown(LatencyHistogram latencies) {
        return String.format(
                Locale.ROOT,
                "p50 %,.0f ms, p99 %,.0f ms (%,d receipts)",
                latencies.millisAt(0.5),
                latencies.millisAt(0.99),
                latencies.count());
    }

    private void open(String apiKey) throws IOException, InterruptedException {
        for (int i = 0; i < DESTINATIONS; i++) {
            Shop shop = Shop.open(server, apiKey, "Isolated " + i);
            HttpResponse<String> answer = server.send(
                    "PUT",
                    "/v1/projects/" + shop.projectId() + "/layers/meta_ads/capi",
                    "{\"enabled\":true,\"pixelId\":\"" + pixel(i) + "\",\"accessToken\":\"sbx_ok_isolated_" + i + "\"}",
                    "Authorization",
                    "Bearer " + apiKey);
            requireOk(answer);
            shops.add(shop);
        }
    }

    private static String pixel(int n) {
        return "900777" + String.format(Locale.ROOT, "%09d", n);
    }

    private void fault(String pixel, String fault) throws IOException, InterruptedException {
        call(sandbox, "POST", "/__sim/faults", """
                {"match": {"method": "POST", "pathPrefix": "/v26.0/%s"}, "fault": "%s", "params": {}}""".formatted(pixel, fault));
    }

    /// Sends single events to all destinations in turn; answers when it began.
    private Instant offer(Duration duration) {
        Instant begin = Instant.now();
        long start = System.nanoTime();
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < duration.toSeconds() * RATE; i++) {
                LockSupport.parkNanos(start + i * (1_000_000_000L / RATE) - System.nanoTime());
                Shop shop = shops.get(i % shops.size());
                senders.submit(() -> send(shop));
            }
        }
        LockSupport.parkNanos(SETTLE.toNanos());
        return begin;
    }

    private void send(Shop shop) {
        String id = "isolated-" + java.util.UUID.randomUUID();
        String body = """
                {"events": [{"event": "purchase_success", "event_id": "%s", "timestamp": "%s", "platform": "web",
                 "environment": "production", "install_id": "%s", "session_id": "s", "app_user_id": "%s",
                 "properties": {"revenue": 9.5, "currency": "EUR"}}]}""".formatted(id, Instant.now(), id, id);
        try {
            if (server.send("POST", "/l/events", body, "X-App-Id", shop.appId()).statusCode() != 202) {
                refused.incrementAndGet();
            }
        } catch (IOException e) {
            refused.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// An event of a healthy destination that is not forwarded counts as a minute.
    private LatencyHistogram latencies(Instant begin, Instant end) throws IOException, InterruptedException {
        LatencyHistogram latencies = new LatencyHistogram();
        for (int i = DEAD; i < shops.size(); i += SAMPLE) {
            String query = "/events?limit=200&since=" + begin + "&until=" + end;
            for (JsonNode event : shops.get(i).get(query).path("items")) {
                Instant received = Instant.parse(event.path("receivedAt").asText());
                for (JsonNode receipt : event.path("forwarding")) {
                    if (receipt.path("platform").asText().equals("meta")) {
                        latencies.record(latency(received, receipt).toNanos());
                    }
                }
            }
        }
        return latencies;
    }

    private static Duration latency(Instant received, JsonNode receipt) {
        return receipt.path("state").asText().equals("forwarded")
                ? Duration.between(received, Instant.parse(receipt.path("at").asText()))
                : Duration.ofMinutes(1);
    }

    private static void call(Program program, String method, String path, String body)
            throws IOException, InterruptedException {
        requireOk(program.send(method, path, body));
    }

    private static void requireOk(HttpResponse<String> answer) throws IOException {
        if (answer.statusCode() / 100 != 2) {
            throw new IOException("answered " + answer.statusCode() + ": " + answer.body());
        }
    }
}
