package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A client of an event stream. Reads block; the tests have time limits.
final class StreamReader implements AutoCloseable {
    private final HttpClient http;
    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    StreamReader(URI uri, String key, Map<String, String> headers) throws IOException, InterruptedException {
        this(uri, key, headers, HttpClient.Version.HTTP_1_1);
    }

    StreamReader(URI uri, String key, Map<String, String> headers, HttpClient.Version version)
            throws IOException, InterruptedException {
        this.http = HttpClient.newBuilder().version(version).build();
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + key);
        headers.forEach(request::header);
        this.response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /// `id` empty when there is none.
    record Message(String event, String id, JsonNode data) {}

    int status() {
        return response.statusCode();
    }

    HttpResponse<InputStream> response() {
        return response;
    }

    String line() throws IOException {
        String line = lines.readLine();
        return line == null ? "" : line;
    }

    /// The next message, comments aside; null at the end.
    @Nullable
    Message next() throws IOException {
        Map<String, String> fields = new HashMap<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty() && fields.containsKey("data")) {
                return new Message(
                        fields.getOrDefault("event", ""),
                        fields.getOrDefault("id", ""),
                        ApiFixture.JSON.readTree(fields.get("data")));
            }
            if (!line.isEmpty() && !line.startsWith(":")) {
                String[] field = line.split(": ", 2);
                fields.put(field[0], field[1]);
            }
        }
        return null;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
