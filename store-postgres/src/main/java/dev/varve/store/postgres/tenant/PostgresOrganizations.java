package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.idOrNull;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.text;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import dev.varve.tenant.Organizations;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Organizations in PostgreSQL.
public final class PostgresOrganizations implements Organizations {
    static final String COLUMNS =
            "o.id o_id, o.parent_id o_parent, o.name o_name, o.status o_status, o.mode o_mode, o.billing_email o_email, o.created_at o_created";

    private final Jdbi jdbi;

    public PostgresOrganizations(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public void insert(Organization organization) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into organization (id, parent_id, name, status, mode, billing_email, created_at, updated_at)
                        values (:id, :parent, :name, :status, :mode, :email, :at, :at)""")
                .bind("id", uuid(organization.id()))
                .bind("parent", uuid(organization.parentId()))
                .bind("name", organization.name())
                .bind("status", organization.status().wireName())
                .bind("mode", organization.mode().wireName())
                .bind("email", organization.billingEmail())
                .bind("at", at(organization.createdAt()))
                .execute());
    }

    @Override
    public Optional<Organization> find(UUID id) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select " + COLUMNS + " from organization o where o.id = :id")
                        .bind("id", uuid(id))
                        .map((row, context) -> read(row))
                        .findOne());
    }

    @Override
    public List<Organization> roots() {
        return jdbi.withHandle(handle -> handle.createQuery("select " + COLUMNS
                        + " from organization o where o.parent_id is null order by o.created_at, o.id")
                .map((row, context) -> read(row))
                .list());
    }

    static Organization read(ResultSet row) throws SQLException {
        return new Organization(
                id(row, "o_id"),
                idOrNull(row, "o_parent"),
                row.getString("o_name"),
                Organization.Status.of(row.getString("o_status")),
                Mode.valueOf(row.getString("o_mode").toUpperCase(Locale.ROOT)),
                text(row, "o_email"),
                instant(row, "o_created"));
    }
}
