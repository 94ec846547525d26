package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.audit.AuditTrail;
import dev.varve.server.Eventually;
import dev.varve.server.api.ApiFixture.Reply;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import dev.varve.tenant.RateLimitTier;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What holds on every route before its handler runs.
class ConventionsTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String SHOP = "{\"name\":\"Acme\",\"timezone\":\"Europe/Lisbon\"}";

    @Test
    void everyAuthenticatedAnswerSaysWhereTheKeyStands() throws Exception {
        Organization organization = api.organization(null);
        String key = api.key(organization, Mode.LIVE, RateLimitTier.STANDARD, "projects:read");
        long before = System.currentTimeMillis() / 1000;
        Reply first = api.call("GET", "/whoami", key, null);
        assertThat(header(first, "X-RateLimit-Limit")).isEqualTo("120");
        assertThat(header(first, "X-RateLimit-Remaining")).isEqualTo("119");
        assertThat(header(first, "X-RateLimit-Endpoint-Class")).isEqualTo("read-light");
        assertThat(Long.parseLong(header(first, "X-RateLimit-Reset"))).isBetween(before, before + 62);
        assertThat(header(api.call("POST", "/projects", key, SHOP), "X-RateLimit-Endpoint-Class"))
                .isEqualTo("write-light");
        assertThat(header(api.call("GET", "/nothing", key, null), "X-RateLimit-Limit"))
                .isEqualTo("120");
        assertThat(header(api.call("PATCH", "/whoami", key, null), "X-RateLimit-Limit"))
                .isEqualTo("60");
        assertThat(header(
                        api.call("POST", "/projects/" + UUID.randomUUID() + "/dead-letters/replay", key, null),
                        "X-RateLimit-Endpoint-Class"))
                .isEqualTo("long-running");
        assertThat(api.call("GET", "/whoami", "lp_live_0000000000000000_nope", null)
                        .raw()
                        .headers()
                        .firstValue("X-RateLimit-Limit"))
                .isEmpty();
    }

    @Test
    void anEmptyBucketIs429BeforeScopesAndIsNotedOnce() throws Exception {
        Organization organization = api.organization(null);
        String key = api.key(organization, Mode.LIVE, RateLimitTier.SANDBOX, "content:read");
        String verify = "/projects/nonsense/sdk-apps/none/verify-tracking";
        for (int i = 0; i < 20; i++) {
            assertThat(api.call("POST", verify, key, null).status()).isEqualTo(403);
        }
        for (int i = 0; i < 3; i++) {
            Reply refused = api.call("POST", verify, key, null);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.body().at("/error/details/reason").asText()).isEqualTo("bucket");
            assertThat(Integer.parseInt(header(refused, "Retry-After"))).isBetween(1, 3);
            assertThat(header(refused, "X-RateLimit-Remaining")).isEqualTo("0");
        }
        Eventually.holds(
                "the refusals are noted",
                () -> rows(organization, "auth.rate_limited").size() == 1);
        assertThat(rows(organization, "auth.scope_denied")).hasSize(1);
        assertThat(rows(organization, "api.request")).isEmpty();
    }

    @Test
    void actingForAChildCountsAgainstTheParentsKey() throws Exception {
        Organization parent = api.organization(null);
        Organization child = api.organization(parent.id());
        String key = api.key(parent, Mode.LIVE, RateLimitTier.STANDARD, "org:admin", "projects:write");
        Map<String, String> acting = Map.of("X-Layers-Organization", "org_" + child.id());
        assertThat(header(api.call("POST", "/projects", key, SHOP, acting), "X-RateLimit-Remaining"))
                .isEqualTo("59");
        assertThat(header(api.call("POST", "/projects", key, SHOP), "X-RateLimit-Remaining"))
                .isEqualTo("58");
        Eventually.holds(
                "the call stands in the child's trail",
                () -> rows(child, "api.request").size() == 1);
        assertThat(rows(child, "api.request").getFirst().origin().apiKeyId()).isNotNull();
    }

    @Test
    void aScopeThatLacksInsideAChildStandsInTheChildsTrail() throws Exception {
        Organization parent = api.organization(null);
        Organization child = api.organization(parent.id());
        String key = api.key(parent, Mode.LIVE, RateLimitTier.STANDARD, "org:admin");
        assertThat(api.call("GET", "/projects", key, null, Map.of("X-Layers-Organization", "org_" + child.id()))
                        .status())
                .isEqualTo(403);
        Eventually.holds(
                "the denial stands in the child's trail",
                () -> rows(child, "auth.scope_denied").size() == 1);
        assertThat(rows(parent, "auth.scope_denied")).isEmpty();
    }

    @Test
    void aScopeThatTheBodyCallsForIsNotedTooWhenItLacks() throws Exception {
        Organization organization = api.organization(null);
        String key = api.key(organization, Mode.LIVE, RateLimitTier.STANDARD, "projects:write");
        String wide = "{\"url\": \"https://hooks.example/v\", \"events\": [\"project.created\"],"
                + " \"scope\": \"all_children\"}";
        assertThat(api.call("POST", "/webhook-endpoints", key, wide).status()).isEqualTo(403);
        Eventually.holds(
                "the denial is noted",
                () -> rows(organization, "auth.scope_denied").size() == 1);
        assertThat(rows(organization, "auth.scope_denied")
                        .getFirst()
                        .data()
                        .path("requiredScope")
                        .asText())
                .isEqualTo("org:admin");
    }

    @Test
    void aCursorOfProjectsBelongsToItsOrganizationAndMode() throws Exception {
        Organization parent = api.organization(null);
        Organization child = api.organization(parent.id());
        String key = api.key(parent, Mode.LIVE, RateLimitTier.STANDARD, "*", "org:admin");
        for (int i = 0; i < 2; i++) {
            assertThat(api.call("POST", "/projects", key, SHOP).status()).isEqualTo(201);
        }
        String cursor = api.call("GET", "/projects?limit=1", key, null)
                .body()
                .path("nextCursor")
                .asText();
        String next = "/projects?limit=1&cursor=" + cursor;
        assertThat(api.call("GET", next, key, null).status()).isEqualTo(200);
        assertThat(api.call("GET", next, key, null, Map.of("X-Layers-Organization", "org_" + child.id()))
                        .status())
                .isEqualTo(422);
        String test = api.key(parent, Mode.TEST, RateLimitTier.STANDARD, "*");
        assertThat(api.call("GET", next, test, null).status()).isEqualTo(422);
    }

    @Test
    void scopesComeBeforePathIdsAndThoseBeforeTheIdempotencyKey() throws Exception {
        String lacking = api.key("content:read");
        assertThat(api.call("PATCH", "/projects/nonsense", lacking, "{}").status())
                .isEqualTo(403);
        Reply reply =
                api.call("PATCH", "/projects/nonsense", api.key("*"), "{}", Map.of("Idempotency-Key", "x".repeat(256)));
        assertThat(reply.body().at("/error/details/issues/0/path").asText()).isEqualTo("projectId");
        Reply key = api.call(
                "PATCH",
                "/projects/" + UUID.randomUUID(),
                api.key("*"),
                "{",
                Map.of("Idempotency-Key", "x".repeat(256)));
        assertThat(key.body().at("/error/details/issues/0/path").asText()).isEqualTo("Idempotency-Key");
        assertThat(api.call("PATCH", "/projects/" + UUID.randomUUID(), api.key("*"), "{")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void everyMutatingCallStandsInTheTrailWithItsStatus() throws Exception {
        Organization organization = api.organization(null);
        String key = api.key(organization, Mode.LIVE, RateLimitTier.INTERNAL, "*");
        Reply created = api.call("POST", "/projects", key, SHOP);
        api.call("PATCH", "/projects/" + UUID.randomUUID() + "/sdk-apps/mara@example.com", key, "{}");
        api.call("GET", "/projects", key, null);
        Eventually.holds(
                "both are noted", () -> rows(organization, "api.request").size() == 2);
        JsonNode row = api.call("GET", "/audit?eventType=api.request", key, null)
                .body()
                .path("items");
        assertThat(row.toString())
                .contains("{\"method\":\"POST\",\"path\":\"/v1/projects\",\"status\":201}")
                .contains("/sdk-apps/{appId}\",\"status\":404}")
                .contains(header(created, "X-Request-Id"))
                .doesNotContain("mara@example.com");
    }

    @Test
    void aKnownKeyWithAWrongSecretIsNotedForItsOwner() throws Exception {
        Organization organization = api.organization(null);
        String key = api.key(organization, Mode.LIVE, RateLimitTier.INTERNAL, "*");
        String wrong = key.substring(0, key.length() - 3) + (key.endsWith("AAA") ? "BBB" : "AAA");
        for (int i = 0; i < 5; i++) {
            assertThat(api.call("GET", "/whoami", wrong, null).status()).isEqualTo(401);
        }
        Eventually.holds(
                "it is noted", () -> !rows(organization, "auth.key_rejected").isEmpty());
        assertThat(rows(organization, "auth.key_rejected"))
                .singleElement()
                .satisfies(row -> assertThat(row.data().path("reason").asText()).isEqualTo("wrong_secret"));
    }

    @Test
    void rowsOfLiveKeysAreHiddenFromTestKeys() throws Exception {
        Organization organization = api.organization(null);
        String live = api.key(organization, Mode.LIVE, "*");
        api.call("POST", "/projects", live, SHOP);
        Eventually.holds("it is noted", () -> !rows(organization, "api.request").isEmpty());
        String test = api.key(organization, Mode.TEST, "*");
        assertThat(api.call("GET", "/audit-log", test, null).body().path("items"))
                .isEmpty();
        assertThat(api.call("GET", "/audit-log", live, null).body().path("items"))
                .hasSize(2);
    }

    @Test
    void zippedBodiesAreReadWithinTheSameLimits() throws Exception {
        String key = api.key("*");
        assertThat(zipped(key, "gzip", SHOP).statusCode()).isEqualTo(201);
        HttpResponse<String> bomb = zipped(key, "gzip", "{\"name\":\"" + "x".repeat(2 << 20) + "\"}");
        assertThat(bomb.statusCode()).isEqualTo(413);
        assertThat(bomb.body()).contains("\"limitBytes\":1048576");
        assertThat(zipped(key, "br", SHOP).statusCode()).isEqualTo(415);
        Reply broken = api.call("POST", "/projects", key, SHOP, Map.of("Content-Encoding", "gzip"));
        assertThat(broken.status()).isEqualTo(422);
        assertThat(broken.raw().body()).contains("not valid gzip");
    }

    private static HttpResponse<String> zipped(String key, String encoding, String body) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body.getBytes(StandardCharsets.UTF_8));
        }
        HttpRequest request = HttpRequest.newBuilder(api.at("/projects"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .header("Content-Encoding", encoding)
                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes.toByteArray()))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static List<AuditTrail.Row> rows(Organization organization, String eventType) {
        return api.audit.rows.stream()
                .filter(row -> row.origin().organizationId().equals(organization.id()))
                .filter(row -> row.eventType().equals(eventType))
                .toList();
    }

    private static String header(Reply reply, String name) {
        return reply.raw().headers().firstValue(name).orElse("");
    }
}
