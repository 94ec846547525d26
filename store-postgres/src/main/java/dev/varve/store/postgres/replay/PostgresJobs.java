package dev.varve.store.postgres.replay;

import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.jsonObject;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.delivery.Jobs;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Jobs in PostgreSQL, brought up to date by whoever asks. Thread-safe.
public final class PostgresJobs implements Jobs {
    private final Jdbi jdbi;
    private final InstantSource clock;

    public PostgresJobs(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    @Override
    public Optional<Job> find(UUID organizationId, String jobId) {
        return jdbi.inTransaction(handle -> {
            FinishJobs.ofOrganization(handle, organizationId, clock.instant());
            return handle.createQuery("""
                            select j.*, j.total - (select count(*) from dead_letter d
                                where d.job_id = j.id and d.is_replaying) as done
                            from job j where j.organization_id = :organization and j.id = :id""")
                    .bind("organization", uuid(organizationId))
                    .bind("id", jobId)
                    .map((row, context) -> read(row))
                    .findOne();
        });
    }

    @Override
    public int running(UUID organizationId) {
        return jdbi.inTransaction(handle -> {
            FinishJobs.ofOrganization(handle, organizationId, clock.instant());
            return handle.createQuery(
                            "select count(*) from job where organization_id = :organization and status = 'running'")
                    .bind("organization", uuid(organizationId))
                    .mapTo(Integer.class)
                    .one();
        });
    }

    private static Job read(ResultSet row) throws SQLException {
        return new Job(
                row.getString("id"),
                row.getString("kind"),
                id(row, "project_id"),
                new Progress(
                        Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                        row.getLong("done"),
                        row.getLong("total")),
                jsonObject(row, "result"),
                new Times(instant(row, "created_at"), instantOrNull(row, "finished_at")));
    }
}
