package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The ingest host besides `/events`: consent, configuration, Apple's postbacks, the click relay.
class IngestHostTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    /// Published by Apple with its documentation.
    private static final String GENUINE = """
            {"version": "3.0", "ad-network-id": "example123.skadnetwork", "campaign-id": 42,
             "transaction-id": "6aafb7a5-0170-41b5-bbe4-fe71dedf1e28", "app-id": 525463029,
             "attribution-signature": "MEYCIQD5eq3AUlamORiGovqFiHWI4RZT/PrM3VEiXUrsC+M51wIhAPMANZA9c07raZJ64gVaXhB9+9yZj/X6DcNxONdccQij",
             "redownload": true, "source-app-id": 1234567891, "fidelity-type": 1, "conversion-value": 20, "did-win": true}""";

    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(IngestHostTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    private static String purchaseOf(String user, String eventId) {
        return SdkEvents.body(SdkEvents.purchase(eventId).replaceFirst("buyer-[^\"]+", user));
    }

    @Test
    void deniedAnalyticsKeepsEventsOutAndDeniedAdvertisingKeepsThemHere() {
        Shop shop = Shop.open(varve, "Consent");
        shop.sdk()
                .post("/l/consent", "{\"app_user_id\": \"quiet\", \"analytics\": false}")
                .expect(202);
        ApiAnswer refused =
                shop.sdk().post("/events", purchaseOf("quiet", "quiet-1")).expect(202);
        assertThat(refused.json().at("/rejected/0/code").asText()).isEqualTo("CONSENT_DENIED");
        shop.event("quiet-1").expect(404);
        shop.sdk()
                .post("/consent", "{\"app_user_id\": \"shy\", \"advertising\": false}")
                .expect(202);
        shop.sdk().post("/events", purchaseOf("shy", "shy-1")).expect(202);
        Eventually.holds(
                "it is skipped", SOON, () -> shop.receipt("shy-1", "meta").equals("skipped"));
        assertThat(shop.event("shy-1").json().at("/forwarding/0/reason").asText())
                .isEqualTo("consent");
    }

    @Test
    void whatWaitsWhenAdvertisingIsDeniedIsNotSentLater() {
        Shop shop = Shop.open(varve, "Withdrawn");
        sandbox.fault("/v26.0/" + shop.metaPixel(), "http_503");
        shop.sdk().post("/l/events", purchaseOf("regret", "regret-1")).expect(202);
        Eventually.holds(
                "it was tried", SOON, () -> shop.receipt("regret-1", "meta").equals("retrying"));
        shop.sdk()
                .post("/l/consent", "{\"app_user_id\": \"regret\", \"advertising\": false}")
                .expect(202);
        Eventually.holds(
                "it is skipped", SOON, () -> shop.receipt("regret-1", "meta").equals("skipped"));
    }

    @Test
    void theConfigurationIsServedWithATagAndTakesEffectOnIngest() {
        Shop shop = Shop.open(varve, "Configured");
        ApiAnswer before = shop.sdk().get("/l/config").expect(200);
        Http polling = shop.sdk().with(Map.of("X-App-Id", shop.appId(), "If-None-Match", before.header("ETag")));
        polling.get("/config").expect(304);
        varve.http().get("/config?app_id=" + shop.appId() + "&platform=web").expect(200);
        shop.api()
                .patch(
                        shop.path("/sdk-apps/" + shop.appId()),
                        "{\"remoteConfig\": {\"events\": {\"denylist\": [\"purchase_success\"]}}}")
                .expect(200);
        Eventually.holds(
                "the change is seen", SOON, () -> polling.get("/config").status() == 200);
        ApiAnswer refused = shop.send(List.of("denied-1")).expect(202);
        assertThat(refused.json().path("accepted").asInt()).isZero();
        shop.event("denied-1").expect(404);
    }

    @Test
    void aGenuinePostbackBecomesOneEventThatGoesNowhereAndIsNoSignOfLife() {
        Shop shop = Shop.open(varve, "Postbacks");
        Http device = varve.http().with(Map.of("Content-Type", "application/json"));
        String app = shop.api()
                .post(shop.path("/sdk-apps"), """
                        {"name": "iOS", "platform": "ios", "bundleId": "example.shop", "appStoreId": "525463029"}""")
                .expect(201)
                .json()
                .path("appId")
                .asText();
        String path = "/l/skan/postbacks?app_id=" + app;
        device.post(path, GENUINE).expect(200);
        device.post(path, GENUINE).expect(200);
        device.post(path, GENUINE.replace("\"did-win\": true", "\"did-win\": false"))
                .expect(200);
        Eventually.holds("it is there", SOON, () -> shop.stored().size() == 1);
        String eventId = shop.stored().keySet().iterator().next();
        assertThat(shop.stored()).containsValue(1);
        assertThat(shop.event(eventId).json().path("name").asText()).isEqualTo("skan_postback");
        assertThat(shop.event(eventId).json().at("/properties/conversion-value").asInt())
                .isEqualTo(20);
        Eventually.holds(
                "it goes nowhere", SOON, () -> shop.receipt(eventId, "meta").equals("skipped"));
        assertThat(shop.api()
                        .get(shop.path("/sdk-apps/" + app))
                        .json()
                        .path("lastEventAt")
                        .isNull())
                .isTrue();
        device.post("/l/skan/postbacks?app_id=" + Shop.open(varve, "Elsewhere").appId(), GENUINE)
                .expect(200);
        device.post("/l/skan/postbacks?app_id=" + app, GENUINE).expect(200);
        assertThat(shop.stored()).containsValue(1).hasSize(1);
        shop.api()
                .patch(shop.path("/sdk-apps/" + app), "{\"appStoreId\": null}")
                .expect(200);
    }

    @Test
    void aPostbackOfAnUnknownAppIsAttachedWhenTheAppAppears() {
        Shop shop = Shop.open(varve, "Late app");
        String genuine = GENUINE.replace("\"source-app-id\": 1234567891, ", "")
                .replace("\"did-win\": true", "\"did-win\": false")
                .replace("\"conversion-value\": 20, ", "")
                .replace("6aafb7a5-0170-41b5-bbe4-fe71dedf1e28", "f9ac267a-a889-44ce-b5f7-0166d11461f0")
                .replaceFirst(
                        "MEYC[^\"]+",
                        "MEUCIQDDetUtkyc/MiQvVJ5I6HIO1E7l598572Wljot2Onzd4wIgVJLzVcyAV+TXksGNoa0DTMXEPgNPeHCmD4fw1ABXX0g=");
        varve.http()
                .with(Map.of("Content-Type", "application/json"))
                .post("/.well-known/skadnetwork/report-attribution/", genuine)
                .expect(200);
        shop.api().post(shop.path("/sdk-apps"), """
                        {"name": "iOS", "platform": "ios", "bundleId": "example.reader", "appStoreId": "525463029"}""").expect(201);
        Eventually.holds(
                "it is attached", Duration.ofSeconds(30), () -> shop.stored().size() == 1);
    }

    @Test
    void whatIsNoPostbackIsRefused() {
        Http device = varve.http().with(Map.of("Content-Type", "application/json"));
        for (String path :
                List.of("/skan/postbacks", "/l/skan/postbacks", "/.well-known/appattribution/report-attribution")) {
            device.post(path, "[]").expect(400);
            device.post(path, "{\"x\": \"" + "x".repeat(17_000) + "\"}").expect(400);
            device.post(path, "{\"jws-string\": \"a.b.c\"}").expect(200);
        }
    }

    @Test
    void aClickIsPassedOnToTheAppsOwnSiteOnlyAndRememberedForTheVisitor() {
        Shop shop = Shop.open(varve, "Clicks");
        ApiAnswer sent = varve.http()
                .get("/l/c/" + shop.appId()
                        + "?url=https%3A%2F%2Fm.shop.example.com%2Fa%3Fid%3D1&id=2&fbclid=FB1&install_id=i-9")
                .expect(302);
        assertThat(sent.header("Location")).isEqualTo("https://m.shop.example.com/a?id=1&fbclid=FB1&install_id=i-9");
        assertThat(sent.header("Cache-Control")).isEqualTo("no-store");
        varve.http()
                .get("/c/" + shop.appId() + "?url=https://shop.example.com.evil.net/")
                .expect(400);
        varve.http().get("/c/" + shop.appId() + "?url=%ff%5c").expect(400);
        varve.http().get("/c/app_unknown?url=https://shop.example.com/").expect(404);
    }

    @Test
    void trackingLinksAreNotServedAndHealthSaysOkToAnybody() {
        varve.http().get("/l/tlnk_1").expect(404);
        varve.http().post("/clicks/resolve", "{}").expect(404);
        varve.http().post("/l/clicks/resolve", "{}").expect(404);
        for (String path : List.of("/health", "/l/health")) {
            assertThat(varve.http().get(path).expect(200).json().path("status").asText())
                    .isEqualTo("ok");
            ApiAnswer refused = varve.http().post(path, "{}").expect(405);
            assertThat(refused.errorCode()).isEqualTo("METHOD_NOT_ALLOWED");
            assertThat(refused.header("Allow")).contains("GET");
        }
    }

    @Test
    void everyRouteAnswersPreflightsAndEchoesTheOrigin() {
        Http browser = varve.http().with(Map.of("Origin", "https://shop.example.com"));
        for (String path : List.of(
                "/events", "/users/properties", "/consent", "/config", "/skan/postbacks", "/c/app_1", "/health")) {
            for (String prefix : List.of("", "/l")) {
                ApiAnswer preflight =
                        browser.send("OPTIONS", prefix + path, null).expect(204);
                assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("https://shop.example.com");
                assertThat(preflight.header("Access-Control-Allow-Credentials")).isEqualTo("true");
                assertThat(preflight.header("Access-Control-Allow-Methods")).isEqualTo("GET, POST");
                assertThat(preflight.header("Access-Control-Max-Age")).isEqualTo("86400");
                assertThat(browser.send("GET", prefix + path, null).header("Access-Control-Allow-Origin"))
                        .isEqualTo("https://shop.example.com");
            }
        }
    }
}
