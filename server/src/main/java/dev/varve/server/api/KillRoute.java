package dev.varve.server.api;

import dev.varve.server.http.ApiException;
import dev.varve.tenant.ApiKey;
import dev.varve.tenant.IssuedKey;
import dev.varve.tenant.IssuedKeys;
import dev.varve.tenant.Scopes;
import java.util.List;
import java.util.UUID;

/// `POST /v1/api-keys/:keyId/kill`: blocks a key of the own organization or a direct child for good. Every key may kill
/// itself.
final class KillRoute {
    private final ApiServices services;
    private final IssuedKeys keys;
    private final Audit audit;

    KillRoute(ApiServices services) {
        this.services = services;
        this.keys = services.catalog().account().keys();
        this.audit = new Audit(services.catalog().audit());
    }

    List<Route> routes() {
        return List.of(Route.of("POST", "/api-keys/{keyId}/kill", Scopes.ORG_ADMIN, this::kill)
                .repeats(Repeat.STATE)
                .orByItself());
    }

    private ApiAnswer kill(ApiCall call) {
        Caller caller = call.caller();
        UUID id = ApiKeyRoutes.id(call);
        IssuedKey before = keys.find(id)
                .filter(issued -> id.equals(caller.key().id()) || isVisible(caller, issued.key()))
                .orElseThrow(() -> ApiException.notFound("API key"));
        call.ignoreBody();
        IssuedKey killed = keys.kill(id, call.now());
        services.credentials().apiKeys().changed();
        if (before.isActive(call.now())) {
            ApiKeyRoutes.record(call, audit, "api_key.killed", before.key());
        }
        return ApiAnswer.ok(KeyJson.of(killed, call.now()));
    }

    private boolean isVisible(Caller caller, ApiKey key) {
        boolean isOwn = key.organizationId().equals(caller.organization().id())
                && key.env() == caller.key().env();
        return isOwn
                || services.catalog()
                        .account()
                        .children()
                        .find(caller.owner(), key.organizationId())
                        .isPresent();
    }
}
