package dev.varve.server.api;

import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.ChildOrganization;
import dev.varve.tenant.ChildOrganizations;
import dev.varve.tenant.PrefixedId;
import java.util.Map;
import java.util.UUID;

/// Finds the child organization a path names: a direct child of the caller's and of its mode, or nothing.
record OrganizationAccess(ChildOrganizations children) {
    static UUID id(ApiCall call) {
        return PrefixedId.ORGANIZATION
                .parse(call.segment("orgId"))
                .orElseThrow(() -> ApiException.invalid("orgId", "orgId is not a UUID"));
    }

    ChildOrganization child(ApiCall call) {
        return children.find(call.caller().owner(), id(call)).orElseThrow(OrganizationAccess::absent);
    }

    /// @throws ApiException 409 when the child is archived
    ChildOrganization open(ApiCall call) {
        return requireOpen(child(call));
    }

    static ChildOrganization requireOpen(ChildOrganization child) {
        if (child.isArchived()) {
            throw archived();
        }
        return child;
    }

    static ApiException archived() {
        return new ApiException(ErrorCode.CONFLICT, "the organization is archived", Map.of("reason", "archived"));
    }

    static ApiException absent() {
        return ApiException.notFound("organization");
    }
}
