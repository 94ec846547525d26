package dev.varve.e2e;

import dev.varve.e2e.fixture.Http;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A child organization, a key of it and a webhook endpoint, with which the described operations are tried; those that
/// end one of them get a fresh one each.
record DescribedFamily(Http api, String child, String archived, String keyId, String endpointId) {
    static final String ENDPOINT =
            "{\"url\": \"https://93.184.216.34/varve\", \"events\": [\"sdk.tracking_unhealthy\"]}";
    private static final String KEY = "{\"name\": \"backend\", \"scopes\": [\"ads:read\"], \"env\": \"test\"}";

    record Refusal(String path, String body, String status) {}

    static DescribedFamily of(Http api) {
        String child = child(api);
        String archived = child(api);
        api.delete("/v1/organizations/" + archived).expect(200);
        return new DescribedFamily(api, child, archived, key(api, child), endpoint(api));
    }

    static boolean uses(String operation) {
        return Set.of("archiveOrganization", "suspendOrganization", "revokeApiKey", "rotateApiKey", "killApiKey")
                        .contains(operation)
                || operation.equals("deleteWebhookEndpoint");
    }

    /// `path` with an object in it that the operation may end.
    String fresh(String operation, String path) {
        return switch (operation) {
            case "archiveOrganization", "suspendOrganization" -> path.replace(child, child(api));
            case "deleteWebhookEndpoint" -> path.replace(endpointId, endpoint(api));
            default -> path.replace(keyId, key(api, child));
        };
    }

    List<Refusal> refusals(String operation, String path) {
        List<Refusal> refusals = new ArrayList<>();
        String body = body(operation);
        for (String id : List.of(child, keyId, endpointId)) {
            if (path.contains(id)) {
                refusals.add(new Refusal(path.replace(id, absent(id)), body, "404"));
            }
        }
        String unreadable = path.replace(child, "42").replace(keyId, "42").replace(endpointId, "42");
        if (!unreadable.equals(path)) {
            refusals.add(new Refusal(unreadable, body, "422"));
        }
        conflict(operation, path, body).ifPresent(refusals::add);
        if (operation.equals("createWebhookEndpoint")) {
            String ofNobody = ENDPOINT.replace("}", ", \"projectId\": \"" + UUID.randomUUID() + "\"}");
            refusals.add(new Refusal(path, ofNobody, "404"));
        }
        if (operation.matches("list(Organizations|ApiKeys|WebhookEndpoints)")) {
            refusals.add(new Refusal(path + "?limit=0", "", "422"));
        }
        if (operation.contains("WebhookEndpoint") && !body.isEmpty()) {
            refusals.add(new Refusal(path, "{\"scope\": 1, \"url\": \"https://10.0.0.1/\"}", "422"));
        }
        return refusals;
    }

    private Optional<Refusal> conflict(String operation, String path, String body) {
        return switch (operation) {
            case "patchOrganization", "suspendOrganization", "resumeOrganization", "migrateProjects", "mintApiKey" ->
                Optional.of(new Refusal(path.replace(child, archived), body, "409"));
            case "rotateApiKey" -> {
                String spent = key(api, child);
                api.delete("/v1/organizations/" + child + "/api-keys/" + spent).expect(200);
                yield Optional.of(new Refusal(path.replace(keyId, spent), body, "409"));
            }
            default -> Optional.empty();
        };
    }

    private String body(String operation) {
        return switch (operation) {
            case "patchOrganization" -> "{\"name\": \"Other\"}";
            case "migrateProjects" -> "{\"projectIds\": [\"prj_" + UUID.randomUUID() + "\"]}";
            case "mintApiKey" -> KEY;
            case "createWebhookEndpoint", "patchWebhookEndpoint" -> ENDPOINT;
            default -> "";
        };
    }

    private static String absent(String id) {
        return id.length() == 36 ? UUID.randomUUID().toString() : id.substring(0, 4) + UUID.randomUUID();
    }

    private static String child(Http api) {
        return api.post("/v1/organizations", "{\"name\": \"Child\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();
    }

    private static String key(Http api, String child) {
        return api.post("/v1/organizations/" + child + "/api-keys", KEY)
                .expect(201)
                .json()
                .at("/apiKey/id")
                .asText();
    }

    private static String endpoint(Http api) {
        return api.post("/v1/webhook-endpoints", ENDPOINT)
                .expect(201)
                .json()
                .at("/endpoint/id")
                .asText();
    }
}
