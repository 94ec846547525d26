package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Accounts;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A replay sends exactly the failed (event, platform) pairs that were forecast, once, and its job always ends.
class ReplayTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration JOB = Duration.ofSeconds(90);

    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    private Shop shop;
    private List<String> withoutCurrency;
    private List<String> withoutValue;
    private List<String> refunds;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(ReplayTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(
                directory.resolve("data"),
                sandbox,
                "--delivery-batch-size=5",
                "--delivery-retry-base=200ms",
                "--delivery-retry-cap=1s",
                "--delivery-probe-delays=200ms,200ms,200ms",
                "--delivery-stopped-probe-interval=1h");
    }

    @AfterEach
    void clearFaults() {
        sandbox.clearFaults();
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    /// All die on Meta for want of something; TikTok takes those that are no refunds.
    @BeforeEach
    void killSome() {
        shop = Shop.open(varve, "Replay");
        withoutCurrency = kill("currency", 12, "\"currency\": \"EUR\", ", "");
        withoutValue = kill("value", 4, "\"revenue\": 12.5, ", "");
        refunds = kill("refund", 2, "12.5", "-12.5");
        Eventually.holds("all are dead on Meta", SOON, () -> new Accounts(shop).read(""), () -> {
            JsonNode meta = new Accounts(shop).of("meta");
            return meta.path("dead").asInt() == 18 && new Accounts(shop).open() == 0;
        });
    }

    private List<String> kill(String prefix, int count, String part, String replacement) {
        List<String> ids = SdkEvents.ids(prefix, count);
        shop.sdk()
                .post("/l/events", SdkEvents.purchases(ids).replace(part, replacement))
                .expect(202);
        return ids;
    }

    @Test
    void everyFilterForecastsWhatItsReplayThenSendsToTheFailedPlatformOnly() {
        mendByEventMap();
        JsonNode all = replay("{\"platform\": \"meta\"}", 200);
        assertThat(all.path("matched").asInt()).as(all.toString()).isEqualTo(18);
        assertThat(all.path("counts").findValuesAsText("reason"))
                .containsExactly("missing_currency", "missing_value", "negative_value");
        String filter = "\"platform\": \"meta\", \"reason\": \"missing_currency\", \"appId\": \"" + shop.appId()
                + "\", \"eventNames\": [\"purchase_success\"]";
        int before = sandbox.received("tiktok", shop.tiktokPixel()).size();
        JsonNode forecast = replay("{" + filter + "}", 200);

        JsonNode started = replay("{" + filter + ", \"dryRun\": false}", 202);

        assertThat(started.path("counts")).isEqualTo(forecast.path("counts"));
        assertThat(started.path("willReplay").asInt()).isEqualTo(12);
        JsonNode job = awaitEnd(started);
        assertResult(job, 12, 12, 0);
        assertThat(job.path("progress").toString()).isEqualTo("{\"done\":12,\"total\":12}");
        assertThat(job.path("finishedAt").asText()).isNotEmpty();
        assertOnlyAtMeta(withoutCurrency);
        assertThat(sandbox.taken("meta", shop.metaPixel(), withoutCurrency.getFirst())
                        .at("/0/eventName")
                        .asText())
                .as("by the present map")
                .isEqualTo("Contact");
        assertThat(sandbox.received("tiktok", shop.tiktokPixel()))
                .hasSize(before)
                .allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
        assertThat(replay("{\"platform\": \"meta\"}", 200).path("matched").asInt())
                .isEqualTo(6);
    }

    @Test
    void whatIsTooOldIsNamedAndNeverSent() {
        mendByEventMap();
        String old = withoutValue.getFirst();
        Tables.of(varve)
                .execute("update dead_letter set too_old_at = now() - interval '1 second' where event_id = ?", old);

        JsonNode started = replay("{\"dryRun\": false, \"platform\": \"meta\", \"reason\": \"missing_value\"}", 202);

        assertThat(started.path("matched").asInt()).isEqualTo(4);
        assertThat(started.path("willReplay").asInt()).isEqualTo(3);
        assertThat(started.path("tooOld").asInt()).isEqualTo(1);
        assertThat(started.path("tooOldEvents").findValuesAsText("eventId")).containsExactly(old);
        awaitEnd(started);
        assertOnlyAtMeta(withoutValue.subList(1, 4));
        assertThat(shop.receipt(old, "meta")).isEqualTo("dead");
    }

    @Test
    void aReplayWithNothingToSendEndsAtOnce() {
        JsonNode started = replay("{\"dryRun\": false, \"reason\": \"lead_id_missing\"}", 202);

        JsonNode job = awaitEnd(started);

        assertResult(job, 0, 0, 0);
    }

    @Test
    void whatIsUnmappedByNowEndsAsSkippedAndLeavesTheList() {
        map("null");

        JsonNode job = awaitEnd(replay("{\"dryRun\": false, \"platform\": \"meta\"}", 202));

        assertResult(job, 18, 0, 18);
        JsonNode meta = new Accounts(shop).of("meta");
        assertThat(meta.at("/skippedBy/unmapped").asInt()).as(meta.toString()).isEqualTo(18);
        assertThat(meta.path("dead").asInt()).isZero();
    }

    @Test
    void aSecondReplayIsRefusedWhileOneRuns() {
        mendByEventMap();
        sandbox.fault("/v26.0/" + shop.metaPixel(), "http_503");
        JsonNode started = replay("{\"dryRun\": false, \"platform\": \"meta\", \"reason\": \"missing_value\"}", 202);

        JsonNode refused = replay("{\"dryRun\": false, \"platform\": \"meta\", \"reason\": \"missing_currency\"}", 409);

        assertThat(refused.at("/error/details/reason").asText()).isEqualTo("busy");
        JsonNode running = job(started);
        assertThat(running.path("status").asText()).as(running.toString()).isEqualTo("running");
        assertThat(running.at("/progress/total").asInt()).isEqualTo(4);
        assertThat(new Accounts(shop).open()).isEqualTo(4);
        sandbox.clearFaults();
        assertThat(awaitEnd(started).at("/result/forwarded").asInt()).isEqualTo(4);
        assertOnlyAtMeta(withoutValue);
    }

    @Test
    void nothingIsPutBackForABrokenPlatformUntilItIsMended() {
        mendByEventMap();
        sandbox.fault("/v26.0/" + shop.metaPixel(), "token_expired");
        shop.send(SdkEvents.ids("trigger", 1)).expect(202);
        Eventually.holds("Meta is broken", SOON, () -> shop.capiStatus("meta_ads"), () -> shop.capiStatus("meta_ads")
                .path("status")
                .asText()
                .equals("broken"));

        JsonNode refused = replay("{\"dryRun\": false, \"platform\": \"meta\"}", 409);

        assertThat(refused.at("/error/details/reason").asText()).isEqualTo("capi_not_ready");
        assertThat(replay("{\"platform\": \"meta\"}", 200).path("matched").asInt())
                .isEqualTo(18);
        sandbox.clearFaults();
        map("\"Contact\"", Shop.META_TOKEN + "_new");
        Eventually.holds(
                "Meta is well",
                SOON,
                () -> !shop.capiStatus("meta_ads").path("status").asText().equals("broken"));
        assertThat(awaitEnd(replay("{\"dryRun\": false, \"platform\": \"meta\"}", 202))
                        .at("/result/forwarded")
                        .asInt())
                .isEqualTo(18);
    }

    @Test
    void aServerKilledInTheMiddleOfAReplayEndsItAfterItsRestartAndSendsNothingTwice() {
        mendByEventMap();
        sandbox.faultFrom("/v26.0/" + shop.metaPixel(), "http_503", 2);
        JsonNode started = replay("{\"dryRun\": false, \"platform\": \"meta\"}", 202);
        // What is sent and not recorded may come again after the kill.
        Set<String> ids = Stream.of(withoutCurrency, withoutValue, refunds)
                .flatMap(List::stream)
                .collect(Collectors.toSet());
        Eventually.holds("the part that was sent is recorded", SOON, () -> job(started), () -> {
            int sent = ids.size() - shop.missingAt(sandbox, "meta", ids).size();
            return sent > 0 && job(started).at("/progress/done").asInt() == sent;
        });
        assertThat(job(started).at("/progress/done").asInt()).isLessThan(18);

        varve.kill9();
        sandbox.clearFaults();
        varve.start();

        JsonNode job = awaitEnd(started);
        assertThat(job.at("/result/forwarded").asInt()).as(job.toString()).isEqualTo(18);
        assertOnlyAtMeta(withoutCurrency);
        assertOnlyAtMeta(withoutValue);
        assertOnlyAtMeta(refunds);
        assertThat(new Accounts(shop).of("meta").path("forwarded").asInt()).isEqualTo(18);
    }

    private static void assertResult(JsonNode job, int replayed, int forwarded, int skipped) {
        JsonNode result = job.path("result");
        assertThat(result.path("replayed").asInt(-1)).as(job.toString()).isEqualTo(replayed);
        assertThat(result.path("forwarded").asInt(-1)).as(job.toString()).isEqualTo(forwarded);
        assertThat(result.path("skipped").asInt(-1)).as(job.toString()).isEqualTo(skipped);
        assertThat(result.path("dead").asInt(-1)).as(job.toString()).isEqualTo(replayed - forwarded - skipped);
    }

    /// A `Contact` needs neither value nor currency.
    private void mendByEventMap() {
        map("\"Contact\"");
    }

    private void map(String sentAs) {
        map(sentAs, Shop.META_TOKEN);
    }

    private void map(String sentAs, String token) {
        shop.api()
                .put(shop.path("/layers/meta_ads/capi"), """
                        {"enabled": true, "pixelId": "%s", "accessToken": "%s", "eventMap": {"purchase_success": %s}}""".formatted(shop.metaPixel(), token, sentAs))
                .expect(200);
    }

    private static void assertOnlyOnce(String platform, Shop shop, List<String> ids) {
        assertThat(sandbox.received(platform, shop.pixel(platform)))
                .containsKeys(ids.toArray(String[]::new))
                .allSatisfy((id, times) -> assertThat(times).as(id).isEqualTo(1));
    }

    private void assertOnlyAtMeta(List<String> ids) {
        assertOnlyOnce("meta", shop, ids);
        assertThat(ids).allSatisfy(id -> assertThat(shop.receipt(id, "meta")).isEqualTo("forwarded"));
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

    private JsonNode awaitEnd(JsonNode started) {
        Eventually.holds("the job is done", JOB, () -> job(started), () -> job(started)
                .path("status")
                .asText()
                .equals("completed"));
        return job(started);
    }
}
