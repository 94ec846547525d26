package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tenants;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A preview shows what would be sent, stores nothing and sends nothing.
class PreviewTest {
    /// SHA-256 of `ann@example.com`.
    private static final String HASHED = "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476";

    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static Shop shop;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(PreviewTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        shop = Shop.open(varve, "Preview");
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void bothPlatformsShowWhatTheyWouldGetAndGetNothing() {
        String previewed = SdkEvents.ids("previewed", 1).getFirst();
        JsonNode platforms = preview(shop.api(), previewed, "\"user\": {\"email\": \" Ann@Example.com\"}");

        assertThat(platforms).hasSize(2).allSatisfy(row -> {
            assertThat(row.path("wouldSend").asBoolean()).as(row.toString()).isTrue();
            assertThat(row.path("payload").path("event_id").asText()).isEqualTo(previewed);
            assertThat(row.path("payload").toString()).contains(HASHED);
            assertThat(row.at("/matchQuality/score").asDouble()).isBetween(0.0, 10.0);
            assertThat(row.at("/matchQuality/missing")).isNotEmpty();
        });
        assertThat(platforms.toString()).doesNotContainIgnoringCase("ann@");
        String sent = SdkEvents.ids("sent", 1).getFirst();
        shop.send(List.of(sent)).expect(202);
        Eventually.holds(
                "the later, real one arrives",
                Duration.ofSeconds(15),
                () -> shop.receipt(sent, "meta").equals("forwarded")
                        && shop.receipt(sent, "tiktok").equals("forwarded"));
        shop.event(previewed).expect(404);
        assertThat(sandbox.received("meta", shop.metaPixel())).containsKey(sent).doesNotContainKey(previewed);
        assertThat(sandbox.received("tiktok", shop.tiktokPixel()))
                .containsKey(sent)
                .doesNotContainKey(previewed);
    }

    @Test
    void whatThePersonPutOnRecordBarsThePreviewAsItBarsTheEvent() {
        shop.sdk()
                .post("/l/consent", "{\"app_user_id\": \"denying\", \"advertising\": false}")
                .expect(202);
        for (String whose : List.of(
                "\"appUserId\": \"denying\"", "\"appUserId\": \"denying\", \"consent\": {\"advertising\": true}")) {
            String id = SdkEvents.ids("denied", 1).getFirst();
            assertThat(preview(shop.api(), id, whose)).hasSize(2).allSatisfy(row -> {
                assertThat(row.path("wouldSend").asBoolean()).as(row.toString()).isFalse();
                assertThat(row.path("reason").asText()).isEqualTo("consent");
            });
            shop.serverEvent("purchase_success", id, ", " + whose).expect(202);
            Eventually.holds("the event itself is skipped", Duration.ofSeconds(15), () -> shop.receipt(id, "meta")
                    .equals("skipped"));
        }
    }

    @Test
    void aStoredProfileFeedsTheMatchingAndIsHiddenWithoutTheScopeForPersonalData() {
        shop.sdk()
                .post(
                        "/l/users/properties",
                        "{\"app_user_id\": \"profiled\", \"properties\": {\"email\": \"ann@example.com\"}}")
                .expect(202);
        Tenants tenants = new Tenants(varve);
        Http plain = tenants.key(tenants.first(), "live", "events:read");

        JsonNode shown = preview(shop.api(), "p-1", "\"appUserId\": \"profiled\"");
        JsonNode hidden = preview(plain, "p-1", "\"appUserId\": \"profiled\"");

        assertThat(shown.path(0).path("payload").toString()).contains(HASHED);
        assertThat(hidden.path(0).path("payload").toString())
                .contains("[redacted]")
                .doesNotContain(HASHED);
        assertThat(hidden.path(0).at("/matchQuality/present").toString()).contains("em");
    }

    @Test
    void whatWouldNotBeSentSaysWhy() {
        Shop off = Shop.open(varve, "Half off");
        off.configureOff("tiktok_ads", off.tiktokPixel(), Shop.TIKTOK_TOKEN).expect(200);
        JsonNode platforms = off.api()
                .post(off.path("/events/preview"), """
                        {"sdkAppId": "%s", "event": {"name": "level_up", "occurredAt": "%s"}}""".formatted(off.appId(), SdkEvents.now()))
                .expect(200)
                .json()
                .path("platforms");

        assertThat(platforms.path(0).path("reason").asText()).isEqualTo("unmapped");
        assertThat(platforms.path(1).path("reason").asText()).isEqualTo("disabled");
    }

    private static JsonNode preview(Http client, String eventId, String members) {
        return client.post(shop.path("/events/preview"), """
                        {"sdkAppId": "%s", "event": {"name": "purchase_success", "occurredAt": "%s", "eventId": "%s", %s,
                         "properties": {"revenue": 7.5, "currency": "EUR"},
                         "context": {"platform": "web", "url": "https://shop.example.com/thanks"}}}""".formatted(shop.appId(), SdkEvents.now(), eventId, members))
                .expect(200)
                .json()
                .path("platforms");
    }
}
