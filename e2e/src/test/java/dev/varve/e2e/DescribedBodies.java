package dev.varve.e2e;

import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;

/// A body with which each described operation succeeds.
final class DescribedBodies {
    private DescribedBodies() {}

    static String of(String id, Shop shop) {
        return switch (id) {
            case "createProject" -> "{\"name\": \"Harbor Lane\", \"timezone\": \"Europe/Lisbon\"}";
            case "patchProject" -> "{\"tagline\": \"Books by the water\"}";
            case "createSdkApp" -> "{\"name\": \"iOS\", \"platform\": \"ios\", \"bundleId\": \"example.reader\"}";
            case "patchSdkApp" -> "{\"capi\": {\"meta\": {\"enabled\": true}, \"apple\": {\"enabled\": true}}}";
            case "putLayerCapi" ->
                "{\"enabled\": true, \"pixelId\": \"" + shop.metaPixel()
                        + "\", \"eventMap\": {\"level_up\": \"LevelAchieved\", \"search\": null},"
                        + " \"dataProcessingOptions\": {\"options\": [\"LDU\"], \"country\": 0, \"state\": 0}}";
            case "postEvents" ->
                "{\"projectId\": \"" + shop.projectId() + "\", \"sdkAppId\": \"" + shop.appId()
                        + "\", \"events\": [{\"name\": \"order_paid\", \"occurredAt\": \"" + SdkEvents.now()
                        + "\"}, {\"name\": \"\", \"occurredAt\": \"never\"}]}";
            case "ingestEvents" -> SdkEvents.purchases(SdkEvents.ids("walker", 2));
            case "describeUser" -> "{\"app_user_id\": \"walker\", \"properties\": {\"email\": \"walker@example.com\"}}";
            case "stateConsent" ->
                "{\"app_user_id\": \"nobody-else\", \"advertising\": false, \"att_status\": \"denied\"}";
            case "takePostback", "reportAttribution" -> "{\"version\": \"3.0\", \"attribution-signature\": \"none\"}";
            case "previewEvent" ->
                "{\"sdkAppId\": \"" + shop.appId()
                        + "\", \"event\": {\"name\": \"purchase_success\", \"occurredAt\": \""
                        + SdkEvents.now() + "\", \"appUserId\": \"walker\", \"properties\": {\"revenue\": 7.5,"
                        + " \"currency\": \"EUR\"}}}";
            case "replayDeadLetters" -> "{\"dryRun\": false, \"platform\": \"meta\"}";
            case "verifyTracking" -> "{\"expectedEvents\": [\"purchase_success\"]}";
            case "createOrganization" -> "{\"name\": \"Harbor Lane Books\", \"metadata\": {\"crmId\": \"HLB-118\"}}";
            case "patchOrganization" -> "{\"billingEmail\": \"accounts@harborlane.example\"}";
            case "migrateProjects" -> "{\"projectIds\": [\"" + moving(shop) + "\"]}";
            case "mintApiKey" -> "{\"name\": \"backend\", \"scopes\": [\"events:write\", \"ads:read\"]}";
            case "createWebhookEndpoint" ->
                "{\"url\": \"https://93.184.216.34/varve\", \"events\": [\"sdk.tracking_unhealthy\"],"
                        + " \"projectId\": \"" + shop.projectId() + "\"}";
            case "patchWebhookEndpoint" -> "{\"status\": \"paused\"}";
            default -> "";
        };
    }

    private static String moving(Shop shop) {
        return shop.api()
                .post("/v1/projects", "{\"name\": \"Moving\", \"timezone\": \"UTC\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();
    }
}
