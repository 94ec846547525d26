package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.tenant.ApiKey;
import dev.varve.tenant.Organization;
import dev.varve.tenant.PrefixedId;

/// `GET /v1/whoami`.
final class WhoamiRoute {
    private WhoamiRoute() {}

    static ApiAnswer whoami(ApiCall call) {
        Organization organization = call.caller().organization();
        ApiKey key = call.caller().key();
        String id = PrefixedId.ORGANIZATION.format(organization.id());
        ObjectNode body = Json.object()
                .put("organizationId", id)
                .put("workspaceId", id)
                .put("organizationName", organization.name())
                .put(
                        "parentOrganizationId",
                        organization.parentId() == null
                                ? null
                                : PrefixedId.ORGANIZATION.format(organization.parentId()));
        key.scopes().granted().forEach(body.putArray("scopes")::add);
        body.put("rateLimitTier", key.tier().wireName())
                .put("apiKeyId", PrefixedId.API_KEY.format(key.id()))
                .put("creditBalance", NoCredits.BALANCE);
        return ApiAnswer.ok(body);
    }
}
