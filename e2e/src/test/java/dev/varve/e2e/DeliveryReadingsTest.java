package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tenants;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the API says of deliveries is what happened: attempts, receipts, capi-status, a layer's configuration.
class DeliveryReadingsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(DeliveryReadingsTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(
                directory.resolve("data"), sandbox, "--delivery-probe-delays=1s,1s,1s", "--delivery-retry-base=500ms");
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void aRetryShowsBothAttemptsAndTheErrorStaysAfterRecovery() {
        Shop shop = Shop.open(varve, "Retried");
        sandbox.fault("/v26.0/" + shop.metaPixel(), "http_503", 1);
        String id = send(shop);

        Eventually.holds("forwarded", SOON, () -> shop.event(id).text(), () -> shop.receipt(id, "meta")
                .equals("forwarded"));

        JsonNode event = shop.event(id).expect(200).json();
        List<JsonNode> attempts = attempts(event, "meta");
        assertThat(attempts).as(event.toString()).hasSize(2);
        JsonNode first = attempts.getFirst();
        assertThat(first.path("attempt").asInt()).isEqualTo(1);
        assertThat(first.path("sentAs").asText()).isEqualTo("Purchase");
        assertThat(first.path("outcome").asText()).isEqualTo("retry");
        assertThat(first.path("httpStatus").asInt()).isEqualTo(503);
        assertThat(first.path("message").asText()).isNotEmpty();
        assertThat(Instant.parse(first.path("nextRetryAt").asText()))
                .isAfter(Instant.parse(first.path("at").asText()));
        JsonNode second = attempts.getLast();
        assertThat(second.path("attempt").asInt()).isEqualTo(2);
        assertThat(second.path("outcome").asText()).isEqualTo("forwarded");
        assertThat(second.path("httpStatus").asInt()).isEqualTo(200);
        assertThat(second.path("nextRetryAt").isNull()).isTrue();
        assertThat(second.path("message").isNull()).isTrue();
        assertThat(second.path("platformCode").isNull()).isTrue();
        assertThat(second.path("fbtrace_id").asText())
                .isNotEmpty()
                .isEqualTo(event.at("/forwarding/0/fbtrace_id").asText());
        assertThat(attempts(event, "tiktok")).hasSize(1);
        assertThat(attempts(event, "tiktok").getFirst().path("request_id").asText())
                .isNotEmpty();
        JsonNode status = shop.capiStatus("meta_ads");
        assertThat(status.at("/lastError/code").asText()).as(status.toString()).isEqualTo("PLATFORM_ERROR");
        assertThat(status.at("/backlog/events").asInt()).isZero();
        assertThat(status.at("/backlog/oldestAt").isNull()).isTrue();
    }

    @Test
    void anUnreachablePlatformIsNamedSoAndTheEventWaitsAsRetrying() {
        Shop shop = Shop.open(varve, "Unreachable");
        sandbox.fault("/v26.0/" + shop.metaPixel(), "reset_before_read");
        String id = send(shop);

        Eventually.holds("it is retried", SOON, () -> shop.event(id).text(), () -> shop.receipt(id, "meta")
                .equals("retrying"));

        JsonNode status = shop.capiStatus("meta_ads");
        assertThat(status.at("/lastError/code").asText()).isEqualTo("PLATFORM_UNREACHABLE");
        assertThat(status.at("/lastError/platformCode").isNull()).isTrue();
        assertThat(status.at("/backlog/events").asInt()).isEqualTo(1);
        assertThat(status.at("/backlog/oldestAt").asText())
                .isEqualTo(shop.event(id).json().path("receivedAt").asText());
        assertThat(status.path("eventsLast1h").asInt()).isEqualTo(1);
        assertThat(status.path("status").asText()).isEqualTo("degraded");
        JsonNode attempt = attempts(shop.event(id).json(), "meta").getFirst();
        assertThat(attempt.path("httpStatus").isNull()).as(attempt.toString()).isTrue();
        assertThat(attempt.has("fbtrace_id")).isFalse();
    }

    @Test
    void aDeadLetterShowsItsReasonAndItsLastAttempt() {
        Tenants tenants = new Tenants(varve);
        Shop shop = Shop.open(tenants.key(tenants.first(), "test", "*"), varve.http(), "Dead");
        String id = SdkEvents.ids("dead", 1).getFirst();
        shop.sdk()
                .post(
                        "/l/events",
                        SdkEvents.body(SdkEvents.purchase(id)
                                .replace("\"revenue\"", "\"sandbox_outcome\": \"reject\", \"revenue\"")))
                .expect(202);

        Eventually.holds(
                "dead on both",
                SOON,
                () -> shop.event(id).text(),
                () -> shop.receipt(id, "meta").equals("dead")
                        && shop.receipt(id, "tiktok").equals("dead"));

        JsonNode event = shop.event(id).expect(200).json();
        assertThat(event.at("/forwarding/0/reason").asText()).isNotEmpty();
        for (String platform : List.of("meta", "tiktok")) {
            JsonNode last = attempts(event, platform).getLast();
            assertThat(last.path("outcome").asText()).as(event.toString()).isEqualTo("dead");
            assertThat(last.path("nextRetryAt").isNull()).isTrue();
            assertThat(last.path("message").asText()).isNotEmpty();
            JsonNode status = shop.capiStatus(platform + "_ads");
            assertThat(status.path("deadLetters").asInt()).isEqualTo(1);
            assertThat(status.at("/backlog/events").asInt()).isZero();
            assertThat(status.path("eventsLast1h").asInt()).isEqualTo(1);
        }
        assertThat(shop.api()
                        .get(shop.path("/ads/capi-status"))
                        .json()
                        .at("/meta/events_sent_1h")
                        .asInt())
                .isZero();
    }

    @Test
    void capiStatusHasEveryFieldOfTheContractAndNoOther() {
        Shop shop = Shop.open(varve, "Fields");
        assertThat(shop.capiStatus("meta_ads").path("status").asText()).isEqualTo("idle");
        String id = send(shop);
        shop.sdk()
                .post(
                        "/l/events",
                        SdkEvents.body(SdkEvents.purchase("unmapped").replace("purchase_success", "screen_view")))
                .expect(202);
        Eventually.holds(
                "counted",
                SOON,
                () -> shop.capiStatus("meta_ads"),
                () -> shop.capiStatus("meta_ads").path("eventsLast1h").asInt() == 1
                        && shop.capiStatus("meta_ads")
                                        .at("/skipped24h/unmapped")
                                        .asInt()
                                == 1);
        Eventually.holds("forwarded", SOON, () -> shop.receipt(id, "tiktok").equals("forwarded"));

        JsonNode status =
                shop.api().get(shop.path("/ads/capi-status")).expect(200).json();

        assertThat(names(status)).containsExactly("projectId", "platforms", "meta", "tiktok");
        JsonNode meta = status.at("/platforms/0");
        assertThat(names(meta))
                .containsExactly(
                        "platform",
                        "enabled",
                        "status",
                        "pixelId",
                        "accessTokenValid",
                        "accessTokenLastValidatedAt",
                        "eventsLast1h",
                        "eventsLast24h",
                        "lastEventAt",
                        "lastError",
                        "drift",
                        "skipped24h",
                        "deadLetters",
                        "backlog",
                        "warnings");
        assertThat(names(meta.path("drift"))).containsExactly("sent", "received", "ratio", "asOf");
        assertThat(meta.path("skipped24h").toString())
                .isEqualTo("{\"unmapped\":1,\"consent\":0,\"too_old\":0,\"no_identifiers\":0,\"duplicate\":0}");
        assertThat(meta.path("status").asText()).isEqualTo("healthy");
        assertThat(meta.path("lastEventAt").asText())
                .isEqualTo(shop.event(id).json().path("receivedAt").asText());
        assertThat(meta.path("lastError").isNull()).isTrue();
        assertThat(names(status.path("meta")))
                .containsExactly(
                        "enabled",
                        "status",
                        "pixel_id",
                        "access_token_vault_id",
                        "events_received_1h",
                        "events_received_24h",
                        "events_sent_1h",
                        "events_sent_24h",
                        "last_event_at");
        assertThat(status.at("/meta/events_sent_1h").asInt()).isEqualTo(1);
        assertThat(status.at("/meta/events_received_1h").asInt()).isEqualTo(1);
        assertThat(names(shop.api()
                        .get(shop.path("/ads/capi-status?platforms=tiktok"))
                        .expect(200)
                        .json()))
                .containsExactly("projectId", "platforms", "tiktok");
    }

    @Test
    void anUnconfiguredPlatformHasARowToo() {
        String project = varve.api()
                .post("/v1/projects", "{\"name\": \"Bare\", \"timezone\": \"UTC\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();

        JsonNode meta = varve.api()
                .get("/v1/projects/" + project + "/ads/capi-status")
                .expect(200)
                .json()
                .at("/platforms/0");

        assertThat(meta.path("enabled").asBoolean(true)).isFalse();
        assertThat(meta.path("status").asText()).isEqualTo("disabled");
        assertThat(meta.path("pixelId").isNull()).isTrue();
        JsonNode layer = varve.api()
                .get("/v1/projects/" + project + "/layers/meta_ads/capi")
                .expect(200)
                .json();
        assertThat(layer.path("enabled").asBoolean(true)).isFalse();
        assertThat(layer.path("accessTokenValid").asBoolean(true)).isFalse();
        assertThat(layer.path("layerId").isNull() && layer.path("updatedAt").isNull())
                .isTrue();
    }

    @Test
    void aBadTokenIsStoredWithItsErrorUnlessTheLayerShallBeOn() {
        Shop shop = Shop.open(varve, "Bad token");
        JsonNode before = layer(shop);

        assertThat(shop.configure("meta_ads", shop.metaPixel(), "sbx_expired").status())
                .isEqualTo(409);
        assertThat(layer(shop)).as("nothing is saved").isEqualTo(before);
        JsonNode stored = shop.configureOff("meta_ads", shop.metaPixel(), "sbx_expired")
                .expect(200)
                .json();

        assertThat(stored.path("accessTokenValid").asBoolean(true)).isFalse();
        assertThat(stored.at("/lastError/code").asText()).isEqualTo("TOKEN_INVALID");
        assertThat(stored.at("/lastError/platformCode").asInt()).isEqualTo(190);
        assertThat(stored.path("accessTokenVaultId").asText())
                .as("rotation keeps the vault entry")
                .isEqualTo(before.path("accessTokenVaultId").asText());
        assertThat(shop.capiStatus("meta_ads").at("/lastError/code").asText()).isEqualTo("TOKEN_INVALID");
        ApiAnswer on = shop.api().put(shop.path("/layers/meta_ads/capi"), """
                {"enabled": true, "pixelId": "%s"}""".formatted(shop.metaPixel()));
        assertThat(on.status()).isEqualTo(409);
        assertThat(on.json().at("/error/details/missing/0/platform").asText()).isEqualTo("meta_ads");
        assertThat(on.json().at("/error/details/missing/0/fields").toString()).isEqualTo("[\"accessToken\"]");
        JsonNode deleted = shop.api()
                .put(shop.path("/layers/meta_ads/capi"), """
                {"enabled": false, "pixelId": null, "accessToken": null}""")
                .expect(200)
                .json();
        assertThat(deleted.path("accessTokenVaultId").isNull()).isTrue();
    }

    @Test
    void withoutAnAnswerOfThePlatformNothingIsSwitchedOnButATokenIsKept() {
        Shop shop = Shop.open(varve, "No answer");
        JsonNode before = layer(shop);
        sandbox.fault("/v26.0/" + shop.metaPixel(), "http_503");

        ApiAnswer on = shop.configure("meta_ads", shop.metaPixel(), "sbx_ok_other");
        assertThat(on.status()).isEqualTo(502);
        assertThat(on.errorCode()).isEqualTo("PLATFORM_ERROR");
        assertThat(on.json().at("/error/details/platform").asText()).isEqualTo("meta_ads");
        assertThat(layer(shop)).isEqualTo(before);
        JsonNode off = shop.configureOff("meta_ads", shop.metaPixel(), "sbx_ok_other")
                .expect(200)
                .json();
        assertThat(off.path("accessTokenValid").asBoolean(true)).isFalse();
        assertThat(off.path("accessTokenLastValidatedAt").isNull()).isTrue();
    }

    @Test
    void everyWrongFieldOfALayerIsNamed() {
        Shop shop = Shop.open(varve, "Wrong fields");

        JsonNode issues = shop.api()
                .put(shop.path("/layers/tiktok_ads/capi"), """
                {"pixelId": 7, "accessToken": "", "testEventCode": "%s", "eventMap": {"x": 1}, "actionSource": "website",
                 "dataProcessingOptions": {"options": ["LDU", "x"], "country": 2, "state": "x"}, "defaultCountry": "XX"}""".formatted("x".repeat(65)))
                .expect(422)
                .json()
                .at("/error/details/issues");

        assertThat(issues.findValuesAsText("path"))
                .contains(
                        "enabled",
                        "pixelId",
                        "accessToken",
                        "testEventCode",
                        "eventMap.x",
                        "actionSource",
                        "dataProcessingOptions.options",
                        "dataProcessingOptions.country",
                        "dataProcessingOptions.state",
                        "defaultCountry");
        assertThat(shop.api().get(shop.path("/layers/apple_ads/capi")).status()).isEqualTo(422);
    }

    @Test
    void readOnlyFieldsAreRefusedAndAPatchIsAllOrNothing() {
        Shop shop = Shop.open(varve, "Read-only");
        String app = shop.path("/sdk-apps/" + shop.appId());

        for (String field : List.of("id", "organizationId", "mode", "createdAt", "ingestState", "brandContext")) {
            assertThat(shop.api()
                            .patch(shop.path(""), "{\"name\": \"changed\", \"" + field + "\": \"x\"}")
                            .status())
                    .as(field)
                    .isEqualTo(422);
        }
        for (String field : List.of("appId", "platform", "createdAt", "lastEventAt", "apiKey")) {
            assertThat(shop.api()
                            .patch(app, "{\"name\": \"changed\", \"" + field + "\": \"x\"}")
                            .status())
                    .as(field)
                    .isEqualTo(422);
        }
        assertThat(shop.api().get(shop.path("")).text()).doesNotContain("changed");
        assertThat(shop.api().get(app).text()).doesNotContain("changed");
    }

    private static JsonNode layer(Shop shop) {
        return shop.api().get(shop.path("/layers/meta_ads/capi")).expect(200).json();
    }

    private static String send(Shop shop) {
        String id = SdkEvents.ids("sold", 1).getFirst();
        shop.send(List.of(id)).expect(202);
        return id;
    }

    private static List<JsonNode> attempts(JsonNode event, String platform) {
        List<JsonNode> attempts = new java.util.ArrayList<>();
        event.path("attempts").forEach(attempt -> {
            if (attempt.path("platform").asText().equals(platform)) {
                attempts.add(attempt);
            }
        });
        return attempts;
    }

    private static List<String> names(JsonNode object) {
        return object.propertyStream().map(java.util.Map.Entry::getKey).toList();
    }
}
