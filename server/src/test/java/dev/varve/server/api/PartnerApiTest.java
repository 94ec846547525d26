package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.api.ApiFixture.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PartnerApiTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String SHOP = "{\"name\":\"Acme\",\"timezone\":\"Europe/Lisbon\"}";

    @Test
    void withoutAValidKeyEverythingIs401WithRequestId() throws Exception {
        Reply reply = api.call("GET", "/whoami", "lp_live_0000000000000000_nope", null);
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.raw().headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(reply.raw().headers().firstValue("X-Request-Id"))
                .hasValue(reply.body().at("/error/requestId").asText());
    }

    @Test
    void anotherOrganizationsObjectsDoNotExist() throws Exception {
        String owner = api.key("*");
        String project = project(owner);
        Reply reply = api.call("GET", "/projects/" + project, api.key("*"), null);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(api.call("GET", "/projects/" + project.substring(4), owner, null)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void validationNamesEveryProblem() throws Exception {
        Reply reply =
                api.call("POST", "/projects", api.key("*"), "{\"name\":\"\",\"timezone\":\"Moon\",\"ownerEmail\":1}");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().at("/error/details/issues").findValuesAsText("path"))
                .containsExactlyInAnyOrder("name", "timezone", "ownerEmail");
        Reply id = api.call("GET", "/projects/nonsense", api.key("*"), null);
        assertThat(id.status()).isEqualTo(422);
        assertThat(id.body().at("/error/details/issues/0/message").asText()).isEqualTo("projectId is not a UUID");
    }

    @Test
    void aLackingScopeIsNamed() throws Exception {
        Reply reply = api.call("POST", "/projects", api.key("projects:read"), SHOP);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.body().at("/error/details/requiredScope").asText()).isEqualTo("projects:write");
    }

    @Test
    void unknownRoutesAre404AndWrongMethods405() throws Exception {
        String key = api.key("*");
        assertThat(api.call("GET", "/nonsense", key, null).code()).isEqualTo("NOT_FOUND");
        Reply reply = api.call("DELETE", "/whoami", key, null);
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.raw().headers().firstValue("Allow")).hasValue("GET");
    }

    @Test
    void hostileTextNeitherFailsNorPasses() throws Exception {
        Reply reply = api.call(
                "POST",
                "/projects",
                api.key("*"),
                "{\"name\":\"a\\u0000\\ud800b\",\"timezone\":\"UTC\",\"metadata\":{\"k\\u0000\":\"\\u0000\"}}");
        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.body().path("name").asText()).isEqualTo("a\uFFFD\uFFFDb");
        assertThat(api.call("POST", "/projects", api.key("*"), "[".repeat(100_000))
                        .status())
                .isEqualTo(422);
        assertThat(api.call("POST", "/projects", api.key("*"), "\"" + "x".repeat(1 << 20) + "\"")
                        .status())
                .isEqualTo(413);
    }

    @Test
    void capiNeedsPixelAndAcceptedToken() throws Exception {
        String key = api.key("*");
        String project = project(key);
        String app = app(key, project);
        String path = "/projects/" + project + "/sdk-apps/" + app;
        Reply early = api.call("PATCH", path, key, "{\"capi\":{\"meta\":{\"enabled\":true}}}");
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.body().at("/error/details/missing"))
                .isEqualTo(
                        ApiFixture.JSON.readTree("[{\"platform\":\"meta\",\"fields\":[\"pixelId\",\"accessToken\"]}]"));
        String capi = "/projects/" + project + "/layers/meta_ads/capi";
        assertThat(api.call("PUT", capi, key, layer("bad", true)).status()).isEqualTo(409);
        assertThat(api.call("PUT", capi, key, layer("silent", true)).status()).isEqualTo(502);
        assertThat(api.call("GET", capi, key, null).body().path("layerId").isNull())
                .isTrue();
        Reply stored = api.call("PUT", capi, key, layer("bad", false));
        assertThat(stored.body().path("accessTokenValid").asBoolean()).isFalse();
        assertThat(stored.body().at("/lastError/code").asText()).isEqualTo("TOKEN_INVALID");
        Reply good = api.call("PUT", capi, key, layer("good", false));
        assertThat(good.body().path("accessTokenValid").asBoolean()).isTrue();
        assertThat(good.body().path("accessTokenVaultId"))
                .isEqualTo(stored.body().path("accessTokenVaultId"));
        assertThat(good.raw().body()).doesNotContain("\"good\"");
        Reply on = api.call("PATCH", path, key, "{\"capi\":{\"meta\":{\"enabled\":true}}}");
        assertThat(on.body().at("/capi/meta/enabled").asBoolean()).isTrue();
        Reply status = api.call("GET", "/projects/" + project + "/ads/capi-status", key, null);
        assertThat(status.body().at("/meta/status").asText()).isEqualTo("idle");
        assertThat(status.body().at("/tiktok/status").asText()).isEqualTo("disabled");
    }

    @Test
    void pagesOfEventsWithEqualTimesNeitherRepeatNorSkip() throws Exception {
        String key = api.key("*");
        String project = project(key);
        String app = app(key, project);
        for (int i = 0; i < 7; i++) {
            event(project, app, "event-" + i, i, i < 5 ? "2026-01-01T00:00:00.123456Z" : "2020-05-05T00:00:00Z");
        }
        List<String> ids = new ArrayList<>();
        String next = "";
        do {
            Reply reply = api.call("GET", "/projects/" + project + "/events?limit=2" + next, key, null);
            assertThat(reply.status()).isEqualTo(200);
            reply.body()
                    .path("items")
                    .forEach(item -> ids.add(item.path("eventId").asText()));
            next = "&cursor=" + reply.body().path("nextCursor").asText();
        } while (!next.equals("&cursor=null"));
        assertThat(ids).containsExactly("event-0", "event-1", "event-2", "event-3", "event-4", "event-5", "event-6");
    }

    @Test
    void personalDataIsHiddenUnlessTheKeyMaySeeIt() throws Exception {
        String key = api.key("projects:write", "events:read");
        String project = project(key);
        event(project, app(key, project), "pii", 50, "2026-01-01T00:00:00Z");
        Reply reply = api.call("GET", "/projects/" + project + "/events", key, null);
        assertThat(reply.body().at("/items/0/properties/email").asText()).isEqualTo("[redacted]");
        assertThat(reply.body().at("/items/0/properties/order_ref").asText()).isEqualTo("9007199254740993");
        assertThat(reply.body().at("/items/0/forwarding/0/state").asText()).isEqualTo("skipped");
        assertThat(reply.body().at("/items/0/forwarding/0/reason").asText()).isEqualTo("disabled");
        Reply single = api.call("GET", "/projects/" + project + "/events/pii", key, null);
        assertThat(single.body().path("eventId").asText()).isEqualTo("pii");
        assertThat(single.body().path("attempts").isArray()).isTrue();
        assertThat(api.call("GET", "/projects/" + project + "/events/none", key, null)
                        .status())
                .isEqualTo(404);
    }

    private static String project(String key) throws Exception {
        return api.call("POST", "/projects", key, SHOP).body().path("id").asText();
    }

    private static String app(String key, String project) throws Exception {
        Reply reply = api.call(
                "POST",
                "/projects/" + project + "/sdk-apps",
                key,
                "{\"name\":\"iOS\",\"platform\":\"ios\",\"bundleId\":\"a.b\"}");
        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.body().path("apiKey").asText()).startsWith("ak_").hasSize(46);
        return reply.body().path("appId").asText();
    }

    private static String layer(String token, boolean enabled) {
        return "{\"enabled\":" + enabled + ",\"pixelId\":\"550118274406913\",\"accessToken\":\"" + token + "\"}";
    }

    private static void event(String project, String app, String eventId, long offset, String occurredAt) {
        api.database.jdbi().useHandle(handle -> handle.execute("""
                insert into event_key (key, log_offset, occurred_at) values (cast(encode(substring(sha256(
                    convert_to(?, 'UTF8') || decode('00', 'hex') || convert_to(?, 'UTF8')) from 1 for 16), 'hex') as uuid),
                    ?, cast(? as timestamptz))""", app, eventId, offset, occurredAt));
        api.database
                .jdbi()
                .useHandle(handle -> handle.execute(
                        """
                insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name, source, synthetic, document)
                values (?, cast(? as timestamptz), now(), ?, ?, ?, 'x', 0, false, cast(? as bytea))""",
                        offset,
                        occurredAt,
                        UUID.fromString(project.substring(4)),
                        app,
                        eventId,
                        "{\"properties\":{\"email\":\"sha256:00\",\"order_ref\":9007199254740993},\"context\":{}}"
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
}
