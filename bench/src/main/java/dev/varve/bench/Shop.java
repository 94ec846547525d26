package dev.varve.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpResponse;

/// A project with one web app, made through the Partner API.
record Shop(Program server, String apiKey, String projectId, String appId) {
    private static final JsonMapper JSON = new JsonMapper();

    static Shop open(Program server, String apiKey, String name) throws IOException, InterruptedException {
        Shop none = new Shop(server, apiKey, "", "");
        String project = none.call("POST", "/v1/projects", "{\"name\":\"" + name + "\",\"timezone\":\"Europe/Berlin\"}")
                .path("id")
                .asText();
        String app = new Shop(server, apiKey, project, "").addApp();
        return new Shop(server, apiKey, project, app);
    }

    /// Returns the id of one more web app.
    String addApp() throws IOException, InterruptedException {
        return call(
                        "POST",
                        "/v1/projects/" + projectId + "/sdk-apps",
                        "{\"name\":\"web\",\"platform\":\"web\",\"webDomain\":\"shop.example.com\"}")
                .path("appId")
                .asText();
    }

    /// Turns both platforms on; the sandbox accepts the tokens. `number`: of the pixels, which no other shop has.
    void forward(int number) throws IOException, InterruptedException {
        layer("meta_ads", "90010020030040" + number);
        layer("tiktok_ads", "CVARVE0BENCH0PIXEL" + number);
    }

    JsonNode get(String below) throws IOException, InterruptedException {
        return call("GET", "/v1/projects/" + projectId + below, "");
    }

    private void layer(String platform, String pixel) throws IOException, InterruptedException {
        call(
                "PUT",
                "/v1/projects/" + projectId + "/layers/" + platform + "/capi",
                "{\"enabled\":true,\"pixelId\":\"" + pixel + "\",\"accessToken\":\"sbx_ok_bench\"}");
    }

    private JsonNode call(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = server.send(method, path, body, "Authorization", "Bearer " + apiKey);
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    @Override
    public String toString() {
        return "Shop[" + projectId + "]";
    }
}
