package dev.varve.server;

import dev.varve.tenant.ApiKeys;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import dev.varve.tenant.Organizations;
import dev.varve.tenant.PrefixedId;
import dev.varve.tenant.RateLimitTier;
import dev.varve.tenant.Scopes;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;

/// Gives a fresh installation its organization and first key, and writes both to `bootstrap.json`. Later starts
/// keep the file and only bring its URLs up to date.
final class FirstStart {
    private final Organizations organizations;
    private final ApiKeys keys;
    private final KeyMint mint = new KeyMint();

    FirstStart(Organizations organizations, ApiKeys keys) {
        this.organizations = organizations;
        this.keys = keys;
    }

    /// A crash between the rows and the file costs a key that nobody knows; the next start mints another.
    Bootstrap bootstrap(Path data, String apiUrl, String ingestUrl, Instant now) {
        Bootstrap bootstrap = Bootstrap.read(data)
                .filter(this::isOfThisDatabase)
                .map(kept -> kept.withUrls(apiUrl, ingestUrl))
                .orElseGet(() -> create(apiUrl, ingestUrl, now));
        bootstrap.write(data);
        return bootstrap;
    }

    private boolean isOfThisDatabase(Bootstrap bootstrap) {
        return PrefixedId.ORGANIZATION
                .parse(bootstrap.organizationId())
                .flatMap(organizations::find)
                .isPresent();
    }

    private Bootstrap create(String apiUrl, String ingestUrl, Instant now) {
        UUID organization =
                organizations.roots().stream().findFirst().map(Organization::id).orElseGet(() -> newOrganization(now));
        KeyMint.MintedKey key = mint.mint(
                new KeyMint.Grant(
                        organization,
                        Mode.LIVE,
                        "Bootstrap",
                        Scopes.of(Scopes.ALL, Scopes.ORG_ADMIN),
                        RateLimitTier.INTERNAL),
                now);
        keys.insert(key);
        return new Bootstrap(
                apiUrl,
                ingestUrl,
                apiUrl,
                PrefixedId.ORGANIZATION.format(organization),
                key.secret(),
                null,
                null,
                null,
                null);
    }

    private UUID newOrganization(Instant now) {
        UUID id = UUID.randomUUID();
        organizations.insert(new Organization(id, null, "Varve", Organization.Status.ACTIVE, Mode.LIVE, null, now));
        return id;
    }
}
