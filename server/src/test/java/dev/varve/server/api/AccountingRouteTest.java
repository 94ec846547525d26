package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.health.Accounting;
import dev.varve.server.api.ApiFixture.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AccountingRouteTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private RelayDepth shop;

    @BeforeEach
    void open() throws Exception {
        shop = RelayDepth.open(api);
        api.accounts.put(
                shop.projectId(),
                new Accounting.Sums(
                        20, 9, Map.of("unmapped", 5L, "consent", 1L), Map.of("missing_currency", 1L), 3, 1));
        api.windows.clear();
    }

    @Test
    void theSumsAreShownPerPlatformWithEveryReason() throws Exception {
        JsonNode body = shop.get("/ads/capi-accounting").body();
        assertThat(body.path("platforms").findValuesAsText("platform")).containsExactly("meta_ads", "tiktok_ads");
        assertThat(body.at("/platforms/0").toString())
                .isEqualTo("{\"platform\":\"meta_ads\",\"accepted\":20,\"forwarded\":9,\"pending\":3,\"retrying\":1,"
                        + "\"dead\":1,\"skipped\":6,\"skippedBy\":{\"unmapped\":5,\"consent\":1,\"too_old\":0,"
                        + "\"no_identifiers\":0,\"duplicate\":0,\"disabled\":0},\"deadBy\":{\"missing_currency\":1},"
                        + "\"unexplained\":0}");
        assertThat(Duration.between(api.windows.get(0), api.windows.get(1))).isEqualTo(Duration.ofHours(24));
    }

    @Test
    void windowAndPlatformsAreTakenAsGiven() throws Exception {
        JsonNode body = shop.get(
                        "/ads/capi-accounting?platforms=meta&since=2026-11-01T00:00:00%2B01:00&until=2026-11-02T00:00:00Z")
                .body();
        assertThat(body.path("platforms")).hasSize(1);
        assertThat(body.path("since").asText()).isEqualTo("2026-10-31T23:00:00.000Z");
        assertThat(api.windows)
                .containsExactly(Instant.parse("2026-10-31T23:00:00Z"), Instant.parse("2026-11-02T00:00:00Z"));
    }

    @Test
    void badWindowsAndPlatformsAre422() throws Exception {
        for (String query : List.of(
                "platforms=apple_ads",
                "since=2026-11-01",
                "since=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z",
                "since=2999-01-01T00:00:00Z")) {
            assertThat(shop.get("/ads/capi-accounting?" + query).status())
                    .as(query)
                    .isEqualTo(422);
        }
    }

    @Test
    void anArchivedProjectStaysReadableAndAForeignOneIsAbsent() throws Exception {
        String path = "/projects/" + shop.project() + "/ads/capi-accounting";
        api.call("DELETE", "/projects/" + shop.project(), shop.key(), null);
        assertThat(shop.get("/ads/capi-accounting").status()).isEqualTo(200);
        assertThat(api.call("GET", path, api.key("*"), null).status()).isEqualTo(404);
        Reply lacking = api.call("GET", path, api.key("events:read"), null);
        assertThat(lacking.status()).isEqualTo(403);
        assertThat(lacking.body().at("/error/details/requiredScope").asText()).isEqualTo("ads:read");
    }
}
