package dev.varve.server.api;

import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.Project;
import dev.varve.tenant.Projects;
import dev.varve.tenant.SdkApp;
import java.util.Map;
import java.util.UUID;

/// Finds the objects a path names, within the caller's organization and mode only.
record ProjectAccess(ApiServices.Catalog catalog) {
    Project project(ApiCall call) {
        return project(call.caller().owner(), call.projectId());
    }

    Project project(Projects.Owner owner, UUID id) {
        return catalog.projects().find(owner, id).orElseThrow(() -> ApiException.notFound("project"));
    }

    SdkApp app(Project project, String appId) {
        return catalog.sdkApps().find(project.id(), appId).orElseThrow(() -> ApiException.notFound("SDK app"));
    }

    static void requireActive(Project project) {
        if (project.isArchived()) {
            throw new ApiException(ErrorCode.CONFLICT, "the project is archived", Map.of("reason", "archived"));
        }
    }
}
