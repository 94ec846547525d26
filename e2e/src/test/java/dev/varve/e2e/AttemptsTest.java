package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// An event tells its whole story, also when it was throttled, held back or sent again from the dead letters.
class AttemptsTest {
    private static final Duration SOON = Duration.ofSeconds(25);

    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(AttemptsTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(
                directory.resolve("data"), sandbox, "--delivery-probe-delays=1s,1s,1s", "--delivery-retry-base=500ms");
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @AfterEach
    void clear() {
        sandbox.clearFaults();
    }

    @Test
    void aThrottledEventWaitsWithoutLosingAnAttemptAndKeepsItsTraces() {
        Shop shop = Shop.open(varve, "Throttled");
        sandbox.fault("/open_api/v1.3/event/track/", "http_429_bare", 1);
        String id = SdkEvents.ids("throttled", 1).getFirst();
        shop.send(List.of(id)).expect(202);

        awaitReceipt(shop, id, "tiktok", "forwarded");

        JsonNode event = shop.event(id).json();
        List<JsonNode> attempts = attempts(event, "tiktok");
        assertThat(attempts).as(event.toString()).isNotEmpty().allSatisfy(one -> {
            assertThat(one.path("sentAs").asText()).isEqualTo("Purchase");
            assertThat(one.path("outcome").asText()).isIn("retry", "forwarded");
            assertThat(one.path("nextRetryAt").isNull())
                    .isEqualTo(one.path("outcome").asText().equals("forwarded"));
        });
        JsonNode last = attempts.getLast();
        assertThat(last.path("attempt").asInt()).isEqualTo(1);
        assertThat(last.path("request_id").asText())
                .isNotEmpty()
                .isEqualTo(receipt(event, "tiktok").path("request_id").asText());
    }

    @Test
    void aHeldEventIsPendingWithItsRefusalAndForwardedByTheNextToken() {
        Shop shop = Shop.open(varve, "Held");
        sandbox.fault("/v26.0/" + shop.metaPixel(), "token_revoked");
        String id = SdkEvents.ids("held", 1).getFirst();
        shop.send(List.of(id)).expect(202);
        Eventually.holds(
                "the destination is broken",
                SOON,
                () -> shop.capiStatus("meta_ads").path("status").asText().equals("broken"));
        JsonNode held = shop.event(id).json();
        assertThat(receipt(held, "meta").path("state").asText())
                .as(held.toString())
                .isIn("pending", "retrying");

        sandbox.clearFaults();
        shop.configure("meta_ads", shop.metaPixel(), Shop.META_TOKEN + "_new").expect(200);
        awaitReceipt(shop, id, "meta", "forwarded");

        JsonNode event = shop.event(id).json();
        JsonNode last = attempts(event, "meta").getLast();
        assertThat(last.path("attempt").asInt()).as(event.toString()).isEqualTo(1);
        assertThat(last.path("sentAs").asText()).isEqualTo("Purchase");
        assertThat(last.path("fbtrace_id").asText())
                .isEqualTo(receipt(event, "meta").path("fbtrace_id").asText());
    }

    @Test
    void aReplayedEventShowsWhatItWasSentAsThisTime() {
        Shop shop = Shop.open(varve, "Replayed");
        String id = SdkEvents.ids("replayed", 1).getFirst();
        shop.sdk()
                .post("/l/events", SdkEvents.body(SdkEvents.purchase(id).replace("\"currency\": \"EUR\", ", "")))
                .expect(202);
        awaitReceipt(shop, id, "meta", "dead");
        assertThat(attempts(shop.event(id).json(), "meta")).isEmpty();
        shop.api()
                .put(shop.path("/layers/meta_ads/capi"), """
                        {"enabled": true, "pixelId": "%s", "eventMap": {"purchase_success": "Contact"}}""".formatted(shop.metaPixel()))
                .expect(200);
        shop.api()
                .post(shop.path("/dead-letters/replay"), "{\"dryRun\": false, \"platform\": \"meta\"}")
                .expect(202);
        awaitReceipt(shop, id, "meta", "forwarded");

        JsonNode event = shop.event(id).json();
        List<JsonNode> attempts = attempts(event, "meta");
        assertThat(attempts).as(event.toString()).hasSize(1);
        assertThat(attempts.getFirst().path("sentAs").asText()).isEqualTo("Contact");
        assertThat(attempts.getFirst().path("fbtrace_id").asText())
                .isNotEmpty()
                .isEqualTo(receipt(event, "meta").path("fbtrace_id").asText());
        assertThat(receipt(event, "meta").path("notes").toString()).contains("value_without_currency");
        assertThat(receipt(event, "tiktok").path("notes").toString()).contains("value_without_currency");
    }

    private static void awaitReceipt(Shop shop, String id, String platform, String state) {
        Eventually.holds(platform + " " + state, SOON, () -> shop.event(id).text(), () -> shop.receipt(id, platform)
                .equals(state));
    }

    private static JsonNode receipt(JsonNode event, String platform) {
        return of(event.path("forwarding"), platform).getFirst();
    }

    private static List<JsonNode> attempts(JsonNode event, String platform) {
        return of(event.path("attempts"), platform);
    }

    private static List<JsonNode> of(JsonNode list, String platform) {
        return StreamSupport.stream(list.spliterator(), false)
                .filter(one -> one.path("platform").asText().equals(platform))
                .toList();
    }
}
