package dev.varve.store.postgres.replay;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.component.Ulid;
import dev.varve.delivery.DeadLetters;
import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Puts dead letters back into the backlog, inside the caller's transaction: their receipts and counts go, so that the
/// (event, platform) is waiting again and nothing else. No row leaves the database, so their number is not limited.
///
/// The counts that a replay takes back are by arrival and reason; none of them is kept by hour.
///
/// The counts come last and in key order, as in every ledger write, so this and the relay never wait for each other
/// in a circle.
final class ReplayDeadLetters {
    static final String KIND = "dead_letter_replay";

    private final Handle handle;
    private final DeadLetters.Filter filter;
    private final long owner;
    private final Instant now;
    private final String jobId = Ulid.next("job_");

    ReplayDeadLetters(Handle handle, DeadLetters.Filter filter, long owner, Instant now) {
        this.handle = handle;
        this.filter = filter;
        this.owner = owner;
        this.now = now;
    }

    /// False while another replay of the project runs. Others that ask wait until this transaction ends.
    boolean isFree() {
        handle.createQuery("select id from project where id = :project for no key update")
                .bind("project", uuid(filter.projectId()))
                .mapTo(UUID.class)
                .one();
        FinishJobs.ofProject(handle, filter.projectId(), now);
        return handle.createQuery(
                                "select count(*) from job where project_id = :project and status = 'running' and kind = :kind")
                        .bind("project", uuid(filter.projectId()))
                        .bind("kind", KIND)
                        .mapTo(Integer.class)
                        .one()
                == 0;
    }

    /// Answers the job's id.
    String start() {
        int total = mark();
        createJob(total);
        of("""
                insert into job_event (job_id, log_offset, platform, occurred_at)
                select job_id, log_offset, platform, occurred_at from dead_letter
                where job_id = :job and is_replaying""");
        of("""
                delete from delivery_receipt r using dead_letter d
                where d.job_id = :job and d.is_replaying
                  and r.log_offset = d.log_offset and r.platform = d.platform and r.occurred_at = d.occurred_at""");
        putBack();
        of("""
                insert into delivery_rollup as r (project_id, app_id, platform, minute, metric, count)
                select project_id, app_id, platform, date_trunc('minute', received_at), 'dead.' || reason, -count(*)
                from dead_letter where job_id = :job and is_replaying and not synthetic
                group by 1, 2, 3, 4, 5 order by 1, 3, 4, 5, 2
                on conflict (project_id, platform, minute, metric, app_id) do update set count = r.count + excluded.count""");
        return jobId;
    }

    /// Letters of an older version do not know when their event arrived.
    private int mark() {
        return DeadLetterFilter.bind(
                        handle.createUpdate("""
                                update dead_letter d set is_replaying = true, job_id = :job, received_at = coalesce(d.received_at,
                                    (select e.received_at from event e
                                     where e.log_offset = d.log_offset and e.occurred_at = d.occurred_at), d.first_failed_at)
                                where """ + " " + DeadLetterFilter.MATCHES
                                + " and not d.is_replaying and d.too_old_at > :now"),
                        filter)
                .bind("job", jobId)
                .bind("now", at(now))
                .execute();
    }

    /// Of whoever owns the project now: it may have moved while this waited for it.
    private void createJob(int total) {
        handle.createUpdate("""
                        insert into job (id, organization_id, project_id, kind, status, total, created_at)
                        select :job, organization_id, id, :kind, 'running', :total, :now from project where id = :project""")
                .bind("job", jobId)
                .bind("project", uuid(filter.projectId()))
                .bind("kind", KIND)
                .bind("total", total)
                .bind("now", at(now))
                .execute();
    }

    private void putBack() {
        handle.createUpdate("""
                        insert into delivery_backlog (owner, project_id, platform, log_offset, occurred_at, received_at,
                            app_id, attempts, next_at)
                        select :owner, project_id, platform, log_offset, occurred_at, received_at, app_id, 0, :now
                        from dead_letter where job_id = :job and is_replaying""")
                .bind("owner", owner)
                .bind("now", at(now))
                .bind("job", jobId)
                .execute();
    }

    private void of(String sql) {
        handle.createUpdate(sql).bind("job", jobId).execute();
    }
}
