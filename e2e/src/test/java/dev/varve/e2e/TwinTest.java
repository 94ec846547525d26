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
import dev.varve.e2e.fixture.Tenants;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What two apps of a pixel report under one id reaches each platform once, and never not at all.
class TwinTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final List<String> PLATFORMS = List.of("meta", "tiktok");
    private static final String SOLD = """
            , "appUserId": "buyer-1", "properties": {"revenue": 12.5, "currency": "EUR", "product_id": "sku-1"},
              "context": {"ip": "198.51.100.7", "userAgent": "Mozilla/5.0", "platform": "web"}""";

    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(TwinTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(
                directory.resolve("data"), sandbox, "--delivery-retry-base=200ms", "--delivery-retry-cap=1s");
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

    @Test
    void aPurchaseReportedBySdkAndServerIsForwardedOncePerPlatform() {
        Shop sdk = Shop.open(varve, "Twins");
        Shop server = sdk.secondApp(varve.http());
        List<String> ids = SdkEvents.ids("twin", 40);
        for (int i = 0; i < ids.size(); i++) {
            boolean isSdkFirst = i % 2 == 0;
            if (isSdkFirst) {
                sdk.send(List.of(ids.get(i))).expect(202);
            }
            server.serverEvent("purchase_success", ids.get(i), SOLD).expect(202);
            if (!isSdkFirst) {
                sdk.send(List.of(ids.get(i))).expect(202);
            }
        }

        awaitSettled(sdk);
        for (String platform : PLATFORMS) {
            assertThat(sandbox.received(platform, sdk.pixel(platform)))
                    .hasSize(ids.size())
                    .allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
            JsonNode sums = new Accounts(sdk).of(platform);
            assertThat(sums.path("forwarded").asInt()).isEqualTo(ids.size());
            assertThat(sums.at("/skippedBy/duplicate").asInt()).isEqualTo(ids.size());
        }
    }

    @Test
    void aTwinThatComesWhileTheFirstWaitsIsADuplicateOnlyAfterTheFirstArrived() {
        Shop sdk = Shop.open(varve, "Waiting twins");
        Shop server = sdk.secondApp(varve.http());
        sandbox.fault("/v26.0/" + sdk.metaPixel(), "http_503");
        List<String> ids = SdkEvents.ids("waiting", 5);
        sdk.send(ids).expect(202);
        ids.forEach(id -> server.serverEvent("purchase_success", id, SOLD).expect(202));
        Eventually.holds(
                "TikTok is done",
                SOON,
                () -> sandbox.received("tiktok", sdk.tiktokPixel()).size() == 5);
        assertThat(new Accounts(sdk).of("meta").at("/skippedBy/duplicate").asInt())
                .isZero();

        sandbox.clearFaults();

        awaitSettled(sdk);
        assertThat(sandbox.received("meta", sdk.metaPixel())).hasSize(5).containsOnlyKeys(ids);
        JsonNode meta = new Accounts(sdk).of("meta");
        assertThat(meta.path("forwarded").asInt()).as(meta.toString()).isEqualTo(5);
        assertThat(meta.at("/skippedBy/duplicate").asInt()).isEqualTo(5);
    }

    @Test
    void theTwinOfADeadLetterIsSent() {
        Shop sdk = Shop.open(varve, "Dead twin");
        Shop server = sdk.secondApp(varve.http());
        String id = SdkEvents.ids("dead", 1).getFirst();
        sdk.sdk()
                .post("/l/events", SdkEvents.body(SdkEvents.purchase(id).replace("\"currency\": \"EUR\", ", "")))
                .expect(202);
        Eventually.holds(
                "the first is dead",
                SOON,
                () -> new Accounts(sdk).of("meta").path("dead").asInt() == 1);

        server.serverEvent("purchase_success", id, SOLD).expect(202);

        awaitSettled(sdk);
        assertThat(sandbox.received("meta", sdk.metaPixel())).containsEntry(id, 1);
        JsonNode meta = new Accounts(sdk).of("meta");
        assertThat(meta.path("dead").asInt()).as(meta.toString()).isEqualTo(1);
        assertThat(meta.path("forwarded").asInt()).isEqualTo(1);
    }

    @Test
    void aTestProjectWithTheSamePixelShadowsNothing() {
        Shop live = Shop.open(varve, "Real");
        Tenants tenants = new Tenants(varve);
        Shop trial = Shop.open(tenants.key(tenants.first(), "test", "*"), varve.http(), "Trial");
        trial.configure("meta_ads", live.metaPixel(), Shop.META_TOKEN).expect(200);
        trial.configure("tiktok_ads", live.tiktokPixel(), Shop.TIKTOK_TOKEN).expect(200);
        List<String> ids = SdkEvents.ids("both", 5);

        trial.send(ids).expect(202);
        awaitSettled(trial);
        live.send(ids).expect(202);

        awaitSettled(live);
        for (String platform : PLATFORMS) {
            assertThat(sandbox.received(platform, live.pixel(platform))).containsOnlyKeys(ids);
            assertThat(new Accounts(live).of(platform).path("forwarded").asInt())
                    .isEqualTo(5);
            assertThat(new Accounts(trial).of(platform).path("forwarded").asInt())
                    .isEqualTo(5);
        }
    }

    private static void awaitSettled(Shop shop) {
        Eventually.holds(
                "everything is settled", SOON, () -> new Accounts(shop).read(""), () -> new Accounts(shop).open() == 0);
    }
}
