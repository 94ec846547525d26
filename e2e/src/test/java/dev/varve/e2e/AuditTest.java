package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What was done and what was sent stands in the audit trail, for the organization alone and without secrets.
class AuditTest {
    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static Shop shop;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(AuditTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        shop = Shop.open(varve, "Audited");
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void everyRequestToAPlatformHasARow() {
        String eventId = SdkEvents.ids("audited", 1).getFirst();
        shop.send(List.of(eventId)).expect(202);
        Eventually.holds(
                "both forwards are written down",
                Duration.ofSeconds(15),
                () -> rows("?subjectType=capi_forward").size() == 2);

        assertThat(rows("?subjectType=capi_forward")).allSatisfy(row -> {
            assertThat(row.path("eventType").asText()).isEqualTo("capi.forward");
            assertThat(row.path("actor").asText()).isEqualTo("system");
            assertThat(row.path("projectId").asText()).isEqualTo(shop.projectId());
            assertThat(row.path("subjectId").asText()).startsWith("lyr_");
            assertThat(row.at("/data/events").asInt()).isEqualTo(1);
            assertThat(row.at("/data/eventIds/0").asText()).isEqualTo(eventId);
            assertThat(row.at("/data/outcome").asText()).isEqualTo("forwarded");
        });
    }

    @Test
    void configurationChangesNameTheFieldsAndNotTheToken() {
        JsonNode rows = rows("?eventType=capi.config_changed&projectId=" + shop.projectId());

        assertThat(rows)
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(row -> assertThat(row.at("/data/fields").toString()).contains("accessToken"));
        assertThat(rows.toString()).doesNotContain(Shop.META_TOKEN, Shop.TIKTOK_TOKEN, shop.metaPixel());
    }

    @Test
    void anotherOrganizationSeesNothingOfIt() {
        Tenants tenants = new Tenants(varve);
        var stranger = tenants.key(tenants.organization(), "live", "content:read");

        assertThat(stranger.get("/v1/audit-log").expect(200).json().path("items"))
                .isEmpty();
        assertThat(tenants.key(tenants.first(), "test", "*")
                        .get("/v1/audit")
                        .expect(200)
                        .json()
                        .path("items"))
                .isEmpty();
    }

    private static JsonNode rows(String query) {
        return shop.api().get("/v1/audit-log" + query).expect(200).json().path("items");
    }
}
