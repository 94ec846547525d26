package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.server.api.ApiFixture.Reply;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("NullAway.Init")
class WebhookEndpointRoutesTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String BODY =
            "{\"url\": \"https://hooks.example/v\", \"events\": [\"sdk.tracking_unhealthy\", \"project.created\"]}";

    private Organization owner;
    private String key;

    @BeforeEach
    void makeAnOwner() {
        owner = api.organization();
        key = api.key(owner, Mode.LIVE, "projects:write");
        api.names.putAll(Map.of(
                "hooks.example", List.of("93.184.216.34"),
                "inside.example", List.of("10.0.0.1"),
                "allowed.example", List.of("127.0.0.1")));
    }

    @Test
    void anEndpointIsMadeReadListedChangedAndDeleted() throws Exception {
        Reply created = call("POST", "", BODY);
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.body().path("signingSecret").asText()).matches("whsec_[A-Za-z0-9_-]{43}");
        JsonNode endpoint = created.body().path("endpoint");
        String id = endpoint.path("id").asText();
        assertThat(endpoint.path("metadata")).isEmpty();
        assertThat(endpoint.path("scope").asText()).isEqualTo("own");
        assertThat(call("GET", "/" + id, null).body()).isEqualTo(endpoint);
        Reply listed = call("GET", "", null);
        assertThat(listed.body().path("items")).containsExactly(endpoint);
        assertThat(listed.raw().body()).doesNotContain("whsec_");

        Reply paused = call("PATCH", "/" + id, """
                {"status": "paused", "events": ["test.ping"], "description": "d", "metadata": {"a": "b"}}""");
        assertThat(paused.body().path("status").asText()).isEqualTo("paused");
        assertThat(paused.body().path("events")).hasSize(1);
        assertThat(paused.body().at("/metadata/a").asText()).isEqualTo("b");
        assertThat(call("GET", "?status=active", null).body().path("items")).isEmpty();

        Reply deleted = call("DELETE", "/" + id, null);
        assertThat(deleted.body()).isEqualTo(ApiFixture.JSON.readTree("{\"id\": \"" + id + "\", \"deleted\": true}"));
        assertThat(call("GET", "/" + id, null).status()).isEqualTo(404);
        assertThat(call("DELETE", "/" + id, null).status()).isEqualTo(404);
        assertThat(api.webhooks().signingSecrets(UUID.fromString(id), Instant.now()))
                .isEmpty();
        assertThat(api.audit.types())
                .contains("webhook_endpoint.created", "webhook_endpoint.paused", "webhook_endpoint.deleted");
    }

    @Test
    void everyProblemOfABodyIsNamed() throws Exception {
        Reply reply = call("POST", "", """
                {"url": "http://hooks.example/", "events": ["sdk.tracking_unhealthy", "nothing"], "description": 7,
                 "projectId": "42", "scope": "everything", "metadata": {"a": null}}""");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().at("/error/details/issues").findValuesAsText("path"))
                .containsExactlyInAnyOrder("url", "events[1]", "description", "projectId", "scope", "metadata.a");
        assertThat(call("POST", "", "{}").body().at("/error/details/issues").findValuesAsText("path"))
                .containsExactlyInAnyOrder("url", "events");
        String id = made();
        for (String body : List.of(
                "{}",
                "{\"unknown\": 1}",
                "{\"status\": \"auto_paused\"}",
                "{\"projectId\": null}",
                "{\"events\": []}",
                "{\"url\": null}",
                "{\"url\": 5}")) {
            assertThat(call("PATCH", "/" + id, body).status()).as(body).isEqualTo(422);
        }
    }

    @Test
    void onlyPublicAddressesAndThoseTheOperatorAllowsAreTaken() throws Exception {
        String id = made();
        for (String url : List.of("https://inside.example/", "http://hooks.example/", "https://user@hooks.example/")) {
            assertThat(call("POST", "", BODY.replace("https://hooks.example/v", url))
                            .status())
                    .as(url)
                    .isEqualTo(422);
            assertThat(call("PATCH", "/" + id, "{\"url\": \"" + url + "\"}").status())
                    .isEqualTo(422);
        }
        assertThat(call("POST", "", BODY.replace("https://hooks.example", "http://allowed.example:81"))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void allChildrenNeedsOrgAdmin() throws Exception {
        String wide = BODY.replace("}", ", \"scope\": \"all_children\"}");
        Reply refused = call("POST", "", wide);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body().at("/error/details/requiredScope").asText()).isEqualTo("org:admin");
        assertThat(call("PATCH", "/" + made(), "{\"scope\": \"all_children\"}").status())
                .isEqualTo(403);
        String admin = api.key(owner, Mode.LIVE, "org:admin");
        assertThat(api.call("POST", "/webhook-endpoints", admin, wide).status()).isEqualTo(201);
    }

    /// Its notices are of all children, and its secret signs them.
    @Test
    void anEndpointOfAllChildrenIsChangedByAdminsAlone() throws Exception {
        String wide = BODY.replace("}", ", \"scope\": \"all_children\"}");
        String admin = api.key(owner, Mode.LIVE, "org:admin");
        String path = "/webhook-endpoints/"
                + api.call("POST", "/webhook-endpoints", admin, wide)
                        .body()
                        .at("/endpoint/id")
                        .asText();
        List<String> changes = List.of(
                "PATCH {\"url\": \"https://hooks.example/w\"}",
                "PATCH {\"status\": \"paused\"}",
                "PATCH {\"scope\": \"own\"}",
                "POST/rotate-secret {}",
                "DELETE {}");
        for (String change : changes) {
            String[] parts = change.split(" ", 2);
            String method = parts[0].split("/")[0];
            String below = parts[0].substring(method.length());
            Reply refused = api.call(method, path + below, key, parts[1]);
            assertThat(refused.status()).as(change).isEqualTo(403);
            assertThat(refused.body().at("/error/details/requiredScope").asText())
                    .isEqualTo("org:admin");
            if (!change.contains("own")) {
                assertThat(api.call(method, path + below, admin, parts[1]).status())
                        .as(change)
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void anOrganizationHasAtMost50() throws Exception {
        for (int i = 0; i < 50; i++) {
            assertThat(call("POST", "", BODY).status()).isEqualTo(201);
        }
        Reply refused = call("POST", "", BODY);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().at("/error/details/reason").asText()).isEqualTo("limit");
        assertThat(call("GET", "?limit=100", null).body().path("items")).hasSize(50);
    }

    @Test
    void anotherOrganizationAndTheOtherModeSeeNothing() throws Exception {
        String id = made();
        for (String stranger : List.of(api.key("*", "org:admin"), api.key(owner, Mode.TEST, "*", "org:admin"))) {
            for (String method : List.of("GET", "PATCH", "DELETE")) {
                String body = method.equals("PATCH") ? "{\"status\": \"paused\"}" : null;
                assertThat(api.call(method, "/webhook-endpoints/" + id, stranger, body)
                                .status())
                        .isEqualTo(404);
            }
            assertThat(api.call("POST", "/webhook-endpoints/" + id + "/rotate-secret", stranger, null)
                            .status())
                    .isEqualTo(404);
            assertThat(api.call("GET", "/webhook-endpoints", stranger, null)
                            .body()
                            .path("items"))
                    .isEmpty();
        }
        assertThat(call("GET", "/42", null).status()).isEqualTo(422);
    }

    @Test
    void anEndpointOfOneProjectIsListedForItAlone() throws Exception {
        made();
        String project = api.call("POST", "/projects", key, "{\"name\": \"Shop\", \"timezone\": \"UTC\"}")
                .body()
                .path("id")
                .asText();
        String bound = BODY.replace("}", ", \"projectId\": \"" + project.substring(4) + "\"}");
        Reply created = call("POST", "", bound);
        assertThat(created.body().at("/endpoint/projectId").asText()).isEqualTo(project);
        assertThat(call("GET", "?projectId=" + project, null).body().path("items"))
                .containsExactly(created.body().path("endpoint"));
        assertThat(call("GET", "", null).body().path("items")).hasSize(2);
        assertThat(call(
                                "POST",
                                "",
                                bound.replace(
                                        project.substring(4), UUID.randomUUID().toString()))
                        .status())
                .isEqualTo(404);
        assertThat(call("GET", "?projectId=42", null).status()).isEqualTo(422);
    }

    @Test
    void aReplacedSecretSignsOneMoreDayAndTheOneBeforeNoMore() throws Exception {
        Reply created = call("POST", "", BODY);
        String id = created.body().at("/endpoint/id").asText();
        String first = created.body().path("signingSecret").asText();
        Reply rotated = call("POST", "/" + id + "/rotate-secret", null);
        String second = rotated.body().path("signingSecret").asText();
        Instant until =
                Instant.parse(rotated.body().path("previousSecretExpiresAt").asText());
        UUID endpoint = UUID.fromString(id);
        assertThat(api.webhooks().signingSecrets(endpoint, until.minusMillis(1)))
                .containsExactly(second, first);
        assertThat(api.webhooks().signingSecrets(endpoint, until)).containsExactly(second);
        String third = call("POST", "/" + id + "/rotate-secret", null)
                .body()
                .path("signingSecret")
                .asText();
        assertThat(api.webhooks().signingSecrets(endpoint, until.minusMillis(1)))
                .containsExactly(third, second);
        int entries = api.database.jdbi().withHandle(handle -> handle.createQuery(
                        "select count(*) from vault_entry where organization_id = :id")
                .bind("id", owner.id())
                .mapTo(Integer.class)
                .one());
        assertThat(entries).isEqualTo(2);
    }

    @Test
    void whatSendsIsNotServedYet() throws Exception {
        String id = made();
        assertThat(call("POST", "/" + id + "/test", "{}").status()).isEqualTo(404);
        assertThat(call("GET", "/" + id + "/deliveries", null).status()).isEqualTo(404);
    }

    private String made() throws Exception {
        return call("POST", "", BODY).body().at("/endpoint/id").asText();
    }

    private Reply call(String method, String below, @Nullable String body) throws Exception {
        return api.call(method, "/webhook-endpoints" + below, key, body);
    }
}
