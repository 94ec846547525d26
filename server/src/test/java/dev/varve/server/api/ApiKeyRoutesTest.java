package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.server.api.ApiFixture.Reply;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import dev.varve.tenant.RateLimitTier;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("NullAway.Init")
class ApiKeyRoutesTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private Organization root;
    private String parent;
    private String child;

    @BeforeEach
    void makeAFamily() throws Exception {
        root = api.organization();
        parent =
                api.key(root, Mode.LIVE, RateLimitTier.PILOT, "projects:read", "events:read", "ads:write", "org:admin");
        child = child(parent);
    }

    @Test
    void aKeyIsMintedShownOnceAndWorks() throws Exception {
        Reply minted = mint("{\"name\": \"backend\", \"scopes\": [\"projects:read\", \"ads:write:capi\"]}");
        assertThat(minted.status()).isEqualTo(201);
        JsonNode key = minted.body().path("apiKey");
        String secret = minted.body().path("secret").asText();
        assertThat(secret).startsWith(key.path("prefix").asText() + "_");
        assertThat(key.path("env").asText()).isEqualTo("live");
        assertThat(key.path("rateLimitTier").asText()).isEqualTo("pilot");
        assertThat(key.path("status").asText()).isEqualTo("active");
        for (String nullable : List.of("lastUsedAt", "rotatedAt", "revokedAt", "graceUntil", "supersededBy")) {
            assertThat(key.path(nullable).isNull()).as(nullable).isTrue();
        }
        JsonNode whoami = api.call("GET", "/whoami", secret, null).body();
        assertThat(whoami.path("organizationId").asText()).isEqualTo(child);
        assertThat(whoami.path("apiKeyId")).isEqualTo(key.path("id"));
        Reply listed = api.call("GET", "/organizations/" + child + "/api-keys", parent, null);
        assertThat(listed.body().path("items")).containsExactly(key);
        assertThat(listed.raw().body()).doesNotContain(secret.substring(28));
    }

    @Test
    void aRepeatWithItsIdempotencyKeyShowsTheSameSecretAndMintsNoOther() throws Exception {
        Map<String, String> repeat = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        String body = "{\"name\": \"backend\", \"scopes\": [\"projects:read\"]}";
        String path = "/organizations/" + child + "/api-keys";
        Reply first = api.call("POST", path, parent, body, repeat);
        Reply second = api.call("POST", path, parent, body, repeat);
        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.raw().body()).isEqualTo(first.raw().body());
        assertThat(second.raw().headers().firstValue("Idempotent-Replayed")).hasValue("true");
        assertThat(api.call("GET", path, parent, null).body().path("items")).hasSize(1);

        String rotate = path + "/" + first.body().at("/apiKey/id").asText() + "/rotate";
        Reply rotated = api.call("POST", rotate, parent, null, repeat);
        assertThat(rotated.status()).isEqualTo(201);
        assertThat(api.call("POST", rotate, parent, null, repeat).raw().body())
                .isEqualTo(rotated.raw().body());
    }

    @Test
    void onlyHeldScopesAreHandedOnAndNeverOrgAdmin() throws Exception {
        for (String scope : List.of("projects:write", "events:read+pii", "*", "ads:write:override", "org:admin")) {
            Reply refused = mint("{\"name\": \"x\", \"scopes\": [\"projects:read\", \"" + scope + "\"]}");
            assertThat(refused.status()).as(scope).isEqualTo(403);
            assertThat(refused.body().at("/error/details/requiredScope").asText())
                    .isEqualTo(scope);
        }
        String all = api.key(root, Mode.LIVE, "*", "org:admin");
        for (String scope : List.of("*", "ads:write:override", "content:read")) {
            assertThat(mint(all, child, "{\"name\": \"x\", \"scopes\": [\"" + scope + "\"]}")
                            .status())
                    .isEqualTo(201);
        }
    }

    @Test
    void everyProblemOfABodyIsNamed() throws Exception {
        Reply reply = mint("""
                {"name": "", "scopes": ["projects:read", "fly"], "env": "moon", "returnUrls": ["http://a.example"],
                 "rateLimitTier": "partner"}""");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().at("/error/details/issues").findValuesAsText("path"))
                .containsExactlyInAnyOrder("name", "scopes[1]", "env", "returnUrls[0]", "rateLimitTier");
        assertThat(mint("{\"name\": \"x\", \"scopes\": []}").status()).isEqualTo(422);
        assertThat(mint("{\"name\": \"x\", \"scopes\": [\"projects:read\"], \"returnUrls\": []}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void tiersFollowTheMintingKeyAndOnlyAnInternalOneNamesThem() throws Exception {
        String internal = api.key(root, Mode.LIVE, RateLimitTier.INTERNAL, "*", "org:admin");
        assertThat(tier(internal, "")).isEqualTo("internal");
        assertThat(tier(internal, ", \"rateLimitTier\": \"partner\"")).isEqualTo("partner");
        assertThat(tier(parent, ", \"env\": \"test\"")).isEqualTo("sandbox");
    }

    private String tier(String key, String more) throws Exception {
        return mint(key, child, "{\"name\": \"x\", \"scopes\": [\"projects:read\"]" + more + "}")
                .body()
                .at("/apiKey/rateLimitTier")
                .asText();
    }

    @Test
    void testKeysMakeTestKeysAndALiveParentMakesBothForALiveChild() throws Exception {
        String test = api.key(root, Mode.TEST, RateLimitTier.SANDBOX, "*", "org:admin");
        String testChild = child(test);
        String body = "{\"name\": \"x\", \"scopes\": [\"projects:read\"]";
        assertThat(mint(test, testChild, body + "}").code()).isEqualTo("FORBIDDEN_SCOPE");
        Reply made = mint(test, testChild, body + ", \"env\": \"test\"}");
        assertThat(made.body().at("/apiKey/rateLimitTier").asText()).isEqualTo("sandbox");
        assertThat(mint(parent, testChild, body + ", \"env\": \"test\"}").status())
                .isEqualTo(404);
        assertThat(mint(test, child, body + ", \"env\": \"test\"}").status()).isEqualTo(404);

        Reply forLive = mint(body + ", \"env\": \"test\"}");
        assertThat(forLive.body().path("secret").asText()).startsWith("lp_test_");
        String id = forLive.body().at("/apiKey/id").asText();
        assertThat(onKey("DELETE", id, "").status()).isEqualTo(200);
    }

    @Test
    void aRevokedKeyIsUnknownAtOnce() throws Exception {
        Reply minted = mint("{\"name\": \"x\", \"scopes\": [\"projects:read\"]}");
        String id = minted.body().at("/apiKey/id").asText();
        String secret = minted.body().path("secret").asText();
        api.call("GET", "/whoami", secret, null);

        Reply revoked = onKey("DELETE", id, "");
        assertThat(revoked.body().path("deleted").asBoolean()).isTrue();
        assertThat(revoked.body().at("/apiKey/status").asText()).isEqualTo("revoked");
        assertThat(api.call("GET", "/whoami", secret, null).status()).isEqualTo(401);
        assertThat(onKey("DELETE", id, "").body().at("/apiKey/revokedAt"))
                .isEqualTo(revoked.body().at("/apiKey/revokedAt"));
        Reply rotated = onKey("POST", id, "/rotate");
        assertThat(rotated.status()).isEqualTo(409);
        assertThat(rotated.body().at("/error/details/reason").asText()).isEqualTo("already_settled");
        assertThat(api.audit.types()).contains("api_key.minted", "api_key.revoked");
    }

    @Test
    void aRotatedKeyWorksOneMoreDay() throws Exception {
        Reply minted =
                mint("{\"name\": \"x\", \"scopes\": [\"projects:read\"], \"returnUrls\": [\"https://a.example/\"]}");
        String id = minted.body().at("/apiKey/id").asText();
        Reply rotated = onKey("POST", id, "/rotate");
        assertThat(rotated.status()).isEqualTo(201);
        JsonNode previous = rotated.body().path("previous");
        assertThat(previous.path("supersededBy")).isEqualTo(rotated.body().at("/apiKey/id"));
        assertThat(previous.path("status").asText()).isEqualTo("active");
        assertThat(java.time.Instant.parse(previous.path("graceUntil").asText()))
                .isEqualTo(java.time.Instant.parse(previous.path("rotatedAt").asText())
                        .plusSeconds(86_400));
        for (JsonNode secret :
                List.of(minted.body().path("secret"), rotated.body().path("secret"))) {
            assertThat(api.call("GET", "/whoami", secret.asText(), null).status())
                    .isEqualTo(200);
        }
        assertThat(onKey("POST", id, "/rotate").status()).isEqualTo(409);
        api.database
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update api_key set grace_until = now() - interval '1 second' where id = ?",
                        UUID.fromString(id.substring(4))));
        assertThat(api.call("GET", "/whoami", minted.body().path("secret").asText(), null)
                        .status())
                .isEqualTo(401);
        assertThat(onKey("DELETE", id, "").body().at("/apiKey/status").asText()).isEqualTo("revoked");
    }

    @Test
    void aKilledKeyIs503ForGoodAndEveryKeyMayKillItself() throws Exception {
        Reply minted = mint("{\"name\": \"x\", \"scopes\": [\"projects:read\"]}");
        Reply other = mint("{\"name\": \"y\", \"scopes\": [\"projects:read\"]}");
        String secret = minted.body().path("secret").asText();
        String id = minted.body().at("/apiKey/id").asText();
        String otherId = other.body().at("/apiKey/id").asText();

        Reply refused = api.call("POST", "/api-keys/" + otherId + "/kill", secret, null);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body().at("/error/details/requiredScope").asText()).isEqualTo("org:admin");
        Reply killed = api.call("POST", "/api-keys/" + id.substring(4) + "/kill", secret, null);
        assertThat(killed.body().path("status").asText()).isEqualTo("revoked");
        assertThat(api.call("GET", "/whoami", secret, null).code()).isEqualTo("KILL_SWITCH");

        assertThat(api.call("POST", "/api-keys/" + otherId + "/kill", parent, null)
                        .status())
                .isEqualTo(200);
        Reply again = api.call("POST", "/api-keys/" + otherId + "/kill", parent, null);
        assertThat(again.status()).isEqualTo(200);
        assertThat(api.call("GET", "/whoami", other.body().path("secret").asText(), null)
                        .code())
                .isEqualTo("KILL_SWITCH");
        assertThat(api.call("POST", "/api-keys/" + otherId + "/kill", api.key("*", "org:admin"), null)
                        .status())
                .isEqualTo(404);
        assertThat(api.call("POST", "/api-keys/nonsense/kill", parent, null).status())
                .isEqualTo(422);
        assertThat(api.audit.types()).contains("api_key.killed");
    }

    @Test
    void anArchivedChildGetsNoKeysAndItsKeysDoNotRotate() throws Exception {
        Reply minted = mint("{\"name\": \"x\", \"scopes\": [\"projects:read\"]}");
        api.call("DELETE", "/organizations/" + child, parent, null);
        assertThat(mint("{\"name\": \"x\", \"scopes\": [\"projects:read\"]}").code())
                .isEqualTo("CONFLICT");
        Reply rotated = onKey("POST", minted.body().at("/apiKey/id").asText(), "/rotate");
        assertThat(rotated.body().at("/error/details/reason").asText()).isEqualTo("archived");
    }

    @Test
    void aKeyThatTheCallerCouldNotMintIsNotRotatedByIt() throws Exception {
        String all = api.key(root, Mode.LIVE, "*", "org:admin");
        Reply wide = mint(all, child, "{\"name\": \"x\", \"scopes\": [\"projects:write\"]}");
        assertThat(onKey("POST", wide.body().at("/apiKey/id").asText(), "/rotate")
                        .status())
                .isEqualTo(403);
    }

    private Reply onKey(String method, String id, String deed) throws Exception {
        return api.call(method, "/organizations/" + child + "/api-keys/" + id + deed, parent, null);
    }

    private Reply mint(@Nullable String body) throws Exception {
        return mint(parent, child, body);
    }

    private static Reply mint(String key, String organization, @Nullable String body) throws Exception {
        return api.call("POST", "/organizations/" + organization + "/api-keys", key, body);
    }

    private static String child(String key) throws Exception {
        return api.call("POST", "/organizations", key, "{\"name\": \"Child\"}")
                .body()
                .path("id")
                .asText();
    }
}
