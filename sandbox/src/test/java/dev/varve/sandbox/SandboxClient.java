package dev.varve.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;

/// A sandbox on a loopback port with a frozen clock, and short words for talking to it.
final class SandboxClient implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();
    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    static final String PIXEL = "900100200300400";
    static final String CODE = "CVARVE0EXAMPLE0PIXEL";
    static final String HASH = "6412a5a0e9f65212530813f2f24615d02b69f0b0a5deb9ebd51c0015d6f34653";

    final SandboxServer server;
    final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    SandboxClient(SandboxOptions options) {
        server = SandboxServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options);
    }

    static SandboxClient frozen() {
        return new SandboxClient(SandboxOptions.CONTROLLED.withClock(() -> NOW));
    }

    record Answer(int status, JsonNode json, String text, HttpResponse<String> raw) {
        int metaCode() {
            return json.path("error").path("code").asInt();
        }

        int subcode() {
            return json.path("error").path("error_subcode").asInt();
        }

        int tiktokCode() {
            return json.path("code").asInt(-1);
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(Duration.ofSeconds(20));
    }

    Answer send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        JsonNode json;
        try {
            json = JSON.readTree(response.body());
        } catch (IOException notJson) {
            json = JSON.missingNode();
        }
        return new Answer(response.statusCode(), json, response.body(), response);
    }

    Answer meta(String token, String body) throws IOException, InterruptedException {
        return send(metaRequest(token, body));
    }

    HttpRequest metaRequest(String token, String body) {
        return request("/v26.0/" + PIXEL + "/events")
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    Answer metaEvents(String... events) throws IOException, InterruptedException {
        return meta("sbx_ok", "{\"data\":[" + String.join(",", events) + "]}");
    }

    Answer tiktok(String token, String body) throws IOException, InterruptedException {
        return send(tiktokRequest(token, body));
    }

    HttpRequest tiktokRequest(String token, String body) {
        return request("/open_api/v1.3/event/track/")
                .header("Access-Token", token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    Answer tiktokEvents(String... events) throws IOException, InterruptedException {
        return tiktok("sbx_ok", tiktokBody("web", events));
    }

    static String tiktokBody(String source, String... events) {
        return "{\"event_source\":\"" + source + "\",\"event_source_id\":\"" + CODE + "\",\"data\":["
                + String.join(",", events) + "]}";
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    Answer getAs(String token, String path) throws IOException, InterruptedException {
        return send(request(path)
                .header("Authorization", "Bearer " + token)
                .header("Access-Token", token)
                .GET()
                .build());
    }

    Answer post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).POST(BodyPublishers.ofString(body)).build());
    }

    void fault(String json) throws IOException, InterruptedException {
        if (post("/__sim/faults", json).status() != 200) {
            throw new AssertionError("not a fault: " + json);
        }
    }

    void switches(String json) throws IOException, InterruptedException {
        Answer answer = post("/__sim/switches", json);
        if (answer.status() != 200) {
            throw new AssertionError(answer.text());
        }
    }

    void advance(Duration step) throws IOException, InterruptedException {
        post("/__sim/clock", "{\"advanceSeconds\":" + step.toSeconds() + "}");
    }

    JsonNode storedEvents() throws IOException, InterruptedException {
        return get("/__sim/events").json().path("items");
    }

    /// A valid Meta web event with `extra` members, each preceded by a comma.
    static String metaEvent(String name, String id, String extra) {
        return "{\"event_name\":\"" + name + "\",\"event_time\":" + NOW.getEpochSecond() + ",\"event_id\":\"" + id
                + "\",\"action_source\":\"website\",\"event_source_url\":\"https://shop.example.com/\","
                + "\"user_data\":{\"em\":[\"" + HASH + "\"]}" + extra + "}";
    }

    static String metaEvent(String id) {
        return metaEvent("AddToCart", id, "");
    }

    /// A valid TikTok web event with `extra` members, each preceded by a comma.
    static String tiktokEvent(String name, String id, String extra) {
        return "{\"event\":\"" + name + "\",\"event_time\":" + NOW.getEpochSecond() + ",\"event_id\":\"" + id
                + "\",\"page\":{\"url\":\"https://shop.example.com/\"},\"user\":{\"email\":\"" + HASH + "\"}" + extra
                + "}";
    }

    static String tiktokEvent(String id) {
        return tiktokEvent("AddToCart", id, "");
    }

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        http.shutdownNow();
        server.close();
    }
}
