package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.varve.identity.KnownIds;
import dev.varve.identity.Profiles;
import dev.varve.identity.Sha256;
import dev.varve.server.api.ApiFixture.Reply;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A preview takes the way of a real event; the fixture fails a test whose preview stores or sends.
class PreviewTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private RelayDepth shop;

    @BeforeEach
    void open() throws Exception {
        shop = RelayDepth.open(api);
    }

    @Test
    void theExactPayloadIsShownWithHashedValues() throws Exception {
        shop.layer("meta_ads", true);
        JsonNode meta = preview(
                        "purchase_success",
                        "\"user\":{\"email\":\"Ann@Example.com\"},"
                                + "\"properties\":{\"revenue\":7.5,\"currency\":\"EUR\"}")
                .at("/platforms/0");
        assertThat(meta.path("platform").asText()).isEqualTo("meta");
        assertThat(meta.path("wouldSend").asBoolean()).isTrue();
        assertThat(meta.path("sentAs").asText()).isEqualTo("Purchase");
        assertThat(meta.at("/payload/event_id").asText()).isEqualTo("cart-18");
        assertThat(meta.at("/payload/custom_data/value").decimalValue()).isEqualByComparingTo("7.5");
        assertThat(meta.at("/payload/user_data/em/0").asText()).isEqualTo(new Sha256().hex("ann@example.com"));
        assertThat(meta.at("/matchQuality/score").asDouble()).isEqualTo(6.1);
        assertThat(meta.at("/matchQuality/present/0").asText()).isEqualTo("em");
        assertThat(meta.at("/matchQuality/missing/0").asText()).isEqualTo("ph");
        assertThat(meta.toString()).doesNotContainIgnoringCase("ann@");
    }

    @Test
    void everyPlatformAnswersAlsoWithoutALayerAndWithOneThatIsOff() throws Exception {
        shop.layer("meta_ads", false);
        JsonNode platforms = preview("purchase_success", "\"appUserId\":\"u\"").path("platforms");
        assertThat(platforms).hasSize(2).allSatisfy(row -> {
            assertThat(row.path("wouldSend").asBoolean()).isFalse();
            assertThat(row.path("reason").asText()).isEqualTo("disabled");
        });
    }

    @Test
    void whatWouldNotBeSentSaysWhy() throws Exception {
        shop.layer("meta_ads", true);
        assertThat(reason("level_up", "\"appUserId\":\"u\"")).isEqualTo("unmapped");
        assertThat(reason("purchase_success", "\"appUserId\":\"u\",\"consent\":{\"advertising\":false}"))
                .isEqualTo("consent");
        assertThat(reason("purchase_success", "\"properties\":{\"revenue\":1,\"currency\":\"EUR\"}"))
                .isEqualTo("no_identifiers");
        JsonNode dead = preview("purchase_success", "\"appUserId\":\"u\",\"properties\":{\"revenue\":1}")
                .at("/platforms/0");
        assertThat(dead.path("reason").asText()).isEqualTo("missing_currency");
        assertThat(dead.path("sentAs").asText()).isEqualTo("Purchase");
        assertThat(dead.path("warnings")).hasSize(1);
        JsonNode old = api.call(
                        "POST",
                        "/projects/" + shop.project() + "/events/preview",
                        shop.key(),
                        body("purchase_success", Instant.now().minusSeconds(30 * 86_400L), "\"appUserId\":\"u\""))
                .body();
        assertThat(old.at("/platforms/0/reason").asText()).isEqualTo("too_old");
    }

    @Test
    void deniedAnalyticsMeansConsentAndSaysThatNothingWouldBeStored() throws Exception {
        shop.layer("meta_ads", true);
        JsonNode row = preview("purchase_success", "\"appUserId\":\"u\",\"consent\":{\"analytics\":false}")
                .at("/platforms/0");
        assertThat(row.path("reason").asText()).isEqualTo("consent");
        assertThat(row.at("/warnings/0").asText()).contains("consent.analytics");
    }

    @Test
    void whatLowersTheQualityIsAWarning() throws Exception {
        shop.layer("meta_ads", true);
        JsonNode row = preview(
                        "add_to_cart",
                        "\"user\":{\"phone\":\"0151 23456789\",\"email\":\"" + "a".repeat(32)
                                + "\"},\"properties\":{\"revenue\":7.5}")
                .at("/platforms/0");
        assertThat(row.path("wouldSend").asBoolean()).as(row.toString()).isTrue();
        assertThat(row.path("warnings").toString())
                .contains("phone_without_country", "md5_hash", "value_without_currency");
    }

    @Test
    void anAppOfAnArchivedProjectIsDisabled() throws Exception {
        shop.layer("meta_ads", true);
        api.call("DELETE", "/projects/" + shop.project(), shop.key(), null);
        assertThat(reason("purchase_success", "\"appUserId\":\"u\"")).isEqualTo("disabled");
    }

    @Test
    void aBadEventIs422WithTheFieldAndABodyWithoutAppOrEventToo() throws Exception {
        Reply bad = shop.post(
                "/events/preview",
                "{\"sdkAppId\":\"" + shop.app()
                        + "\",\"event\":{\"name\":\"\",\"occurredAt\":\"2026-11-01T00:00:00Z\"}}");
        assertThat(bad.status()).isEqualTo(422);
        assertThat(bad.body().at("/error/details/issues/0/path").asText()).isEqualTo("event.name");
        assertThat(bad.body().at("/error/details/issues/0/message").asText()).isEqualTo("must not be empty");
        Reply empty = shop.post("/events/preview", "{}");
        assertThat(empty.body().at("/error/details/issues").findValuesAsText("path"))
                .containsExactly("sdkAppId", "event");
        assertThat(shop.post("/events/preview", "{\"sdkAppId\":\"" + shop.app() + "\",\"event\":[]}")
                        .status())
                .isEqualTo(422);
        assertThat(shop.post("/events/preview", "{\"sdkAppId\":\"x\",\"event\":[]}")
                        .status())
                .isEqualTo(404);
        assertThat(shop.post("/events/preview", "{\"sdkAppId\":\"" + shop.app() + "\",\"event\":null}")
                        .status())
                .isEqualTo(422);
        assertThat(shop.post("/events/preview", "{\"sdkAppId\":\"x\",\"event\":null}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void unknownAppsForeignProjectsAndLackingScopesAreRefused() throws Exception {
        String body = body("purchase_success", Instant.now(), "").replace(shop.app(), "app_none");
        assertThat(shop.post("/events/preview", body).status()).isEqualTo(404);
        String path = "/projects/" + shop.project() + "/events/preview";
        assertThat(api.call("POST", path, api.key("*"), body).status()).isEqualTo(404);
        Reply lacking = api.call("POST", path, api.key("events:write"), body);
        assertThat(lacking.status()).isEqualTo(403);
        assertThat(lacking.body().at("/error/details/requiredScope").asText()).isEqualTo("events:read");
    }

    @Test
    void storedIdsAreUsedButShownOnlyWithTheScopeForPersonalData() throws Exception {
        shop.layer("meta_ads", true);
        String stored = new Sha256().hex("stored@example.com");
        var profile = JsonNodeFactory.instance.objectNode();
        profile.putArray("em").add(stored);
        UUID project = shop.projectId();
        api.profiles.known.put(
                new Profiles.Subject(project, Profiles.Subject.Kind.USER, "u"),
                new KnownIds(
                        Map.of("fbp", new KnownIds.Seen("fb.1.1596403881668.1116446470", Instant.now())), profile));
        StoredKnowledge knowledge =
                new StoredKnowledge(api.profiles.known.values().iterator().next());
        JsonNode payload = ApiFixture.JSON.readTree("{\"event_name\":\"Purchase\",\"user_data\":{\"em\":[\"" + stored
                + "\",\"own\"],\"fbp\":\"fb.1.1596403881668.1116446470\"}}");
        assertThat(knowledge
                        .hidden(payload, ApiFixture.JSON.readTree("{\"match\":{\"em\":[\"own\"]}}"))
                        .toString())
                .isEqualTo("{\"event_name\":\"Purchase\",\"user_data\":{\"em\":[\"[redacted]\",\"own\"],"
                        + "\"fbp\":\"[redacted]\"}}");
        assertThat(knowledge.hidden(payload, payload)).isEqualTo(payload);
    }

    private String reason(String name, String members) throws Exception {
        return preview(name, members).at("/platforms/0/reason").asText();
    }

    private JsonNode preview(String name, String members) throws Exception {
        Reply reply = shop.post("/events/preview", body(name, Instant.now(), members));
        assertThat(reply.status()).as(reply.raw().body()).isEqualTo(200);
        return reply.body();
    }

    private String body(String name, Instant at, String members) {
        return "{\"sdkAppId\":\"" + shop.app() + "\",\"event\":{\"name\":\"" + name + "\",\"occurredAt\":\"" + at
                + "\",\"eventId\":\"cart-18\"" + (members.isEmpty() ? "" : "," + members) + "}}";
    }
}
