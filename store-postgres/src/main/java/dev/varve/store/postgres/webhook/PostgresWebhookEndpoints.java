package dev.varve.store.postgres.webhook;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.idOrNull;
import static dev.varve.store.postgres.tenant.Columns.json;
import static dev.varve.store.postgres.tenant.Columns.texts;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.store.postgres.tenant.Columns;
import dev.varve.tenant.Projects.Owner;
import dev.varve.tenant.Projects.Position;
import dev.varve.tenant.Vault;
import dev.varve.webhook.WebhookEndpoint;
import dev.varve.webhook.WebhookEndpoints;
import dev.varve.webhook.WebhookEventType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/// Webhook endpoints in PostgreSQL, their signing secrets as vault entries.
public final class PostgresWebhookEndpoints implements WebhookEndpoints {
    private static final String OWNED = " where organization_id = :organization and mode = :mode";

    private final Jdbi jdbi;
    private final SigningSecrets secrets;

    public PostgresWebhookEndpoints(Jdbi jdbi, Vault vault) {
        this.jdbi = jdbi;
        this.secrets = new SigningSecrets(vault);
    }

    @Override
    public boolean insert(WebhookEndpoint endpoint, String signingSecret) {
        return jdbi.inTransaction(handle -> {
            Owner owner = endpoint.owner();
            if (countWhileNobodyAdds(handle, owner) >= LIMIT) {
                return false;
            }
            Instant now = endpoint.history().createdAt();
            UUID secretId = secrets.store(handle, owner.organizationId(), signingSecret, now);
            of(owner, bind(handle.createUpdate("""
                            insert into webhook_endpoint (id, organization_id, mode, project_id, url, events, description, metadata,
                                scope, status, secret_id, created_at, updated_at)
                            values (:id, :organization, :mode, :project, :url, :events, :description, cast(:metadata as jsonb),
                                :scope, :status, :secret, :createdAt, :updatedAt)"""), endpoint))
                    .bind("project", uuid(endpoint.projectId()))
                    .bind("secret", uuid(secretId))
                    .bind("createdAt", at(now))
                    .execute();
            return true;
        });
    }

    private static int countWhileNobodyAdds(Handle handle, Owner owner) {
        handle.createQuery("select id from organization where id = :id for no key update")
                .bind("id", uuid(owner.organizationId()))
                .mapTo(UUID.class)
                .one();
        return of(owner, handle.createQuery("select count(*) from webhook_endpoint" + OWNED))
                .mapTo(Integer.class)
                .one();
    }

    @Override
    public Optional<WebhookEndpoint> find(Owner owner, UUID id) {
        return jdbi.withHandle(handle -> select(handle, owner, id, ""));
    }

    @Override
    public List<WebhookEndpoint> list(Owner owner, Filter filter, Optional<Position> after, int limit) {
        StringBuilder sql = new StringBuilder("select * from webhook_endpoint" + OWNED);
        filter.projectId().ifPresent(project -> sql.append(" and project_id = :project"));
        filter.status().ifPresent(status -> sql.append(" and status = :status"));
        after.ifPresent(
                position -> sql.append(" and (created_at < :createdAt or (created_at = :createdAt and id > :id))"));
        sql.append(" order by created_at desc, id limit :limit");
        return jdbi.withHandle(handle -> {
            Query query = of(owner, handle.createQuery(sql.toString())).bind("limit", limit);
            filter.projectId().ifPresent(project -> query.bind("project", uuid(project)));
            filter.status().ifPresent(status -> query.bind("status", status.wireName()));
            after.ifPresent(position ->
                    query.bind("createdAt", at(position.createdAt())).bind("id", uuid(position.id())));
            return query.map((row, context) -> EndpointRow.read(row)).list();
        });
    }

