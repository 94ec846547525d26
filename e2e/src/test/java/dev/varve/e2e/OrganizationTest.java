package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.ApiAnswer;
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
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Who acts: test mode, acting for a child, and what a suspension stops and keeps.
class OrganizationTest {
    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static Tenants tenants;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(OrganizationTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        tenants = new Tenants(varve);
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void aTestKeyMakesTestProjectsThatTheBuiltInSandboxServesAndNoLiveKeySees() {
        Http testKey = tenants.key(tenants.first(), "test", "*");
        Shop test = Shop.open(testKey, varve.http(), "Test mode");
        Shop live = Shop.open(varve, "Live mode");
        String id = SdkEvents.ids("test", 1).getFirst();
        test.send(List.of(id)).expect(202);

        Eventually.holds(
                "the sandbox inside took it",
                Duration.ofSeconds(10),
                () -> test.receipt(id, "meta").equals("forwarded")
                        && test.receipt(id, "tiktok").equals("forwarded"));

        assertThat(testKey.get(test.path("")).expect(200).json().path("mode").asText())
                .isEqualTo("test");
        assertThat(test.missingAt(sandbox, "meta", Set.of(id)))
                .as("the live platform's address was not used")
                .containsExactly(id);
        for (String below : List.of("", "/sdk-apps", "/events", "/ads/capi-status", "/layers/meta_ads/capi")) {
            assertThat(live.api().get(test.path(below)).status()).as(below).isEqualTo(404);
            assertThat(testKey.get(live.path(below)).status()).as(below).isEqualTo(404);
        }
        assertThat(testKey.get("/v1/projects").text())
                .contains(test.projectId())
                .doesNotContain(live.projectId());
        assertThat(live.api().get("/v1/projects").text())
                .contains(live.projectId())
                .doesNotContain(test.projectId());
    }

    @Test
    void inTestModeTheTokenAndTheSandboxOutcomeDecide() {
        Http testKey = tenants.key(tenants.first(), "test", "*");
        Shop test = Shop.open(testKey, varve.http(), "Outcomes");

        assertThat(test.configure("meta_ads", test.metaPixel(), "sbx_expired").status())
                .isEqualTo(409);
        assertThat(test.configure("meta_ads", test.metaPixel(), "real_token").status())
                .isEqualTo(409);
        test.sdk()
                .post(
                        "/l/events",
                        SdkEvents.body(SdkEvents.purchase("rejected")
                                .replace("\"revenue\"", "\"sandbox_outcome\": \"reject\", \"revenue\"")))
                .expect(202);
        Eventually.holds(
                "both platforms refuse it",
                Duration.ofSeconds(15),
                () -> test.event("rejected").text(),
                () -> test.receipt("rejected", "meta").equals("dead")
                        && test.receipt("rejected", "tiktok").equals("dead"));
    }

    @Test
    void aKeyOfTheParentActsForItsChildOnly() {
        UUID child = tenants.child(tenants.first());
        UUID stranger = tenants.organization();
        Http parent = tenants.key(tenants.first(), "live", "*", "org:admin");
        Http forChild = acting(parent, "org_" + child);

        JsonNode whoami = forChild.get("/v1/whoami").expect(200).json();
        assertThat(whoami.path("organizationId").asText()).isEqualTo("org_" + child);
        assertThat(whoami.path("parentOrganizationId").asText()).isEqualTo("org_" + tenants.first());
        Shop shop = Shop.open(forChild, varve.http(), "Of the child");
        assertThat(acting(parent, child.toString()).get(shop.path("")).status()).isEqualTo(200);
        assertThat(parent.get(shop.path("")).status()).isEqualTo(404);
        assertThat(acting(parent, "org_" + stranger).get("/v1/whoami").status()).isEqualTo(404);
        assertThat(acting(parent, "org_" + tenants.first()).get("/v1/whoami").status())
                .isEqualTo(404);
        assertThat(acting(parent, "nobody").get("/v1/whoami").status()).isEqualTo(422);
        ApiAnswer refused = acting(tenants.key(tenants.first(), "live", "*"), "org_" + child)
                .get("/v1/whoami");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().at("/error/details/requiredScope").asText()).isEqualTo("org:admin");

        tenants.status(child, "suspended");
        assertThat(forChild.get(shop.path("")).status())
                .as("the parent keeps managing it")
                .isEqualTo(200);
        tenants.status(child, "archived");
        assertThat(forChild.get("/v1/whoami").status()).isEqualTo(404);
    }

