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

/// Finds out who calls. What is known of a key is as old as `ApiKeys` says. Thread-safe.
final class Authentication {
    private static final HeaderName ACTING_FOR = HeaderNames.create("X-Layers-Organization");
    private static final String SCHEME = "Bearer ";

    private final ApiServices.Credentials credentials;
    private final RequestAudit audit;

    Authentication(ApiServices.Credentials credentials, RequestAudit audit) {
        this.credentials = credentials;
        this.audit = audit;
    }

    /// A key that is what it claims to be. `isBlocked`: it may do nothing for now.
    record Identified(Caller caller, boolean isBlocked) {}

    /// @throws ApiException 401, which never says why
    Identified identify(ServerRequest request, Instant now) {
        Optional<PresentedKey> presented = presented(request);
        StoredKey stored = presented
                .flatMap(key -> credentials.apiKeys().find(key.keyId()))
                .orElseThrow(Authentication::unauthenticated);
        Optional<String> fault = fault(presented.orElseThrow(), stored, now);
        if (fault.isPresent()) {
            reject(request, stored, fault.get(), now);
            throw unauthenticated();
        }
        return new Identified(new Caller(stored.key(), stored.organization()), stored.isBlocked());
    }

    /// Notes the use of a key that may go on.
    ///
    /// @throws ApiException 503 when the key is killed or its organization suspended
    void requireUnblocked(Identified identified, ServerRequest request, Instant now) {
        if (identified.isBlocked()) {
            audit.refused(
                    request,
                    identified.caller(),
                    RequestAudit.KEY_REJECTED,
                    Json.object().put("reason", "blocked"),
                    now);
            throw new ApiException(ErrorCode.KILL_SWITCH, "the key or its organization is suspended");
        }
        credentials.apiKeys().used(identified.caller().key().id(), now);
    }

    /// Whether the request would still be let in, for answers that go on. Notes nothing.
    boolean stillStands(ServerRequest request, Instant now) {
        Optional<StoredKey> stored =
                presented(request).flatMap(key -> credentials.apiKeys().find(key.keyId()));
        if (stored.isEmpty() || !stored.get().isUsable(now) || stored.get().isBlocked()) {
            return false;
        }
        try {
            actingFor(new Caller(stored.get().key(), stored.get().organization()), request);
            return true;
        } catch (ApiException e) {
            return false;
        }
    }

    private void reject(ServerRequest request, StoredKey stored, String reason, Instant now) {
        audit.refused(
                request,
                new Caller(stored.key(), stored.organization()),
                RequestAudit.KEY_REJECTED,
                Json.object().put("reason", reason),
                now);
    }

    private static ApiException unauthenticated() {
        return new ApiException(ErrorCode.UNAUTHENTICATED, "a valid API key is needed: Authorization: Bearer lp_…");
    }

    /// Why a known key is not taken, for its owner's audit trail.
    private static Optional<String> fault(PresentedKey presented, StoredKey stored, Instant now) {
        if (!MessageDigest.isEqual(KeyMint.sha256(presented.secret()), stored.secretSha256())) {
            return Optional.of("wrong_secret");
        }
        if (presented.env() != stored.key().env()) {
            return Optional.of("wrong_env");
        }
        return stored.isUsable(now) ? Optional.empty() : Optional.of("revoked");
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
}
