package dev.varve.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpResponse;

/// The platform simulators' control routes.
record Sandbox(Program program) {
    private static final JsonMapper JSON = new JsonMapper();

    /// What one platform has taken since the sandbox started. `merged`: acknowledged events it had before.
    record Taken(long requests, long events, long merged) {
        Taken plus(Taken other) {
            return new Taken(requests + other.requests, events + other.events, merged + other.merged);
        }

        Taken since(Taken before) {
            return new Taken(requests - before.requests, events - before.events, merged - before.merged);
        }
    }

    Taken taken(String platform) throws IOException, InterruptedException {
        JsonNode counts = call("GET", "/counters", "").path("platforms").path(platform);
        return new Taken(
                counts.path("requests").asLong(),
                counts.path("eventsAccepted").asLong(),
                counts.path("duplicates").asLong());
    }

    /// Answers every request of both platforms with 503.
    void refuseAll() throws IOException, InterruptedException {
        call("POST", "/faults", "{\"fault\":\"http_503\"}");
    }

    void refuseNothing() throws IOException, InterruptedException {
        call("DELETE", "/faults", "");
    }

    private JsonNode call(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = program.send(method, "/__sim" + path, body);
        if (answer.statusCode() != 200) {
            throw new IOException(path + " answered " + answer.statusCode());
        }
        return JSON.readTree(answer.body());
    }
}