    @Test
    void aSuspensionClosesTheApiKeepsStoringHoldsForwardingAndEndsWithoutLoss() {
        UUID owner = tenants.child(tenants.first());
        Http own = tenants.key(owner, "live", "*");
        Http watcher = acting(tenants.key(tenants.first(), "live", "*", "org:admin"), "org_" + owner);
        Shop shop = Shop.open(own, varve.http(), "Suspended");
        Shop seen = shop.as(watcher);
        Set<String> before = Set.copyOf(SdkEvents.ids("before", 5));
        shop.send(List.copyOf(before)).expect(202);
        Eventually.holds("both platforms have the first", Duration.ofSeconds(10), () -> delivered(shop, before));

        tenants.status(owner, "suspended");
        Eventually.holds(
                "the key is blocked",
                Duration.ofSeconds(5),
                () -> own.get("/v1/whoami").status() == 503);
        assertThat(own.get("/v1/whoami").errorCode()).isEqualTo("KILL_SWITCH");
        // A destination is at most a second old in the relay; what tells that the second is over is an event that
        // waits.
        Eventually.holds("forwarding holds", Duration.ofSeconds(10), () -> {
            shop.send(SdkEvents.ids("settling", 1)).expect(202);
            return seen.capiStatus("meta_ads").at("/backlog/events").asInt() > 0
                    && seen.capiStatus("tiktok_ads").at("/backlog/events").asInt() > 0;
        });
        Set<String> during = Set.copyOf(SdkEvents.ids("during", 20));
        shop.send(List.copyOf(during)).expect(202);
        Eventually.holds(
                "they wait",
                Duration.ofSeconds(10),
                () -> seen.capiStatus("meta_ads"),
                () -> seen.capiStatus("meta_ads").at("/backlog/events").asInt() >= 20
                        && seen.capiStatus("tiktok_ads").at("/backlog/events").asInt() >= 20);
        assertThat(seen.missingInStore(during)).isEmpty();
        assertThat(seen.missingAt(sandbox, "meta", during)).isEqualTo(during);
        assertThat(seen.missingAt(sandbox, "tiktok", during)).isEqualTo(during);
        during.forEach(id -> assertThat(seen.receipt(id, "meta")).isEqualTo("pending"));
        assertThat(seen.capiStatus("meta_ads").path("accessTokenValid").asBoolean())
                .isTrue();
        assertThat(seen.capiStatus("meta_ads").path("lastError").isNull()).isTrue();

        tenants.status(owner, "active");
        Eventually.holds(
                "what waited is forwarded",
                Duration.ofSeconds(15),
                () -> seen.capiStatus("meta_ads"),
                () -> delivered(shop, during));
        Eventually.holds(
                "nothing waits",
                Duration.ofSeconds(10),
                () -> seen.capiStatus("meta_ads").at("/backlog/events").asInt() == 0);
        own.get("/v1/whoami").expect(200);
        assertThat(sandbox.received("meta", shop.metaPixel()).values())
                .as("each once")
                .containsOnly(1);
    }

    private static boolean delivered(Shop shop, Set<String> ids) {
        return shop.missingAt(sandbox, "meta", ids).isEmpty()
                && shop.missingAt(sandbox, "tiktok", ids).isEmpty();
    }

    private static Http acting(Http client, String organization) {
        return client.plus("X-Layers-Organization", organization);
    }
}
