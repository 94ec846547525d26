package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.server.config.SdkPackages;
import dev.varve.tenant.Scopes;
import dev.varve.tenant.SdkApp;
import java.util.List;

/// `GET …/sdk-apps/:appId/install-spec`: how the SDK gets into an app. The same question has always the same answer.
final class InstallSpecRoute {
    private final ApiServices services;
    private final ProjectAccess access;

    InstallSpecRoute(ApiServices services) {
        this.services = services;
        this.access = new ProjectAccess(services.catalog());
    }

    List<Route> routes() {
        return List.of(Route.of(
                "GET", "/projects/{projectId}/sdk-apps/{appId}/install-spec", Scopes.PROJECTS_READ, this::spec));
    }

    private ApiAnswer spec(ApiCall call) {
        Query query = Query.of(call);
        List<InstallPlatform> asked = query.eachParsed(
                "platforms",
                InstallPlatform::parse,
                "must be any of " + String.join(", ", InstallPlatform.wireNames()));
        query.finish();
        SdkApp app = access.app(access.project(call), call.segment("appId"));
        List<InstallPlatform> platforms = asked.isEmpty() ? List.of(InstallPlatform.of(app.platform())) : asked;
        SdkPackages packages = services.catalog().account().packages();
        InstallSnippets snippets = new InstallSnippets(packages, app.appId(), services.ingestUrl());
        ObjectNode body = Json.object().put("appId", app.appId());
        ArrayNode list = body.putArray("platforms");
        platforms.forEach(platform -> list.add(json(platform, snippets)));
        return ApiAnswer.ok(body);
    }

    private static ObjectNode json(InstallPlatform platform, InstallSnippets snippets) {
        ObjectNode json = Json.object().put("platform", platform.wireName());
        json.set("dependency", platform.dependency(snippets.packages()));
        ArrayNode variables = json.putArray("envVars");
        variables.addObject().put("name", "LAYERS_APP_ID").put("value", snippets.appId());
        variables.addObject().put("name", "LAYERS_INGEST_ENDPOINT").put("value", snippets.ingestUrl());
        json.put("initSnippet", snippets.start(platform));
        ArrayNode files = json.putArray("files");
        snippets.files(platform).forEach(file -> files.addObject()
                .put("path", file.path())
                .put("action", file.action().wireName())
                .put("contents", file.contents()));
        return json;
    }
}
