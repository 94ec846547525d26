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
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a preview shows is, member for member, what the platform then gets.
class PreviewIsSentTest {
    private static final String WEB = """
            "user": {"email": " Ann@Example.com", "phone": "+351 912 345 678", "firstName": "Ann", "fbp": "fb.1.1596403881668.1116446470"},
            "appUserId": "reader-1",
            "properties": {"revenue": "12.50", "currency": "eur", "order_id": "o-1", "product_id": 77, "quantity": 2, "price": 6.25},
            "context": {"platform": "web", "url": "https://shop.example.com/thanks?ttclid=abc123&fbclid=def456",
                        "ip": "203.0.113.9", "userAgent": "Mozilla/5.0 (X11; Linux x86_64)", "locale": "pt-PT"}""";
    private static final String APP = """
            "user": {"email": "ann@example.com"}, "appUserId": "reader-1",
            "properties": {"revenue": 7.5, "currency": "EUR", "idfa": "7A1D9C7E-2B1F-4A0B-9C38-0E6D0D1F5B11", "att_status": "authorized"},
            "context": {"platform": "ios", "osVersion": "18.1", "appVersion": "3.4.0", "deviceModel": "iPhone16,2",
                        "locale": "pt-PT", "ip": "203.0.113.9"}""";

    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static Shop shop;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(PreviewIsSentTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        shop = Shop.open(varve, "Preview is sent");
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void aWebPurchaseIsSentAsPreviewed() {
        assertSentAsPreviewed(shop.appId(), shop.tiktokPixel(), WEB);
    }

    @Test
    void anAppPurchaseIsSentAsPreviewedToMetaAndTheAppColumnOfTikTok() {
        String app = shop.api()
                .post(shop.path("/sdk-apps"), """
                        {"name": "Shop iOS", "platform": "ios", "bundleId": "com.example.shop", "appStoreId": "1234567890"}""")
                .expect(201)
                .json()
                .path("appId")
                .asText();
        String tiktokApp = "7" + shop.metaPixel();
        shop.configure("tiktok_ads", tiktokApp, Shop.TIKTOK_TOKEN).expect(200);
        assertSentAsPreviewed(app, tiktokApp, APP);
        shop.configure("tiktok_ads", shop.tiktokPixel(), Shop.TIKTOK_TOKEN).expect(200);
    }

    private static void assertSentAsPreviewed(String app, String tiktokPixel, String members) {
        String id = SdkEvents.ids("sent", 1).getFirst();
        String event = "{\"name\": \"purchase_success\", \"occurredAt\": \"%s\", \"eventId\": \"%s\", %s}"
                .formatted(SdkEvents.now(), id, members);
        Map<String, JsonNode> previewed = new TreeMap<>();
        shop.api()
                .post(shop.path("/events/preview"), "{\"sdkAppId\": \"" + app + "\", \"event\": " + event + "}")
                .expect(200)
                .json()
                .path("platforms")
                .forEach(row -> previewed.put(row.path("platform").asText(), row.path("payload")));

        shop.api()
                .post(
                        "/v1/events",
                        "{\"projectId\": \"" + shop.projectId() + "\", \"sdkAppId\": \"" + app + "\", \"events\": ["
                                + event + "]}")
                .expect(202);

        Map<String, String> pixels = Map.of("meta", shop.metaPixel(), "tiktok", tiktokPixel);
        pixels.forEach((platform, pixel) -> {
            Eventually.holds(
                    platform + " has it",
                    Duration.ofSeconds(15),
                    () -> shop.event(id).text(),
                    () -> sandbox.payload(platform, pixel, id).isPresent());
            assertThat(sandbox.payload(platform, pixel, id)).as(platform).contains(previewed.get(platform));
        });
    }
}
