package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tenants;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Objects of another organization, or of the other mode, do not exist: 404, never 403.
class TenancyTest {
    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static Shop shop;
    private static String eventId;
    private static String jobId;
    private static DescribedFamily family;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(TenancyTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        shop = Shop.open(varve, "Owner");
        family = DescribedFamily.of(varve.api());
        eventId = SdkEvents.ids("owned", 1).getFirst();
        shop.send(List.of(eventId)).expect(202);
        jobId = shop.api()
                .post(shop.path("/dead-letters/replay"), "{\"dryRun\": false}")
                .expect(202)
                .json()
                .path("jobId")
                .asText();
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void everyRouteAnswers404ForAForeignProject() {
        Http stranger = keyOfAnotherOrganization();

        assertThat(stranger.get("/v1/whoami").status()).isEqualTo(200);
        foreignRequests(stranger).forEach(TenancyTest::assertNotFound);
    }

    @Test
    void aTestKeyDoesNotSeeLiveObjects() {
        Tenants tenants = new Tenants(varve);
        Http testKey = tenants.key(tenants.first(), "test", "*", "org:admin");

        foreignRequests(testKey).forEach(TenancyTest::assertNotFound);
        assertThat(testKey.get("/v1/projects").expect(200).json().path("items")).isEmpty();
    }

    @Test
    void listsHoldOnlyOwnObjects() {
        Http stranger = keyOfAnotherOrganization();

        assertThat(stranger.get("/v1/projects").expect(200).json().path("items"))
                .isEmpty();
        assertThat(shop.api().get("/v1/projects").expect(200).text()).contains(shop.projectId());
        assertThat(stranger.get("/v1/organizations").expect(200).json().path("items"))
                .isEmpty();
        assertThat(stranger.get("/v1/webhook-endpoints").expect(200).json().path("items"))
                .isEmpty();
        assertThat(stranger.get("/v1/audit-log").expect(200).json().path("items"))
                .isEmpty();
        assertThat(shop.api().get("/v1/audit-log").expect(200).text()).contains(shop.projectId());
    }

    @Test
    void theOwnerSeesWhatTheStrangerDoesNot() {
        shop.event(eventId).expect(200);
        shop.api().get(shop.path("/sdk-apps/" + shop.appId())).expect(200);
        shop.api().get("/v1/jobs/" + jobId).expect(200);
    }

    private static List<ApiAnswer> foreignRequests(Http client) {
        String app = shop.path("/sdk-apps/" + shop.appId());
        String child = "/v1/organizations/" + family.child();
        String key = child + "/api-keys/" + family.keyId();
        String endpoint = "/v1/webhook-endpoints/" + family.endpointId();
        return List.of(
                client.get(child),
                client.patch(child, "{\"name\": \"stolen\"}"),
                client.delete(child),
                client.post(child + "/suspend", ""),
                client.post(child + "/resume", ""),
                client.post(child + "/projects/migrate", "{\"projectIds\": [\"" + shop.projectId() + "\"]}"),
                client.post(child + "/api-keys", "{\"name\": \"x\", \"scopes\": [\"*\"], \"env\": \"test\"}"),
                client.get(child + "/api-keys"),
                client.delete(key),
                client.post(key + "/rotate", ""),
                client.post("/v1/api-keys/" + family.keyId() + "/kill", ""),
                client.get(endpoint),
                client.patch(endpoint, "{\"status\": \"paused\"}"),
                client.delete(endpoint),
                client.post(endpoint + "/rotate-secret", ""),
                client.post("/v1/webhook-endpoints", """
                        {"url": "https://93.184.216.34/", "events": ["test.ping"], "projectId": "%s"}""".formatted(shop.projectId())),
                client.get(app + "/install-spec"),
                client.get(shop.path("")),
                client.get(shop.path("/sdk-apps")),
                client.get(app),
                client.patch(app, "{\"name\": \"stolen\"}"),
                client.patch(app, "{\"rotateKey\": true}"),
                client.post(
                        shop.path("/sdk-apps"),
                        "{\"name\": \"x\", \"platform\": \"web\", \"webDomain\": \"x.example\"}"),
                client.post(app + "/verify-tracking", "{}"),
                client.get(shop.path("/layers/meta_ads/capi")),
                client.put(shop.path("/layers/meta_ads/capi"), "{\"enabled\": false, \"pixelId\": null}"),
                client.get(shop.path("/events")),
                client.get(shop.path("/events/" + eventId)),
                client.get(shop.path("/ads/capi-status")),
                client.get(shop.path("/ads/capi-accounting")),
                client.get(shop.path("/dead-letters")),
                client.get(shop.path("/dead-letters/dl_01M6KFGT50PFAA1WHYZMXXH33Q")),
                client.post(shop.path("/dead-letters/replay"), "{\"dryRun\": false}"),
                client.get("/v1/jobs/" + jobId),
                client.post(shop.path("/events/preview"), """
                        {"sdkAppId": "%s", "event": {"name": "x", "occurredAt": "%s"}}""".formatted(shop.appId(), SdkEvents.now())),
                client.post("/v1/events", """
                        {"projectId": "%s", "sdkAppId": "%s", "events": [{"name": "x", "occurredAt": "%s"}]}""".formatted(shop.projectId(), shop.appId(), SdkEvents.now())));
    }

    private static void assertNotFound(ApiAnswer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(404);
        assertThat(answer.errorCode()).isEqualTo("NOT_FOUND");
        assertThat(answer.text()).doesNotContain("Owner");
    }

    private static Http keyOfAnotherOrganization() {
        Tenants tenants = new Tenants(varve);
        return tenants.key(tenants.organization(), "live", "*", "org:admin");
    }
}
