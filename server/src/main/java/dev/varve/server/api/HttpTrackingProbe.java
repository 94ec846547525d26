package dev.varve.server.api;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/// The probe over real HTTP.
public final class HttpTrackingProbe implements TrackingProbe {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /// What a native app always knows of its device: without it a platform that wants it would not be asked at all.
    private static final Map<String, String> OS_VERSIONS = Map.of("ios", "18.1", "android", "15");

    private final HttpClient client;
    private final URI events;
    private final String credential;
    private final InstantSource clock;

    /// `ingestUrl`: without `/l` and without a trailing slash. `credential`: what the ingest route expects in
    /// `X-Varve-Probe`.
    public HttpTrackingProbe(HttpClient client, String ingestUrl, String credential, InstantSource clock) {
        this.client = client;
        this.events = URI.create(ingestUrl + "/l/events");
        this.credential = credential;
        this.clock = clock;
    }

    @Override
    public Sent send(ProbeEvent event) {
        HttpRequest request = HttpRequest.newBuilder(events)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header("X-App-Id", event.appId())
                .header("X-Varve-Probe", credential)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body(event)))
                .build();
        try {
            return switch (client.send(request, BodyHandlers.discarding()).statusCode()) {
                case 202 -> Sent.ACCEPTED;
                case 401 -> Sent.UNKNOWN_APP;
                default -> Sent.UNREACHABLE;
            };
        } catch (IOException e) {
            return Sent.UNREACHABLE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Sent.UNREACHABLE;
        }
    }

    /// Carries a user id, so that no platform finds the event without identifiers.
    private byte[] body(ProbeEvent event) {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode sent = body.putArray("events").addObject();
        sent.put("event", event.name())
                .put("event_id", event.eventId())
                .put("timestamp", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString())
                .put("app_id", event.appId())
                .put("environment", "production")
                .put("platform", event.platform())
                .put("app_user_id", "varve-probe-" + event.eventId());
        if (event.platform().equals("web")) {
            sent.putObject("properties").put("$page_url", "https://probe.varve.example/");
        }
        String osVersion = OS_VERSIONS.get(event.platform());
        if (osVersion != null) {
            sent.put("os_version", osVersion);
        }
        ObjectNode codes = sent.putObject("test_event_code");
        event.testEventCodes().forEach(codes::put);
        return body.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
