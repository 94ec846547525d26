package dev.varve.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// How long a key that one server revoked still opens another server on the same database.
final class RevokedKey {
    private static final int KEYS = 20;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(2);
    private static final JsonMapper JSON = new JsonMapper();

    private final Program first;
    private final Program second;
    private final String apiKey;

    private RevokedKey(Program first, Program second, String apiKey) {
        this.first = first;
        this.second = second;
        this.apiKey = apiKey;
    }

    static Figure measure(Program first, Program second, String apiKey) throws IOException, InterruptedException {
        return new RevokedKey(first, second, apiKey).run();
    }

    private Figure run() throws IOException, InterruptedException {
        String child = call("POST", "/v1/organizations", "{\"name\":\"Bench child\"}")
                .path("id")
                .asText();
        String keys = "/v1/organizations/" + child + "/api-keys";
        double worstHere = 0;
        double worstThere = 0;
        for (int i = 0; i < KEYS; i++) {
            JsonNode minted = call(
                    "POST",
                    keys,
                    "{\"name\":\"short-lived\",\"scopes\":[\"projects:read\"],\"rateLimitTier\":\"internal\"}");
            String secret = minted.path("secret").asText();
            try (GetClient here = new GetClient(first.port(), secret);
                    GetClient there = new GetClient(second.port(), secret)) {
                millisUntil(200, here, System.nanoTime());
                millisUntil(200, there, System.nanoTime());
                call("DELETE", keys + "/" + minted.path("apiKey").path("id").asText(), "");
                long revoked = System.nanoTime();
                worstHere = Math.max(worstHere, millisUntil(401, here, revoked));
                worstThere = Math.max(worstThere, millisUntil(401, there, revoked));
            }
        }
        return new Figure(
                "revoked key until refused, the longest of " + KEYS,
                String.format("%.0f ms there, %.0f ms at another server", worstHere, worstThere),
                "< 1 s",
                Math.max(worstHere, worstThere) < 1_000);
    }

    private static double millisUntil(int status, GetClient client, long begin) throws IOException {
        while (client.status("/v1/whoami") != status) {
            if (System.nanoTime() - begin > LIMIT.toNanos()) {
                throw new IOException("A key did not come to answer " + status + " within " + LIMIT);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    private JsonNode call(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = first.send(method, path, body, "Authorization", "Bearer " + apiKey);
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }
}
