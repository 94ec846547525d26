package dev.varve.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.varve.server.Bootstrap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The project "Acme Coffee" with an iOS and a web app and both layers, made over the Partner API like anybody would.
/// Made once; a later start finds it by the ids in `bootstrap.json`.
final class DemoProject {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String EXTERNAL_ID = "acme-coffee-demo";

    private final Bootstrap bootstrap;
    private final String sandboxUrl;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    DemoProject(Bootstrap bootstrap, String sandboxUrl) {
        this.bootstrap = bootstrap;
        this.sandboxUrl = sandboxUrl;
    }

    Bootstrap ensure() {
        String known = bootstrap.projectId();
        String app = bootstrap.appId();
        String webApp = bootstrap.webAppId();
        if (known != null && app != null && webApp != null) {
            return bootstrap.withDemo(known, app, webApp, sandboxUrl);
        }
        String project = findOrCreateProject();
        String ios = findOrCreateApp(project, "Acme Coffee iOS", "ios", "bundleId", "example.acmecoffee.app");
        String web = findOrCreateApp(project, "Acme Coffee Web", "web", "webDomain", "shop.acmecoffee.example");
        enableLayer(project, "meta_ads", "550118274406913");
        enableLayer(project, "tiktok_ads", "CACME0COFFEE0DEMO000");
        return bootstrap.withDemo(project, ios, web, sandboxUrl);
    }

    private String findOrCreateProject() {
        JsonNode found = call("GET", "/v1/projects?customerExternalId=" + EXTERNAL_ID, null);
        if (!found.path("items").isEmpty()) {
            return found.path("items").get(0).path("id").asText();
        }
        return call(
                        "POST",
                        "/v1/projects",
                        Map.of(
                                "name",
                                "Acme Coffee",
                                "timezone",
                                "Europe/Lisbon",
                                "customerExternalId",
                                EXTERNAL_ID,
                                "platformIosBundleId",
                                "example.acmecoffee.app",
                                "platformWebDomain",
                                "shop.acmecoffee.example"))
                .path("id")
                .asText();
    }

    private String findOrCreateApp(String project, String name, String platform, String idField, String id) {
        String path = "/v1/projects/" + project + "/sdk-apps";
        JsonNode found = call("GET", path + "?platform=" + platform, null);
        if (!found.path("items").isEmpty()) {
            return found.path("items").get(0).path("appId").asText();
        }
        return call("POST", path, Map.of("name", name, "platform", platform, idField, id))
                .path("appId")
                .asText();
    }

    private void enableLayer(String project, String platform, String pixelId) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("enabled", true);
        body.put("pixelId", pixelId);
        body.put("accessToken", "sbx_ok_acme_coffee");
        body.put("defaultCountry", "PT");
        call("PUT", "/v1/projects/" + project + "/layers/" + platform + "/capi", body);
    }

    private JsonNode call(String method, String path, @Nullable Object body) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(bootstrap.apiUrl() + path))
                    .timeout(Duration.ofSeconds(30))
                    .header("Authorization", "Bearer " + bootstrap.apiKey())
                    .header("Content-Type", "application/json");
            request.method(
                    method,
                    body == null
                            ? HttpRequest.BodyPublishers.noBody()
                            : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
            HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            JsonNode json = JSON.readTree(answer.body());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        method + " " + path.replaceFirst("[?].*", "") + " answered " + answer.statusCode() + ": "
                                + json.path("error").path("message").asText());
            }
            return json;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
