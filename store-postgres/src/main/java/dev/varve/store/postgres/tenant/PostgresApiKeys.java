package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.textList;
import static dev.varve.store.postgres.tenant.Columns.texts;
import static dev.varve.store.postgres.tenant.Columns.times;
import static dev.varve.store.postgres.tenant.Columns.uuids;

import dev.varve.tenant.ApiKey;
import dev.varve.tenant.ApiKeys;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.Mode;
import dev.varve.tenant.RateLimitTier;
import dev.varve.tenant.Scopes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// API keys in PostgreSQL; of a secret there is only its SHA-256.
public final class PostgresApiKeys implements ApiKeys {
    private static final String SELECT = "select k.*, " + PostgresOrganizations.COLUMNS
            + " from api_key k join organization o on o.id = k.organization_id";

    private final Jdbi jdbi;

    public PostgresApiKeys(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public void insert(KeyMint.MintedKey minted) {
        jdbi.useHandle(handle -> PostgresIssuedKeys.insert(handle, minted, List.of()));
    }

    /// Of several keys at once, by their public parts; unknown ones are left out.
    Map<String, StoredKey> find(Collection<String> keyIds) {
        Map<String, StoredKey> found = new HashMap<>();
        jdbi.withHandle(handle -> handle.createQuery(SELECT + " where k.key_id = any(:keyIds)")
                        .bind("keyIds", texts(keyIds))
                        .map((row, context) -> read(row))
                        .list())
                .forEach(stored -> found.put(stored.key().keyId(), stored));
        return found;
    }

    /// `moments`: when each key was last used.
    void recordUse(Map<UUID, Instant> moments) {
        List<UUID> ids = List.copyOf(moments.keySet());
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update api_key k set last_used_at = greatest(k.last_used_at, u.at)
                        from unnest(:ids, :times) as u(id, at) where k.id = u.id""")
                .bind("ids", uuids(ids))
                .bind("times", times(ids.stream().map(moments::get).toList()))
                .execute());
    }

    @Override
    public Optional<StoredKey> find(String keyId) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + " where k.key_id = :keyId")
                .bind("keyId", keyId)
                .map((row, context) -> read(row))
                .findOne());
    }

    private static StoredKey read(ResultSet row) throws SQLException {
        return new StoredKey(key(row), row.getBytes("secret_sha256"), lifetime(row), PostgresOrganizations.read(row));
    }

    static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(
                id(row, "id"),
                id(row, "organization_id"),
                row.getString("key_id"),
                row.getString("name"),
                Mode.valueOf(row.getString("env").toUpperCase(Locale.ROOT)),
                Scopes.of(textList(row, "scopes")),
                RateLimitTier.of(row.getString("rate_limit_tier")),
                instant(row, "created_at"));
    }

    static Lifetime lifetime(ResultSet row) throws SQLException {
        return new Lifetime(
                instantOrNull(row, "revoked_at"), instantOrNull(row, "killed_at"), instantOrNull(row, "grace_until"));
    }
}
