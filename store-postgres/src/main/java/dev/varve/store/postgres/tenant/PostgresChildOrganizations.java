package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.json;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.tenant.ChildOrganization;
import dev.varve.tenant.ChildOrganizations;
import dev.varve.tenant.Organization;
import dev.varve.tenant.Projects.Owner;
import dev.varve.tenant.Projects.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jdbi.v3.core.statement.Update;

/// Child organizations in PostgreSQL.
public final class PostgresChildOrganizations implements ChildOrganizations {
    private static final String SELECT = "select " + PostgresOrganizations.COLUMNS
            + ", o.metadata o_metadata, o.updated_at o_updated, o.archived_at o_archived from organization o"
            + " where o.parent_id = :parent and o.mode = :mode";

    private final Jdbi jdbi;

    public PostgresChildOrganizations(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public void insert(ChildOrganization child) {
        Organization organization = child.organization();
        jdbi.useHandle(handle -> bind(handle.createUpdate("""
                        insert into organization (id, parent_id, name, status, mode, billing_email, metadata, created_at, updated_at)
                        values (:id, :parent, :name, :status, :mode, :email, cast(:metadata as jsonb), :createdAt, :updatedAt)"""), child)
                .bind("parent", uuid(organization.parentId()))
                .bind("mode", organization.mode().wireName())
                .bind("createdAt", at(organization.createdAt()))
                .execute());
    }

    @Override
    public Optional<ChildOrganization> find(Owner parent, UUID id) {
        return jdbi.withHandle(handle -> select(handle, parent, id, ""));
    }

    @Override
    public List<ChildOrganization> list(
            Owner parent, Optional<Organization.Status> status, Optional<Position> after, int limit) {
        StringBuilder sql = new StringBuilder(SELECT);
        status.ifPresent(wanted -> sql.append(" and o.status = :status"));
        after.ifPresent(position ->
                sql.append(" and (o.created_at < :createdAt or (o.created_at = :createdAt and o.id > :id))"));
        sql.append(" order by o.created_at desc, o.id limit :limit");
        return jdbi.withHandle(handle -> {
            Query query = of(parent, handle.createQuery(sql.toString())).bind("limit", limit);
            status.ifPresent(wanted -> query.bind("status", wanted.wireName()));
            after.ifPresent(position ->
                    query.bind("createdAt", at(position.createdAt())).bind("id", uuid(position.id())));
            return query.map((row, context) -> read(row)).list();
        });
    }

    @Override
    public Optional<Changed> change(Owner parent, UUID id, UnaryOperator<ChildOrganization> change) {
        return jdbi.inTransaction(handle -> locked(handle, parent, id).map(before -> {
            ChildOrganization after = change.apply(before);
            save(handle, after);
            return new Changed(before, after);
        }));
    }

    @Override
    public Optional<Archived> archive(Owner parent, UUID id, Instant now) {
        return jdbi.inTransaction(handle -> locked(handle, parent, id)
                .map(child -> child.isArchived()
                        ? new Archived(child, 0, List.of(), Repeat.AGAIN)
                        : archive(handle, child, now)));
    }

    private static Archived archive(Handle handle, ChildOrganization child, Instant now) {
        UUID id = child.organization().id();
        ChildOrganization archived = child.withStatus(Organization.Status.ARCHIVED, now);
        archived = new ChildOrganization(
                archived.organization(), archived.metadata(), new ChildOrganization.Times(now, now));
        save(handle, archived);
        int revoked = handle.createUpdate("""
                        update api_key set revoked_at = :at where organization_id = :id and revoked_at is null and killed_at is null
                            and (grace_until is null or grace_until > :at)""")
                .bind("at", at(now))
                .bind("id", uuid(id))
                .execute();
        List<UUID> projects = handle.createQuery("""
                        update project set status = 'archived', archived_at = :at, updated_at = :at
                        where organization_id = :id and status = 'active' returning id""")
                .bind("at", at(now))
                .bind("id", uuid(id))
                .mapTo(UUID.class)
                .list();
        return new Archived(archived, revoked, projects, Repeat.FIRST);
    }

    @Override
    public Migration migrate(Owner parent, UUID child, Set<UUID> projects, Instant now) {
        try {
            return jdbi.inTransaction(handle -> {
                Optional<ChildOrganization> found = locked(handle, parent, child);
                if (found.isEmpty()) {
                    return new Migration.NoChild();
                }
                return found.get().isArchived()
                        ? new Migration.ChildArchived()
                        : new MigrateProjects(handle, parent, child, now).move(projects);
            });
        } catch (UnableToExecuteStatementException e) {
            if (PostgresProjects.isDuplicate(e)) {
                return new Migration.DuplicateCustomer();
            }
            throw e;
        }
    }

    @Override
    public int projectCount(Owner child) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select count(*) from project where organization_id = :id and mode = :mode")
                .bind("id", uuid(child.organizationId()))
                .bind("mode", child.mode().wireName())
                .mapTo(Integer.class)
                .one());
    }

    private static Optional<ChildOrganization> locked(Handle handle, Owner parent, UUID id) {
        return select(handle, parent, id, " for no key update");
    }

    private static Optional<ChildOrganization> select(Handle handle, Owner parent, UUID id, String lock) {
        return of(parent, handle.createQuery(SELECT + " and o.id = :id" + lock))
                .bind("id", uuid(id))
                .map((row, context) -> read(row))
                .findOne();
    }

    private static Query of(Owner parent, Query query) {
        return query.bind("parent", uuid(parent.organizationId()))
                .bind("mode", parent.mode().wireName());
    }

    private static void save(Handle handle, ChildOrganization child) {
        bind(handle.createUpdate("""
                        update organization set name = :name, status = :status, billing_email = :email,
                            metadata = cast(:metadata as jsonb), updated_at = :updatedAt, archived_at = :archivedAt
                        where id = :id"""), child)
                .bind("archivedAt", at(child.times().archivedAt()))
                .execute();
    }

    private static Update bind(Update update, ChildOrganization child) {
        Organization organization = child.organization();
        return update.bind("id", uuid(organization.id()))
                .bind("name", organization.name())
                .bind("status", organization.status().wireName())
                .bind("email", organization.billingEmail())
                .bind("metadata", json(Columns.textMap(child.metadata())))
                .bind("updatedAt", at(child.times().updatedAt()));
    }

    private static ChildOrganization read(ResultSet row) throws SQLException {
        return new ChildOrganization(
                PostgresOrganizations.read(row),
                Columns.textMap(row, "o_metadata"),
                new ChildOrganization.Times(instant(row, "o_updated"), instantOrNull(row, "o_archived")));
    }
}
