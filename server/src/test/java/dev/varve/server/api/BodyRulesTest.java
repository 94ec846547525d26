package dev.varve.server.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.api.ApiFixture.Reply;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What every body has to be, whichever call it comes with.
@SuppressWarnings("NullAway.Init")
class BodyRulesTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String PROJECT = "{\"name\": \"Caf\u00e9\", \"timezone\": \"UTC\"}";

    private LimitRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new LimitRig(api);
    }

    @Test
    void everyCallThatChangesSomethingRefusesABodyThatIsNoJson() throws Exception {
        String keys = "/organizations/" + rig.child + "/api-keys";
        String key = rig.send("POST " + keys, "{\"name\": \"k\", \"scopes\": [\"ads:read\"]}")
                .body()
                .at("/apiKey/id")
                .asText();
        List<Route> routes = api.routes().stream().filter(Route::isMutating).toList();
        assertThat(routes).hasSizeGreaterThan(20);
        for (Route route : routes) {
            String path = route.template()
                    .substring(3)
                    .replace("{orgId}", "CHILD")
                    .replace("{projectId}", "PROJECT")
                    .replace("{appId}", "APP")
                    .replace("{endpointId}", "ENDPOINT")
                    .replace("{platform}", "meta_ads")
                    .replace("{keyId}", key);
            Reply garbage = rig.send(route.method() + " " + path, "{");
            assertThat(garbage.status()).as(route.method() + " " + path).isEqualTo(422);
            assertThat(garbage.body().at("/error/details/issues/0/path").asText("?"))
                    .isEmpty();
            if (route.bodyLimit() == Body.LIMIT) {
                Reply large = rig.send(route.method() + " " + path, " ".repeat(Body.LIMIT) + "{}");
                assertThat(large.status()).as(route.method() + " " + path).isEqualTo(413);
            }
        }
    }

    @Test
    void anIdempotencyKeyDoesNotRaiseTheLimit() throws Exception {
        Organization organization = api.organization();
        String key = api.key(organization, Mode.LIVE, "*", "org:admin");
        Map<String, String> header = Map.of("Idempotency-Key", "k");
        String large = " ".repeat(Body.LIMIT) + PROJECT;

        Reply refused = api.call("POST", "/projects", key, large, header);
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.body().at("/error/details/limitBytes").asInt()).isEqualTo(1 << 20);
        Reply absent = api.call("POST", "/organizations/" + rig.child + "/suspend", key, large, header);
        assertThat(absent.status()).isEqualTo(413);
        assertThat(api.call("POST", "/events", key, " ".repeat(2 << 20) + "{}", header)
                        .status())
                .isEqualTo(422);
    }

    @Test
    void aBodyIsUtf8() throws Exception {
        String key = api.key("*");
        for (Charset other : List.of(UTF_16, UTF_16BE, UTF_16LE, Charset.forName("UTF-32"), ISO_8859_1)) {
            assertThat(post("/projects", key, PROJECT.getBytes(other)).statusCode())
                    .as(other.name())
                    .isEqualTo(422);
            assertThat(post(
                                    "/events",
                                    key,
                                    "{\"projectId\": \"\u00e9\", \"sdkAppId\": \"a\", \"events\": []}".getBytes(other))
                            .body())
                    .as(other.name())
                    .contains("not readable JSON");
        }
        assertThat(post("/projects", key, PROJECT.getBytes(UTF_8)).body()).contains("Caf\u00e9");
        assertThat(post("/projects", key, ("\ufeff" + PROJECT).getBytes(UTF_8)).statusCode())
                .isEqualTo(201);
        assertThat(post("/events", key, "\ufeff{}".getBytes(UTF_8)).body()).contains("sdkAppId");
    }

    @Test
    void anEventThatIsTooDeepOrHasALongNumberDoesNotRefuseTheOthers() throws Exception {
        String event = "{\"name\": \"e\", \"occurredAt\": \"" + Instant.now() + "\", \"properties\": {\"a\": %s}}";
        String deep = event.formatted("[".repeat(2_000) + "]".repeat(2_000));
        String events = String.join(",", deep, event.formatted("1".repeat(2_000)), event.formatted("1"));
        Reply reply = rig.send(
                "POST /events", "{\"projectId\": \"PROJECT\", \"sdkAppId\": \"APP\", \"events\": [" + events + "]}");
        assertThat(reply.status()).as(reply.raw().body()).isEqualTo(202);
        assertThat(reply.body().path("rejected").findValuesAsText("index")).containsExactly("0");
    }

    @Test
    void theScopeIsLookedAtBeforeTheBodyAlsoWhereTheBodyDecidesOnIt() throws Exception {
        String path = "/projects/" + rig.project + "/sdk-apps/" + rig.app;
        String key = api.key("ads:write:capi");
        for (String body : List.of("{", "", "[]", "{\"name\": \"n\"}", "{\"capi\": {}, \"name\": \"n\"}")) {
            Reply reply = api.call("PATCH", path, key, body);
            assertThat(reply.status()).as(body).isEqualTo(403);
            assertThat(reply.body().at("/error/details/requiredScope").asText()).isEqualTo("projects:write");
        }
    }

    @Test
    void aTestKeyThatMintsALiveOneIsToldWhatItLacks() throws Exception {
        Organization organization = api.organization();
        String key = api.key(organization, Mode.TEST, "*", "org:admin");
        String child = api.call("POST", "/organizations", key, "{\"name\": \"c\"}")
                .body()
                .path("id")
                .asText();
        Reply reply = api.call(
                "POST",
                "/organizations/" + child + "/api-keys",
                key,
                "{\"name\": \"k\", \"scopes\": [\"ads:read\"], \"env\": \"live\"}");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.body().at("/error/details/requiredScope").asText()).isEqualTo("org:admin");
    }

    private static HttpResponse<String> post(String path, String key, byte[] body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(api.at(path))
                            .header("Authorization", "Bearer " + key)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
