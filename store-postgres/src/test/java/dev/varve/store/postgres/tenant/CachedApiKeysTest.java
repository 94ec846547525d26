package dev.varve.store.postgres.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.store.postgres.PostgresForTests;
import dev.varve.tenant.IssuedKey;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import dev.varve.tenant.RateLimitTier;
import dev.varve.tenant.Scopes;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CachedApiKeysTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong statements = new AtomicLong();
    private final PostgresIssuedKeys issued =
            new PostgresIssuedKeys(postgres.database().jdbi());
    private final CachedApiKeys keys = cached();

    private CachedApiKeys cached() {
        Jdbi counted = Jdbi.create(postgres.database().dataSource());
        counted.setSqlLogger(new SqlLogger() {
            @Override
            public void logBeforeExecution(StatementContext context) {
                statements.incrementAndGet();
            }
        });
        return new CachedApiKeys(new PostgresApiKeys(counted), nanos::get);
    }

    @Test
    void aKeyInUseIsCheckedWithoutAskingTheStore() {
        String keyId = key().key().keyId();
        keys.find(keyId);
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofMillis(300));
            keys.refresh();
            long before = statements.get();
            assertThat(keys.find(keyId)).isPresent();
            assertThat(statements.get()).isEqualTo(before);
        }
    }

    @Test
    void aKeyRevokedByAnotherProcessIsKnownAsSuchWithinASecond() {
        KeyMint.MintedKey minted = key();
        String keyId = minted.key().keyId();
        assertThat(keys.find(keyId).orElseThrow().isUsable(NOW)).isTrue();
        issued.revoke(minted.key().id(), NOW);
        pass(Duration.ofMillis(900));
        assertThat(keys.find(keyId).orElseThrow().isUsable(NOW)).isFalse();
    }

    @Test
    void aKeyRevokedHereIsKnownAsSuchAtOnceEvenWhenARefreshReadItBefore() {
        KeyMint.MintedKey minted = key();
        String keyId = minted.key().keyId();
        keys.find(keyId);
        issued.revoke(minted.key().id(), NOW);
        keys.changed();
        assertThat(keys.find(keyId).orElseThrow().isUsable(NOW)).isFalse();
    }

    @Test
    void anUnknownKeyIsRememberedForLessThanASecondAndNotRefreshed() {
        assertThat(keys.find("0000000000000000")).isEmpty();
        long before = statements.get();
        assertThat(keys.find("0000000000000000")).isEmpty();
        pass(Duration.ofSeconds(1));
        keys.refresh();
        assertThat(statements.get()).isEqualTo(before);
    }

    @Test
    void keysThatNobodyUsesAnyMoreAreNotReadAnew() {
        keys.find(key().key().keyId());
        pass(Duration.ofMinutes(6));
        long before = statements.get();
        keys.refresh();
        assertThat(statements.get()).isEqualTo(before);
    }

    @Test
    void useIsWrittenDownOnceAMinuteAndNotByTheCallThatUses() {
        UUID id = key().key().id();
        long before = statements.get();
        keys.used(id, NOW);
        assertThat(statements.get()).isEqualTo(before);
        keys.writeUse();
        assertThat(lastUsed(id)).isEqualTo(NOW);
        keys.used(id, NOW.plusSeconds(59));
        keys.writeUse();
        assertThat(lastUsed(id)).isEqualTo(NOW);
        keys.used(id, NOW.plusSeconds(60));
        keys.writeUse();
        assertThat(lastUsed(id)).isEqualTo(NOW.plusSeconds(60));
    }

    private Instant lastUsed(UUID id) {
        IssuedKey key = issued.find(id).orElseThrow();
        return java.util.Objects.requireNonNull(key.history().lastUsedAt());
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private KeyMint.MintedKey key() {
        UUID organization = UUID.randomUUID();
        new PostgresOrganizations(postgres.database().jdbi())
                .insert(new Organization(organization, null, "o", Organization.Status.ACTIVE, Mode.LIVE, null, NOW));
        KeyMint.MintedKey minted = new KeyMint()
                .mint(new KeyMint.Grant(organization, Mode.LIVE, "k", Scopes.of("*"), RateLimitTier.STANDARD), NOW);
        keys.insert(minted);
        return minted;
    }
}
