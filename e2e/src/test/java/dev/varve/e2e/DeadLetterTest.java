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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a platform cannot take is listed with its reason, explained, and sent again once it is mended.
class DeadLetterTest {
    private static final Duration SOON = Duration.ofSeconds(15);
    /// The relay finds what a replay put back when it next looks at the backlog of a lane.
    private static final Duration JOB = Duration.ofSeconds(60);

    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    private Shop shop;
    private String eventId;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(DeadLetterTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @BeforeEach
    void killOne() {
        shop = Shop.open(varve, "Dead letters");
        eventId = SdkEvents.ids("dead", 1).getFirst();
        shop.sdk()
                .post("/l/events", SdkEvents.body(SdkEvents.purchase(eventId).replace("\"currency\": \"EUR\", ", "")))
                .expect(202);
        Eventually.holds(
                "it is dead on Meta", SOON, () -> shop.receipt(eventId, "meta").equals("dead"));
    }

    @Test
    void aDeadLetterIsListedCountedAndExplained() {
        JsonNode letter = letters().path(0);
        assertThat(letter.path("eventId").asText()).isEqualTo(eventId);
        assertThat(letter.path("platform").asText()).isEqualTo("meta");
        assertThat(letter.path("reason").asText()).isEqualTo("missing_currency");
        assertThat(letter.path("code").asText()).isEqualTo("VALIDATION");
        JsonNode inspected = shop.api()
                .get(shop.path("/dead-letters/" + letter.path("deadLetterId").asText()))
                .expect(200)
                .json();
        assertThat(inspected.path("payload").isNull()).isTrue();
        JsonNode meta = accounting("meta_ads");
        assertThat(meta.path("accepted").asInt()).isEqualTo(1);
        assertThat(meta.at("/deadBy/missing_currency").asInt()).isEqualTo(1);
        assertThat(meta.path("unexplained").asInt()).isZero();
        assertThat(shop.capiStatus("meta_ads").path("deadLetters").asInt()).isEqualTo(1);
    }

    @Test
    void aDryRunChangesNothing() {
        JsonNode forecast = replay("{}", 200);
        assertThat(forecast.path("matched").asInt()).isEqualTo(1);
        assertThat(forecast.path("willReplay").asInt()).isEqualTo(1);
        assertThat(forecast.path("jobId").isNull()).isTrue();
        assertThat(letters()).hasSize(1);
    }

    @Test
    void aMendedLetterIsSentWithItsIdAndLeavesTheList() {
        shop.api()
                .put(shop.path("/layers/meta_ads/capi"), """
                        {"enabled": true, "pixelId": "%s", "eventMap": {"purchase_success": "Contact"}}""".formatted(shop.metaPixel()))
                .expect(200);

        JsonNode started = replay("{\"dryRun\": false, \"platform\": \"meta\"}", 202);

        assertThat(started.path("willReplay").asInt()).isEqualTo(1);
        Eventually.holds(
                "the job is done",
                JOB,
                () -> job(started).path("status").asText().equals("completed"));
        assertThat(shop.receipt(eventId, "meta")).isEqualTo("forwarded");
        assertThat(sandbox.received("meta", shop.metaPixel())).containsEntry(eventId, 1);
        assertThat(letters()).isEmpty();
        assertThat(accounting("meta_ads").path("forwarded").asInt()).isEqualTo(1);
        assertThat(accounting("meta_ads").path("unexplained").asInt()).isZero();
        JsonNode row = shop.api()
                .get("/v1/audit-log?eventType=dead_letters.replayed&projectId=" + shop.projectId())
                .expect(200)
                .json()
                .at("/items/0");
        assertThat(row.at("/data/jobId")).isEqualTo(started.path("jobId"));
    }

    @Test
    void aLetterThatIsStillBadDiesAgainAndStaysInTheList() {
        JsonNode started = replay("{\"dryRun\": false}", 202);

        Eventually.holds(
                "the job is done",
                JOB,
                () -> job(started).path("status").asText().equals("completed"));
        assertThat(letters()).hasSize(1);
        assertThat(shop.receipt(eventId, "meta")).isEqualTo("dead");
        assertThat(accounting("meta_ads").path("unexplained").asInt()).isZero();
    }

    @Test
    void nothingIsSentAgainToAPlatformThatIsOff() {
        shop.configureOff("meta_ads", shop.metaPixel(), Shop.META_TOKEN).expect(200);

        JsonNode refused = replay("{\"dryRun\": false}", 409);

        assertThat(refused.at("/error/details/reason").asText()).isEqualTo("capi_not_ready");
        assertThat(letters()).hasSize(1);
    }

    private JsonNode letters() {
        return shop.api()
                .get(shop.path("/dead-letters?eventNames=purchase_success"))
                .expect(200)
                .json()
                .path("items");
    }

    private JsonNode replay(String body, int status) {
        return shop.api()
                .post(shop.path("/dead-letters/replay"), body)
                .expect(status)
                .json();
    }

    private JsonNode job(JsonNode started) {
        return shop.api()
                .get("/v1/jobs/" + started.path("jobId").asText())
                .expect(200)
                .json();
    }

    private JsonNode accounting(String platform) {
        return shop.api()
                .get(shop.path("/ads/capi-accounting?platforms=" + platform))
                .expect(200)
                .json()
                .at("/platforms/0");
    }
}
