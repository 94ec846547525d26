package dev.varve.server.api;

import dev.varve.component.Ulid;
import dev.varve.delivery.Jobs;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Jobs without a store: they run until they are ended here.
final class InMemoryJobs implements Jobs {
    private final Map<String, Job> jobs = new HashMap<>();
    private final Map<String, UUID> owners = new HashMap<>();

    synchronized String start(UUID organizationId, UUID projectId, Instant now, long total) {
        String id = Ulid.next("job_");
        Progress progress = new Progress(Status.RUNNING, 0, total);
        jobs.put(id, new Job(id, "dead_letter_replay", projectId, progress, null, new Times(now, null)));
        owners.put(id, organizationId);
        return id;
    }

    synchronized boolean isRunning(UUID projectId) {
        return jobs.values().stream()
                .anyMatch(job ->
                        job.projectId().equals(projectId) && job.progress().status() == Status.RUNNING);
    }

    @Override
    public synchronized Optional<Job> find(UUID organizationId, String jobId) {
        return Optional.ofNullable(jobs.get(jobId)).filter(_ -> organizationId.equals(owners.get(jobId)));
    }

    @Override
    public synchronized int running(UUID organizationId) {
        return (int) jobs.values().stream()
                .filter(job -> job.progress().status() == Status.RUNNING)
                .filter(job -> organizationId.equals(owners.get(job.jobId())))
                .count();
    }
}
