package dev.varve.e2e.rig;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Http;
import dev.varve.event.Platform;
import dev.varve.sandbox.SandboxOptions;
import dev.varve.sandbox.SandboxServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/// The platform simulators on the rig's clock, and what they saw.
public final class RigSandbox implements AutoCloseable {
    private static final String TIKTOK_PATH = "/open_api/v1.3/event/track/";

    private final SandboxServer server;
    private final Http http;

    RigSandbox(InstantSource clock) {
        this.server = SandboxServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), SandboxOptions.CONTROLLED.withClock(clock));
        this.http = Http.at(URI.create(server.url()));
    }

    public String url() {
        return server.url();
    }

    /// A request as the platform saw it. `at`: on the rig's clock.
    public record Request(String at, int status, String body) {}

    /// `params`: members of a JSON object, may be empty. Strikes what this shop sends to the platform.
    public void fault(RigShop shop, Platform platform, String fault, int times, String params) {
        http.post("/__sim/faults", """
                {"fault": "%s", "times": %d, "match": {"pathPrefix": "%s"}, "params": {%s}}""".formatted(fault, times, path(shop, platform), params))
                .expect(200);
    }

    /// The same until `clearFaults`.
    public void fault(RigShop shop, Platform platform, String fault) {
        fault(shop, platform, fault, 1_000_000, "");
    }

    public void clearFaults() {
        http.delete("/__sim/faults").expect(200);
    }

    /// Such as `"meta": {"indexHint": "false"}`.
    public void switches(String members) {
        http.post("/__sim/switches", "{" + members + "}").expect(200);
    }

    /// Requests with events of this shop, in the order in which they were answered.
    public List<Request> requests(RigShop shop, Platform platform) {
        List<Request> found = new ArrayList<>();
        long after = 0;
        while (true) {
            JsonNode page = http.get("/__sim/requests?limit=500&after=" + after + "&pathPrefix="
                            + path(shop, platform).replaceAll("/$", ""))
                    .expect(200)
                    .json();
            for (JsonNode one : page.path("items")) {
                String body = one.path("body").asText();
                if (one.path("method").asText().equals("POST") && body.contains(shop.pixel(platform))
                        || platform == Platform.META) {
                    found.add(new Request(
                            one.path("at").asText(), one.path("status").asInt(), body));
                }
            }
            if (page.path("items").isEmpty()) {
                return found;
            }
            after = page.path("next").asLong();
        }
    }

    /// Payloads the platform stored for this shop, oldest first, repeats included.
    public List<JsonNode> events(RigShop shop, Platform platform) {
        JsonNode items = http.get("/__sim/events?limit=5000&platform=" + platform.shortName() + "&pixelId="
                        + shop.pixel(platform))
                .expect(200)
                .json()
                .path("items");
        return StreamSupport.stream(items.spliterator(), false).toList();
    }

    /// Ids the platform took, in order of first arrival, with how often each came.
    public Map<String, Integer> received(RigShop shop, Platform platform) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        http.get("/__sim/event-ids?counts=true&platform=" + platform.shortName() + "&pixelId=" + shop.pixel(platform))
                .text()
                .lines()
                .map(line -> line.split("\t", 2))
                .forEach(cells -> counts.merge(cells[0], Integer.parseInt(cells[1].strip()), Integer::sum));
        return counts;
    }

    /// Events the platform counted: those it took, without what its dedupe swallowed.
    public int counted(RigShop shop, Platform platform) {
        JsonNode counts = counters(shop, platform);
        return counts.path("eventsAccepted").asInt() - counts.path("duplicates").asInt();
    }

    /// Requests of this shop that reached the platform and, at TikTok, its judgement of events.
    public int requestCount(RigShop shop, Platform platform) {
        return counters(shop, platform).path("requests").asInt();
    }

    public int redirectHits() {
        return http.get("/__sim/counters").json().path("redirectHits").asInt();
    }

    private JsonNode counters(RigShop shop, Platform platform) {
        return http.get("/__sim/counters")
                .expect(200)
                .json()
                .at("/platforms/" + platform.shortName() + "/pixels/" + shop.pixel(platform));
    }

    private static String path(RigShop shop, Platform platform) {
        return switch (platform) {
            case META -> "/v26.0/" + shop.pixel(platform);
            case TIKTOK -> TIKTOK_PATH;
        };
    }

    @Override
    public void close() {
        server.close();
    }
}
