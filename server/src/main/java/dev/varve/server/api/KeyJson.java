package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.tenant.ApiKey;
import dev.varve.tenant.ApiKeys;
import dev.varve.tenant.IssuedKey;
import dev.varve.tenant.PrefixedId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// An API key in answers, without its secret. Killed keys and those whose grace is over read `revoked` too.
final class KeyJson {
    private KeyJson() {}

    static ObjectNode of(IssuedKey issued, Instant now) {
        ApiKey key = issued.key();
        Optional<Instant> endedAt = issued.endedAt(now);
        ObjectNode body = Json.object()
                .put("id", PrefixedId.API_KEY.format(key.id()))
                .put("organizationId", PrefixedId.ORGANIZATION.format(key.organizationId()))
                .put("name", key.name())
                .put("prefix", "lp_" + key.env().wireName() + "_" + key.keyId())
                .put("env", key.env().wireName());
        key.scopes().granted().forEach(body.putArray("scopes")::add);
        UUID supersededBy = issued.history().supersededBy();
        return body.put("rateLimitTier", key.tier().wireName())
                .put("status", endedAt.isPresent() ? "revoked" : "active")
                .put("createdAt", Json.time(key.createdAt()))
                .put("lastUsedAt", Json.time(issued.history().lastUsedAt()))
                .put("rotatedAt", Json.time(issued.history().rotatedAt()))
                .put("revokedAt", Json.time(endedAt.orElse(null)))
                .put("graceUntil", Json.time(issued.lifetime().graceUntil()))
                .put("supersededBy", supersededBy == null ? null : PrefixedId.API_KEY.format(supersededBy));
    }

    static ObjectNode of(ApiKey fresh) {
        return of(
                new IssuedKey(fresh, ApiKeys.Lifetime.UNLIMITED, new IssuedKey.History(null, null, null)),
                fresh.createdAt());
    }

    /// The only answer that ever holds a secret.
    static ObjectNode withSecret(ApiKey fresh, String secret) {
        ObjectNode body = Json.object();
        body.set("apiKey", of(fresh));
        return body.put("secret", secret);
    }
}
