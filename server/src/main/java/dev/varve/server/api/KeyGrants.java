package dev.varve.server.api;

import dev.varve.tenant.ApiKey;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.Mode;
import dev.varve.tenant.RateLimitTier;
import dev.varve.tenant.Scopes;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// What a new key may do, read from a body, and whether the key that mints it may give that.
record KeyGrants(ApiKey minting) {
    private static final Fields.Text NAME = Fields.Text.length(1, 120);
    private static final Fields.Text SCOPE = new Fields.Text(Scopes::isKnown, "is not a scope");
    private static final Fields.Text ENV = Fields.Text.oneOf(Set.of("live", "test"));
    private static final Fields.Text TIER = Fields.Text.oneOf(Set.of("standard", "pilot", "partner", "internal"));
    private static final Fields.Text RETURN_URL =
            new Fields.Text(KeyGrants::isReturnUrl, "must be an https URL of at most 2048 characters");
    private static final int MAX_SCOPES = 64;
    private static final int MAX_RETURN_URLS = 20;

    /// `returnUrls`: exact.
    record Wanted(KeyMint.Grant grant, List<String> returnUrls) {}

    /// @throws ApiException 422 with every problem, then 403 for what must not be handed on
    Wanted read(Fields fields, UUID organizationId) {
        fields.require("name", "scopes");
        Mode env = Mode.parse(fields.text("env", Mode.LIVE.wireName(), ENV)).orElseThrow();
        List<String> scopes = fields.texts("scopes", List.of(), MAX_SCOPES, SCOPE);
        KeyMint.Grant grant = new KeyMint.Grant(
                organizationId,
                env,
                fields.text("name", "", NAME),
                Scopes.of(scopes.stream().distinct().toList()),
                tier(fields, env));
        List<String> returnUrls = fields.textsOrNone("returnUrls", MAX_RETURN_URLS, RETURN_URL);
        fields.finish();
        requireDelegable(grant.env(), grant.scopes());
        return new Wanted(grant, returnUrls.stream().distinct().toList());
    }

    /// Test keys have a tier of their own; a live one inherits the minting key's.
    private RateLimitTier tier(Fields fields, Mode env) {
        String name = "rateLimitTier";
        if (fields.has(name) && minting.tier() != RateLimitTier.INTERNAL) {
            fields.issue(name, "only a key of tier internal may name one");
            return minting.tier();
        }
        if (fields.has(name) && env == Mode.TEST) {
            fields.issue(name, "a test key always has the tier sandbox");
        }
        if (env == Mode.TEST) {
            return RateLimitTier.SANDBOX;
        }
        return RateLimitTier.of(fields.text(name, minting.tier().wireName(), TIER));
    }

    /// @throws ApiException 403 when the minting key must not make such a key
    void requireDelegable(Mode env, Scopes scopes) {
        minting.scopes().undelegable(scopes).ifPresent(scope -> {
            throw scope.equals(Scopes.ORG_ADMIN)
                    ? Caller.lacking(scope, "org:admin cannot be handed on")
                    : Caller.lacking(scope);
        });
        if (minting.env() == Mode.TEST && env != Mode.TEST) {
            throw Caller.lacking(Scopes.ORG_ADMIN, "org:admin of a test key makes test keys only: env must be test");
        }
    }

    private static boolean isReturnUrl(String text) {
        try {
            URI url = new URI(text);
            return text.length() <= 2048 && "https".equalsIgnoreCase(url.getScheme()) && url.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
