package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.bytes;
import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.textList;
import static dev.varve.store.postgres.tenant.Columns.texts;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.tenant.ApiKey;
import dev.varve.tenant.ApiKeys;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.Mode;
import dev.varve.tenant.RateLimitTier;
import dev.varve.tenant.Scopes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// API keys in PostgreSQL; of a secret there is only its SHA-256.
public final class PostgresApiKeys implements ApiKeys {
    private final Jdbi jdbi;

    public PostgresApiKeys(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public void insert(KeyMint.MintedKey minted) {
        ApiKey key = minted.key();
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into api_key (id, organization_id, key_id, secret_sha256, name, env, scopes, rate_limit_tier, created_at)
                        values (:id, :organization, :keyId, :secret, :name, :env, :scopes, :tier, :at)""")
                .bind("id", uuid(key.id()))
                .bind("organization", uuid(key.organizationId()))
                .bind("keyId", key.keyId())
                .bind("secret", bytes(minted.secretSha256()))
                .bind("name", key.name())
                .bind("env", key.env().wireName())
                .bind("scopes", texts(key.scopes().granted()))
                .bind("tier", key.tier().wireName())
                .bind("at", at(key.createdAt()))
                .execute());
    }

    @Override
    public Optional<StoredKey> find(String keyId) {
        return jdbi.withHandle(handle -> handle.createQuery("select k.*, " + PostgresOrganizations.COLUMNS
                        + " from api_key k join organization o on o.id = k.organization_id where k.key_id = :keyId")
                .bind("keyId", keyId)
                .map((row, context) -> read(row))
                .findOne());
    }

    private static StoredKey read(ResultSet row) throws SQLException {
        ApiKey key = new ApiKey(
                id(row, "id"),
                id(row, "organization_id"),
                row.getString("key_id"),
                row.getString("name"),
                Mode.valueOf(row.getString("env").toUpperCase(Locale.ROOT)),
                Scopes.of(textList(row, "scopes")),
                RateLimitTier.of(row.getString("rate_limit_tier")),
                instant(row, "created_at"));
        Lifetime lifetime = new Lifetime(
                instantOrNull(row, "revoked_at"), instantOrNull(row, "killed_at"), instantOrNull(row, "grace_until"));
        return new StoredKey(key, row.getBytes("secret_sha256"), lifetime, PostgresOrganizations.read(row));
    }
}
