package dev.varve.server.api;

import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.ApiKeys.StoredKey;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.KeyMint.PresentedKey;
import dev.varve.tenant.Organization;
import dev.varve.tenant.PrefixedId;
import dev.varve.tenant.Scopes;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// Finds out who calls. What is known of a key is at most a second old. Thread-safe.
final class Authentication {
    private static final HeaderName ACTING_FOR = HeaderNames.create("X-Layers-Organization");
    private static final String SCHEME = "Bearer ";

    private final ApiServices.Credentials credentials;

    Authentication(ApiServices.Credentials credentials) {
        this.credentials = credentials;
    }

    /// @throws ApiException 401, which never says why, or 503 when the key is killed or its organization suspended
    Caller authenticate(ServerRequest request, Instant now) {
        StoredKey stored = presented(request)
                .flatMap(key -> credentials.apiKeys().find(key.keyId()).filter(found -> matches(key, found)))
                .filter(found -> found.isUsable(now))
                .orElseThrow(() -> new ApiException(
                        ErrorCode.UNAUTHENTICATED, "a valid API key is needed: Authorization: Bearer lp_…"));
        if (stored.isBlocked()) {
            throw new ApiException(ErrorCode.KILL_SWITCH, "the key or its organization is suspended");
        }
        credentials.apiKeys().used(stored.key().id(), now);
        return new Caller(stored.key(), stored.organization());
    }

    /// The caller inside the child organization it asks for, if it asks for one.
    Caller actingFor(Caller caller, ServerRequest request) {
        Optional<String> header = request.headers().first(ACTING_FOR);
        return header.isEmpty() ? caller : new Caller(caller.key(), child(caller, header.get()));
    }

    private Organization child(Caller caller, String header) {
        if (!caller.allows(Scopes.ORG_ADMIN)) {
            throw Caller.lacking(Scopes.ORG_ADMIN);
        }
        UUID id = PrefixedId.ORGANIZATION
                .parse(header)
                .orElseThrow(() -> ApiException.invalid("X-Layers-Organization", "organizationId is not a UUID"));
        return credentials
                .organizations()
                .find(id)
                .filter(child -> caller.organization().id().equals(child.parentId()))
                .filter(child -> child.status() != Organization.Status.ARCHIVED)
                .filter(child -> child.mode() == caller.key().env())
                .orElseThrow(() -> ApiException.notFound("organization"));
    }

    private static Optional<PresentedKey> presented(ServerRequest request) {
        return request.headers()
                .first(HeaderNames.AUTHORIZATION)
                .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .flatMap(header ->
                        PresentedKey.parse(header.substring(SCHEME.length()).trim()));
    }

    private static boolean matches(PresentedKey presented, StoredKey stored) {
        boolean sameSecret = MessageDigest.isEqual(KeyMint.sha256(presented.secret()), stored.secretSha256());
        return sameSecret && presented.env() == stored.key().env();
    }
}
