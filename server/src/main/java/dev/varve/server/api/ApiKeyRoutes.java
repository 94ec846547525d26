package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.ApiKey;
import dev.varve.tenant.ChildOrganization;
import dev.varve.tenant.IssuedKey;
import dev.varve.tenant.IssuedKeys;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.PrefixedId;
import dev.varve.tenant.Projects;
import dev.varve.tenant.Scopes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// `/v1/organizations/:orgId/api-keys`: keys of a child organization. A live child has live and test keys, and whoever
/// manages the child sees both; a test child has test keys only.
final class ApiKeyRoutes {
    private static final String PATH = "/organizations/{orgId}/api-keys";
    private static final Duration GRACE = Duration.ofHours(24);

    private final ApiServices services;
    private final IssuedKeys keys;
    private final OrganizationAccess access;
    private final Audit audit;
    private final KeyMint mint = new KeyMint();

    ApiKeyRoutes(ApiServices services) {
        this.services = services;
        this.keys = services.catalog().account().keys();
        this.access = new OrganizationAccess(services.catalog().account().children());
        this.audit = new Audit(services.catalog().audit());
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", PATH, Scopes.ORG_ADMIN, this::create),
                Route.of("GET", PATH, Scopes.ORG_ADMIN, this::list),
                Route.of("DELETE", PATH + "/{keyId}", Scopes.ORG_ADMIN, this::revoke),
                Route.of("POST", PATH + "/{keyId}/rotate", Scopes.ORG_ADMIN, this::rotate));
    }

    private ApiAnswer create(ApiCall call) {
        ChildOrganization child = access.child(call);
        KeyGrants.Wanted wanted = new KeyGrants(call.caller().key())
                .read(Fields.of(call.body()), child.organization().id());
        OrganizationAccess.requireOpen(child);
        KeyMint.MintedKey minted = mint.mint(wanted.grant(), call.now());
        inserted(keys.insert(minted, wanted.returnUrls()));
        services.credentials().apiKeys().changed();
        record(call, audit, "api_key.minted", minted.key());
        return ApiAnswer.created(KeyJson.withSecret(minted.key(), minted.secret()));
    }

    private static void inserted(IssuedKeys.Inserted inserted) {
        switch (inserted) {
            case INSERTED -> {}
            case ORGANIZATION_ARCHIVED -> throw OrganizationAccess.archived();
        }
    }

    private ApiAnswer list(ApiCall call) {
        UUID organization = OrganizationAccess.id(call);
        String list = "api-keys:" + organization;
        Query query = Query.of(call);
        int limit = query.limit(25, 100);
        Optional<Projects.Position> after = query.cursor(list, Cursor::position);
        query.finish();
        access.child(call);
        List<IssuedKey> found = keys.list(organization, after, limit + 1);
        return ApiAnswer.ok(Json.page(found, limit, issued -> KeyJson.of(issued, call.now()), last -> new Cursor(
                        last.key().createdAt(), last.key().id().toString(), 0)
                .encode(list)));
    }

    private ApiAnswer revoke(ApiCall call) {
        IssuedKey before = key(call);
        call.ignoreBody();
        IssuedKey revoked = keys.revoke(before.key().id(), call.now());
        services.credentials().apiKeys().changed();
        if (before.isActive(call.now())) {
            record(call, audit, "api_key.revoked", before.key());
        }
        ObjectNode body = Json.object();
        body.set("apiKey", KeyJson.of(revoked, call.now()));
        return ApiAnswer.ok(body.put("deleted", true));
    }

    private ApiAnswer rotate(ApiCall call) {
        ApiKey key = key(call).key();
        call.ignoreBody();
        new KeyGrants(call.caller().key()).requireDelegable(key.env(), key.scopes());
        access.open(call);
        KeyMint.Grant same = new KeyMint.Grant(key.organizationId(), key.env(), key.name(), key.scopes(), key.tier());
        KeyMint.MintedKey successor = mint.mint(same, call.now());
        IssuedKey previous = keys.rotate(key.id(), successor, call.now().plus(GRACE))
                .orElseThrow(() -> new ApiException(
                        ErrorCode.CONFLICT,
                        "the key is revoked or was rotated before",
                        Map.of("reason", "already_settled")));
        services.credentials().apiKeys().changed();
        record(call, audit, "api_key.rotated", key);
        ObjectNode body = KeyJson.withSecret(successor.key(), successor.secret());
        body.set("previous", KeyJson.of(previous, call.now()));
        return ApiAnswer.created(body);
    }

    private IssuedKey key(ApiCall call) {
        UUID organization = OrganizationAccess.id(call);
        UUID id = id(call);
        access.child(call);
        return keys.find(id)
                .filter(issued -> issued.key().organizationId().equals(organization))
                .orElseThrow(() -> ApiException.notFound("API key"));
    }

    static UUID id(ApiCall call) {
        return PrefixedId.API_KEY
                .parse(call.segment("keyId"))
                .orElseThrow(() -> ApiException.invalid("keyId", "keyId is not a UUID"));
    }

    /// In the trail of the organization that acts.
    static void record(ApiCall call, Audit audit, String eventType, ApiKey key) {
        AuditTrail.Subject subject = new AuditTrail.Subject("api_key", PrefixedId.API_KEY.format(key.id()));
        ObjectNode data = Json.object()
                .put("keyPrefix", "lp_" + key.env().wireName() + "_" + key.keyId())
                .put("keyOrganizationId", PrefixedId.ORGANIZATION.format(key.organizationId()));
        audit.record(call, new Audit.Deed(eventType, null, subject, data));
    }
}
