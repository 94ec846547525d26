package dev.varve.e2e;

import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.Shop;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// What brings about the answers of an operation that only it has: those besides its success and the refusals that all
/// share. `archived`: a shop whose project is.
record DescribedRefusals(RunningVarve varve, SandboxProcess sandbox, Shop shop, Shop archived, DescribedFamily family) {
    List<DescribedCall> of(String id, Http client, String path) {
        String customer = "cust-" + UUID.randomUUID();
        return switch (id) {
            case "createProject", "patchProject" -> {
                String taken = "{\"name\": \"x\", \"timezone\": \"UTC\", \"customerExternalId\": \"" + customer + "\"}";
                client.post("/v1/projects", taken).expect(201);
                yield List.of(new DescribedCall("duplicate", client, path, taken, Set.of("409")));
            }
            case "createSdkApp" ->
                List.of(new DescribedCall(
                        "duplicate",
                        client,
                        path,
                        DescribedBodies.of(id, shop).replace("}", ", \"appId\": \"" + shop.appId() + "\"}"),
                        Set.of("409")));
            case "patchSdkApp" -> {
                Shop bare = Shop.open(varve, "Bare");
                bare.api()
                        .put(bare.path("/layers/meta_ads/capi"), "{\"enabled\": false, \"pixelId\": null}")
                        .expect(200);
                yield List.of(
                        new DescribedCall(
                                "not ready",
                                client,
                                bare.path("/sdk-apps/" + bare.appId()),
                                "{\"capi\": {\"meta\": {\"enabled\": true}}}",
                                Set.of("409")),
                        new DescribedCall(
                                "rotated",
                                client,
                                bare.path("/sdk-apps/" + bare.appId()),
                                "{\"rotateKey\": true}",
                                Set.of("200")));
            }
            case "putLayerCapi" -> {
                Shop silent = Shop.open(varve, "No answer");
                sandbox.fault("/v26.0/" + silent.metaPixel(), "http_503");
                yield List.of(
                        new DescribedCall(
                                "not ready", client, path, "{\"enabled\": true, \"pixelId\": null}", Set.of("409")),
                        new DescribedCall(
                                "platform down",
                                client,
                                silent.path("/layers/meta_ads/capi"),
                                "{\"enabled\": true, \"pixelId\": \"" + silent.metaPixel()
                                        + "\", \"accessToken\": \"sbx_ok_other\"}",
                                Set.of("502")));
            }
            case "postEvents" ->
                List.of(new DescribedCall(
                        "archived",
                        client,
                        path,
                        DescribedBodies.of(id, shop)
                                .replace(shop.projectId(), archived.projectId())
                                .replace(shop.appId(), archived.appId()),
                        Set.of("409")));
            case "verifyTracking" ->
                List.of(new DescribedCall(
                        "archived",
                        client,
                        archived.path("/sdk-apps/" + archived.appId() + "/verify-tracking"),
                        "",
                        Set.of("409")));
            case "sdkConfig" ->
                List.of(
                        new DescribedCall(
                                "known tag",
                                varve.http()
                                        .with(Map.of(
                                                "X-App-Id",
                                                shop.appId(),
                                                "If-None-Match",
                                                client.get(path).expect(200).header("ETag"))),
                                path,
                                "",
                                Set.of("304")),
                        new DescribedCall("no app", varve.http(), path, "", Set.of("401")));
            case "followClick" ->
                List.of(
                        new DescribedCall(
                                "elsewhere", client, path + "?url=https://evil.example.net/", "", Set.of("400")),
                        new DescribedCall("absent", client, path.replace(shop.appId(), "app_none"), "", Set.of("404")));
            case "ingestEvents", "describeUser", "stateConsent", "takePostback" ->
                List.of(new DescribedCall(
                        "unknown app",
                        varve.http().with(Map.of("X-App-Id", "app_" + "0".repeat(24))),
                        path,
                        DescribedBodies.of(id, shop),
                        Set.of("401")));
            case "replayDeadLetters" ->
                List.of(
                        new DescribedCall("dry run", client, path, "{}", Set.of("200")),
                        new DescribedCall(
                                "archived",
                                client,
                                archived.path("/dead-letters/replay"),
                                "{\"dryRun\": false}",
                                Set.of("409")));
            case "getJob" -> List.of(new DescribedCall("absent", client, "/v1/jobs/job_none", "", Set.of("404")));
            case "referenceFile" -> List.of(new DescribedCall("absent", client, "/docs/none.js", "", Set.of("404")));
            case "installSpec" ->
                List.of(new DescribedCall("query", client, path + "?platforms=amiga", "", Set.of("422")));
            case "auditLog" -> List.of(new DescribedCall("query", client, path + "?limit=0", "", Set.of("422")));
            default ->
                family.refusals(id, path).stream()
                        .map(refusal -> new DescribedCall(
                                "refused", client, refusal.path(), refusal.body(), Set.of(refusal.status())))
                        .toList();
        };
    }
}
