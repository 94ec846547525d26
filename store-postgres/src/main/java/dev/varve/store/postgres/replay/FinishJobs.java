package dev.varve.store.postgres.replay;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/// Ends the replays of which nothing is on its way any more. Nobody needs to watch a job: whoever asks for it, or wants
/// to start another, ends it first. What became of its events stands in their receipts, and so does when it ended.
final class FinishJobs {
    private static final String FINISH = """
            with ended as (
                select j.id from job j where j.status = 'running' and <scope>
                  and not exists (select from dead_letter d where d.job_id = j.id and d.is_replaying)
                order by j.id for update
            ), outcome as (
                select e.id, count(r.state) filter (where r.state = 1) as forwarded,
                    count(r.state) filter (where r.state = 2) as skipped,
                    count(r.state) filter (where r.state = 4) as dead, max(r.at) as at
                from ended e
                left join job_event v on v.job_id = e.id
                left join lateral (
                    select state, at from delivery_receipt r
                    where r.log_offset = v.log_offset and r.platform = v.platform and r.occurred_at = v.occurred_at
                    limit 1) r on true
                group by e.id
            ), forgotten as (
                delete from job_event v using ended e where v.job_id = e.id
            )
            update job j set status = 'completed', finished_at = greatest(coalesce(o.at, :now), j.created_at),
                result = jsonb_build_object('replayed', j.total, 'forwarded', o.forwarded, 'skipped', o.skipped,
                    'dead', o.dead)
            from outcome o where o.id = j.id""";

    private FinishJobs() {}

    static void ofProject(Handle handle, UUID projectId, Instant now) {
        finish(handle, "j.project_id = :project", now)
                .bind("project", uuid(projectId))
                .execute();
    }

    static void ofOrganization(Handle handle, UUID organizationId, Instant now) {
        finish(handle, "j.organization_id = :organization", now)
                .bind("organization", uuid(organizationId))
                .execute();
    }

    private static Update finish(Handle handle, String scope, Instant now) {
        return handle.createUpdate(FINISH.replace("<scope>", scope)).bind("now", at(now));
    }
}
