package dev.varve.server.api;

import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.ApiKey;
import dev.varve.tenant.Organization;
import dev.varve.tenant.Projects;
import java.util.List;
import java.util.Map;

/// Who calls: the key, and the organization the call runs in (the key's own, or a direct child of it).
record Caller(ApiKey key, Organization organization) {
    Projects.Owner owner() {
        return new Projects.Owner(organization.id(), key.env());
    }

    boolean allows(String scope) {
        return key.scopes().allows(scope);
    }

    /// One of `scopes` is needed; the first is named when all are lacking.
    void require(List<String> scopes) {
        if (!scopes.isEmpty() && scopes.stream().noneMatch(this::allows)) {
            throw lacking(scopes.getFirst());
        }
    }

    static ApiException lacking(String scope) {
        return lacking(scope, "the key lacks the scope " + scope);
    }

    static ApiException lacking(String scope, String message) {
        return new ApiException(ErrorCode.FORBIDDEN_SCOPE, message, Map.of("requiredScope", scope));
    }
}
