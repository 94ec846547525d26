package dev.varve.delivery;

import dev.varve.event.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The dead letters of a project, for people: to look at, and to send again. The caller has already checked that the
/// project is the caller's.
public interface DeadLetters {
    /// Newest first by `occurredAt` as it is shown, to the millisecond, then by id ascending; at most
    /// `limit`. Probe events are left out.
    List<Item> page(Filter filter, Optional<Position> after, int limit);

    /// One with what was sent and answered.
    Optional<Inspection> find(UUID projectId, String deadLetterId);

    /// What a replay of those that match would do at `now`.
    Forecast forecast(Filter filter, Instant now);

    /// Puts those that match and are young enough back into the backlog, in one transaction, and starts a job that ends
    /// when each of them is settled again. They keep their place in the list until then. `owner`: the log
    /// stream whose lease covers the work. Empty when another replay of the project is still running.
    Optional<Replay> replay(Filter filter, Requester requester, long owner, Instant now);

    /// Empty sets and optionals: all. `since` inclusive, `until` exclusive, both on `occurredAt`.
    record Filter(
            UUID projectId,
            Set<Platform> platforms,
            Optional<String> reason,
            Optional<String> appId,
            Set<String> eventNames,
            Period period) {
        public Filter {
            platforms = Set.copyOf(platforms);
            eventNames = Set.copyOf(eventNames);
        }

        /// The same of another period.
        public Filter within(Instant since, Instant until) {
            Period other = new Period(Optional.of(since), Optional.of(until));
            return new Filter(projectId, platforms, reason, appId, eventNames, other);
        }
    }

    record Period(Optional<Instant> since, Optional<Instant> until) {
        public static final Period ALL = new Period(Optional.empty(), Optional.empty());
    }

    /// The last item of the page before.
    record Position(Instant occurredAt, String id) {}

    /// `code`: `VALIDATION` for local checks, else `PLATFORM_ERROR`. `isReplaying`: on its way again.
    record Item(String id, Subject subject, String reason, Fault fault, Times times, boolean isReplaying) {}

    record Subject(String eventId, String appId, String eventName, Platform platform) {}

    record Fault(
            String code,
            @Nullable Integer platformCode,
            @Nullable String message,
            int attempts) {}

    /// `tooOldAt`: when the platform refuses the event for its age.
    record Times(Instant occurredAt, Instant firstFailedAt, Instant lastFailedAt, Instant tooOldAt) {}

    /// `payload` and `answer` null when nothing was sent; secrets and what names a person in the clear are masked.
    record Inspection(
            Item item,
            @Nullable String payload,
            @Nullable String answer,
            @Nullable Integer httpStatus,
            @Nullable String traceId) {}

    /// `tooOld`: the first 100 of those that would not be sent.
    record Forecast(List<Count> counts, List<TooOld> tooOld) {
        public Forecast {
            counts = List.copyOf(counts);
            tooOld = List.copyOf(tooOld);
        }
    }

    record Count(Platform platform, String reason, long matched, long tooOld) {}

    record TooOld(String eventId, Platform platform, Instant occurredAt) {}

    record Replay(String jobId, Forecast forecast) {}

    /// Who asked, for the job and the audit trail.
    record Requester(
            UUID organizationId,
            @Nullable UUID apiKeyId,
            @Nullable String requestId) {}
}
