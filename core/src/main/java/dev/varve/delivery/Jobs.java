package dev.varve.delivery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Work that goes on after its request was answered.
public interface Jobs {
    /// Empty when absent or another organization's.
    Optional<Job> find(UUID organizationId, String jobId);

    /// How many of the organization's jobs run now.
    int running(UUID organizationId);

    /// `jobId`: `job_<ULID>`. `kind`: such as `dead_letter_replay`. `result` null while it runs.
    record Job(
            String jobId,
            String kind,
            UUID projectId,
            Progress progress,
            @Nullable ObjectNode result,
            Times times) {}

    record Progress(Status status, long done, long total) {}

    record Times(Instant createdAt, @Nullable Instant finishedAt) {}

    enum Status {
        RUNNING,
        COMPLETED,
        FAILED,
        CANCELED
    }
}
