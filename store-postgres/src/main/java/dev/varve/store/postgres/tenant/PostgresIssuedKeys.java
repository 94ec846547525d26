package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.bytes;
import static dev.varve.store.postgres.tenant.Columns.idOrNull;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.texts;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.tenant.ApiKey;
import dev.varve.tenant.IssuedKey;
import dev.varve.tenant.IssuedKeys;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.Projects.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/// The managing side of API keys in PostgreSQL.
public final class PostgresIssuedKeys implements IssuedKeys {
    private final Jdbi jdbi;

    public PostgresIssuedKeys(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public Inserted insert(KeyMint.MintedKey minted, List<String> returnUrls) {
        return jdbi.inTransaction(handle -> {
            if (OrganizationLock.isArchived(handle, minted.key().organizationId())) {
                return Inserted.ORGANIZATION_ARCHIVED;
            }
            insert(handle, minted, returnUrls);
            return Inserted.INSERTED;
        });
    }

    static void insert(Handle handle, KeyMint.MintedKey minted, List<String> returnUrls) {
        ApiKey key = minted.key();
        handle.createUpdate("""
                        insert into api_key (id, organization_id, key_id, secret_sha256, name, env, scopes, rate_limit_tier,
                            return_urls, created_at)
                        values (:id, :organization, :keyId, :secret, :name, :env, :scopes, :tier, :returnUrls, :at)""")
                .bind("id", uuid(key.id()))
                .bind("organization", uuid(key.organizationId()))
                .bind("keyId", key.keyId())
                .bind("secret", bytes(minted.secretSha256()))
                .bind("name", key.name())
                .bind("env", key.env().wireName())
                .bind("scopes", texts(key.scopes().granted()))
                .bind("tier", key.tier().wireName())
                .bind("returnUrls", texts(returnUrls))
                .bind("at", at(key.createdAt()))
                .execute();
    }

    @Override
    public Optional<IssuedKey> find(UUID id) {
        return jdbi.withHandle(handle -> handle.createQuery("select * from api_key where id = :id")
                .bind("id", uuid(id))
                .map((row, context) -> read(row))
                .findOne());
    }

    @Override
    public List<IssuedKey> list(UUID organizationId, Optional<Position> after, int limit) {
        String further =
                after.isEmpty() ? "" : " and (created_at < :createdAt or (created_at = :createdAt and id > :id))";
        return jdbi.withHandle(handle -> {
            Query query = handle.createQuery("select * from api_key where organization_id = :organization" + further
                            + " order by created_at desc, id limit :limit")
                    .bind("organization", uuid(organizationId))
                    .bind("limit", limit);
            after.ifPresent(position ->
                    query.bind("createdAt", at(position.createdAt())).bind("id", uuid(position.id())));
            return query.map((row, context) -> read(row)).list();
        });
    }

    @Override
    public IssuedKey revoke(UUID id, Instant now) {
        return jdbi.withHandle(handle ->
                update(handle, "update api_key set revoked_at = coalesce(revoked_at, :at) where id = :id", id, now));
    }

    @Override
    public IssuedKey kill(UUID id, Instant now) {
        return jdbi.withHandle(handle -> update(
                handle,
                "update api_key set killed_at = case when revoked_at is null then coalesce(killed_at, :at) else killed_at end"
                        + " where id = :id",
                id,
                now));
    }

    @Override
    public Optional<IssuedKey> rotate(UUID id, KeyMint.MintedKey successor, Instant graceUntil) {
        return jdbi.inTransaction(handle -> {
            if (OrganizationLock.isArchived(handle, successor.key().organizationId())) {
                return Optional.empty();
            }
            Optional<List<String>> returnUrls = handle.createQuery("""
                            select return_urls from api_key where id = :id and revoked_at is null and killed_at is null
                                and superseded_by is null for update""")
                    .bind("id", uuid(id))
                    .map((row, context) -> Columns.textList(row, "return_urls"))
                    .findOne();
            return returnUrls.map(urls -> {
                insert(handle, successor, urls);
                return supersede(handle, id, successor.key(), graceUntil);
            });
        });
    }

    private static IssuedKey supersede(Handle handle, UUID id, ApiKey successor, Instant graceUntil) {
        return handle.createQuery("""
                        update api_key set rotated_at = :at, grace_until = :until, superseded_by = :successor
                        where id = :id returning *""")
                .bind("at", at(successor.createdAt()))
                .bind("until", at(graceUntil))
                .bind("successor", uuid(successor.id()))
                .bind("id", uuid(id))
                .map((row, context) -> read(row))
                .one();
    }

    private static IssuedKey update(Handle handle, String sql, UUID id, Instant now) {
        return handle.createQuery(sql + " returning *")
                .bind("id", uuid(id))
                .bind("at", at(now))
                .map((row, context) -> read(row))
                .one();
    }

    private static IssuedKey read(ResultSet row) throws SQLException {
        return new IssuedKey(
                PostgresApiKeys.key(row),
                PostgresApiKeys.lifetime(row),
                new IssuedKey.History(
                        instantOrNull(row, "last_used_at"),
                        instantOrNull(row, "rotated_at"),
                        idOrNull(row, "superseded_by")));
    }
}