    @Override
    public Optional<Changed> change(Owner owner, UUID id, UnaryOperator<WebhookEndpoint> change) {
        return jdbi.inTransaction(
                handle -> select(handle, owner, id, " for update").map(before -> {
                    WebhookEndpoint after = change.apply(before);
                    bind(handle.createUpdate("""
                            update webhook_endpoint set url = :url, events = :events, description = :description,
                                metadata = cast(:metadata as jsonb), scope = :scope, status = :status, updated_at = :updatedAt,
                                consecutive_failures = :failures
                            where id = :id"""), after)
                            .bind("failures", after.history().consecutiveFailures())
                            .execute();
                    return new Changed(before, after);
                }));
    }

    @Override
    public boolean delete(Owner owner, UUID id) {
        return jdbi.inTransaction(handle -> {
            Optional<Secrets> gone =
                    secrets(handle, "delete from webhook_endpoint" + OWNED + " and id = :id", owner, id);
            gone.ifPresent(both -> {
                SigningSecrets.delete(handle, both.current());
                SigningSecrets.delete(handle, both.previous());
            });
            return gone.isPresent();
        });
    }

    @Override
    public boolean rotateSecret(Owner owner, UUID id, Rotation rotation) {
        return jdbi.inTransaction(handle -> {
            // An update that changes nothing, for its lock.
            Optional<Secrets> before = secrets(
                    handle, "update webhook_endpoint set updated_at = updated_at" + OWNED + " and id = :id", owner, id);
            before.ifPresent(both -> rotate(handle, owner, id, both, rotation));
            return before.isPresent();
        });
    }

    private void rotate(Handle handle, Owner owner, UUID id, Secrets before, Rotation rotation) {
        UUID fresh = secrets.store(handle, owner.organizationId(), rotation.signingSecret(), rotation.now());
        handle.createUpdate("""
                        update webhook_endpoint set secret_id = :fresh, previous_secret_id = :previous,
                            previous_secret_until = :until, updated_at = :at
                        where id = :id""")
                .bind("fresh", uuid(fresh))
                .bind("previous", uuid(before.current()))
                .bind("until", at(rotation.previousUntil()))
                .bind("at", at(rotation.now()))
                .bind("id", uuid(id))
                .execute();
        SigningSecrets.delete(handle, before.previous());
    }

    @Override
    public List<String> signingSecrets(UUID id, Instant now) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select v.id, v.ciphertext from webhook_endpoint e join vault_entry v
                            on v.id = e.secret_id or (v.id = e.previous_secret_id and e.previous_secret_until > :now)
                        where e.id = :id order by v.id <> e.secret_id""")
                .bind("id", uuid(id))
                .bind("now", at(now))
                .map((row, context) -> secrets.reveal(id(row, "id"), row.getBytes("ciphertext")))
                .list());
    }

    private record Secrets(UUID current, @Nullable UUID previous) {}

    private static Optional<Secrets> secrets(Handle handle, String sql, Owner owner, UUID id) {
        return of(owner, handle.createQuery(sql + " returning secret_id, previous_secret_id"))
                .bind("id", uuid(id))
                .map((row, context) -> new Secrets(id(row, "secret_id"), idOrNull(row, "previous_secret_id")))
                .findOne();
    }

    private static Optional<WebhookEndpoint> select(Handle handle, Owner owner, UUID id, String lock) {
        return of(owner, handle.createQuery("select * from webhook_endpoint" + OWNED + " and id = :id" + lock))
                .bind("id", uuid(id))
                .map((row, context) -> EndpointRow.read(row))
                .findOne();
    }

    private static <S extends SqlStatement<S>> S of(Owner owner, S statement) {
        return statement
                .bind("organization", uuid(owner.organizationId()))
                .bind("mode", owner.mode().wireName());
    }

    private static Update bind(Update update, WebhookEndpoint endpoint) {
        WebhookEndpoint.Target target = endpoint.target();
        return update.bind("id", uuid(endpoint.id()))
                .bind("url", target.url())
                .bind(
                        "events",
                        texts(target.events().stream()
                                .map(WebhookEventType::wireName)
                                .toList()))
                .bind("description", target.description())
                .bind("metadata", json(Columns.textMap(target.metadata())))
                .bind("scope", target.scope().wireName())
                .bind("status", endpoint.status().wireName())
                .bind("updatedAt", at(endpoint.history().updatedAt()));
    }
}
