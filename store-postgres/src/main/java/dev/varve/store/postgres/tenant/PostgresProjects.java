package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.json;
import static dev.varve.store.postgres.tenant.Columns.jsonObject;
import static dev.varve.store.postgres.tenant.Columns.text;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.tenant.Mode;
import dev.varve.tenant.Project;
import dev.varve.tenant.ProjectProfile;
import dev.varve.tenant.Projects;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jdbi.v3.core.statement.Update;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/// Projects in PostgreSQL.
public final class PostgresProjects implements Projects {
    private final Jdbi jdbi;

    public PostgresProjects(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public Saved insert(Project project) {
        return save(project, """
                insert into project (id, organization_id, mode, status, name, timezone, primary_language,
                    customer_external_id, owner_email, app_name, app_description, tagline, brand_voice, target_gender,
                    platform_ios_bundle_id, platform_android_bundle_id, platform_web_domain, metadata, created_at,
                    updated_at, archived_at)
                values (:id, :organization, :mode, :status, :name, :timezone, :language, :customer, :ownerEmail, :appName,
                    :appDescription, :tagline, :brandVoice, :targetGender, :ios, :android, :web, cast(:metadata as jsonb),
                    :createdAt, :updatedAt, :archivedAt)""");
    }

    @Override
    public Changed change(Owner owner, UUID id, UnaryOperator<Project> edit) {
        try {
            return jdbi.inTransaction(handle -> OrganizationLock.isArchived(handle, owner.organizationId())
                    ? new Changed.OrganizationArchived()
                    : change(handle, owner, id, edit));
        } catch (UnableToExecuteStatementException e) {
            if (isDuplicate(e)) {
                return new Changed.DuplicateCustomer();
            }
            throw e;
        }
    }

    private static Changed change(Handle handle, Owner owner, UUID id, UnaryOperator<Project> edit) {
        return select(handle, owner, id, " for no key update")
                .<Changed>map(before -> {
                    Project after = edit.apply(before);
                    update(handle, after);
                    return new Changed.Done(before, after);
                })
                .orElseGet(Changed.Absent::new);
    }

    private static void update(Handle handle, Project project) {
        bind(handle.createUpdate("""
                update project set status = :status, name = :name, timezone = :timezone, primary_language = :language,
                    customer_external_id = :customer, owner_email = :ownerEmail, app_name = :appName,
                    app_description = :appDescription, tagline = :tagline, brand_voice = :brandVoice,
                    target_gender = :targetGender, platform_ios_bundle_id = :ios, platform_android_bundle_id = :android,
                    platform_web_domain = :web, metadata = cast(:metadata as jsonb), updated_at = :updatedAt,
                    archived_at = :archivedAt
                where id = :id and organization_id = :organization and mode = :mode and created_at = :createdAt"""), project).execute();
    }

    @Override
    public Optional<Project> find(Owner owner, UUID id) {
        return jdbi.withHandle(handle -> select(handle, owner, id, ""));
    }

    @Override
    public Optional<Mode> mode(UUID id) {
        return jdbi.withHandle(handle -> handle.createQuery("select mode from project where id = :id")
                .bind("id", uuid(id))
                .map((row, context) -> mode(row))
                .findOne());
    }

    private static Optional<Project> select(Handle handle, Owner owner, UUID id, String lock) {
        return handle.createQuery(
                        "select * from project where id = :id and organization_id = :organization and mode = :mode"
                                + lock)
                .bind("id", uuid(id))
                .bind("organization", uuid(owner.organizationId()))
                .bind("mode", owner.mode().wireName())
                .map((row, context) -> read(row))
                .findOne();
    }

    @Override
    public List<Project> list(Owner owner, Filter filter, Optional<Position> after, int limit) {
        StringBuilder sql =
                new StringBuilder("select * from project where organization_id = :organization and mode = :mode");
        filter.status().ifPresent(status -> sql.append(" and status = :status"));
        filter.search().ifPresent(search -> sql.append(" and position(lower(:search) in lower(name)) > 0"));
        filter.customerExternalId().ifPresent(customer -> sql.append(" and customer_external_id = :customer"));
        after.ifPresent(
                position -> sql.append(" and (created_at < :createdAt or (created_at = :createdAt and id > :id))"));
        sql.append(" order by created_at desc, id limit :limit");
        return jdbi.withHandle(handle -> {
            Query query = handle.createQuery(sql.toString())
                    .bind("organization", uuid(owner.organizationId()))
                    .bind("mode", owner.mode().wireName())
                    .bind("limit", limit);
            filter.status().ifPresent(status -> query.bind("status", status.wireName()));
            filter.search().ifPresent(search -> query.bind("search", search));
            filter.customerExternalId().ifPresent(customer -> query.bind("customer", customer));
            after.ifPresent(position ->
                    query.bind("createdAt", at(position.createdAt())).bind("id", uuid(position.id())));
            return query.map((row, context) -> read(row)).list();
        });
    }

    private Saved save(Project project, String sql) {
        try {
            return jdbi.inTransaction(handle -> {
                if (OrganizationLock.isArchived(handle, project.organizationId())) {
                    return Saved.ORGANIZATION_ARCHIVED;
                }
                bind(handle.createUpdate(sql), project).execute();
                return Saved.SAVED;
            });
        } catch (UnableToExecuteStatementException e) {
            if (isDuplicate(e)) {
                return Saved.DUPLICATE_CUSTOMER;
            }
            throw e;
        }
    }

    /// Another project of the organization has the `customerExternalId`.
    static boolean isDuplicate(UnableToExecuteStatementException e) {
        return e.getCause() instanceof PSQLException cause
                && PSQLState.UNIQUE_VIOLATION.getState().equals(cause.getSQLState());
    }

    private static Update bind(Update update, Project project) {
        ProjectProfile profile = project.profile();
        ProjectProfile.Brand brand = profile.brand();
        return update.bind("id", uuid(project.id()))
                .bind("organization", uuid(project.organizationId()))
                .bind("mode", project.mode().wireName())
                .bind("status", project.status().wireName())
                .bind("name", profile.name())
                .bind("timezone", profile.timezone())
                .bind("language", profile.primaryLanguage())
                .bind("customer", profile.customerExternalId())
                .bind("ownerEmail", profile.ownerEmail())
                .bind("appName", brand.appName())
                .bind("appDescription", brand.appDescription())
                .bind("tagline", brand.tagline())
                .bind("brandVoice", brand.brandVoice())
                .bind("targetGender", brand.targetGender())
                .bind("ios", profile.stores().iosBundleId())
                .bind("android", profile.stores().androidBundleId())
                .bind("web", profile.stores().webDomain())
                .bind("metadata", json(profile.metadata()))
                .bind("createdAt", at(project.times().createdAt()))
                .bind("updatedAt", at(project.times().updatedAt()))
                .bind("archivedAt", at(project.times().archivedAt()));
    }

    private static Project read(ResultSet row) throws SQLException {
        ProjectProfile profile = new ProjectProfile(
                row.getString("name"),
                row.getString("timezone"),
                row.getString("primary_language"),
                text(row, "customer_external_id"),
                text(row, "owner_email"),
                new ProjectProfile.Brand(
                        text(row, "app_name"),
                        text(row, "app_description"),
                        text(row, "tagline"),
                        text(row, "brand_voice"),
                        row.getString("target_gender")),
                new ProjectProfile.StoreNames(
                        text(row, "platform_ios_bundle_id"),
                        text(row, "platform_android_bundle_id"),
                        text(row, "platform_web_domain")),
                jsonObject(row, "metadata"));
        return new Project(
                id(row, "id"),
                id(row, "organization_id"),
                mode(row),
                Project.Status.of(row.getString("status")),
                profile,
                new Project.Times(
                        instant(row, "created_at"), instant(row, "updated_at"), instantOrNull(row, "archived_at")));
    }

    private static Mode mode(ResultSet row) throws SQLException {
        return Mode.valueOf(row.getString("mode").toUpperCase(Locale.ROOT));
    }
}
