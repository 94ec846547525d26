package dev.varve.store.postgres.log;

import dev.varve.event.LoggedEvent;
import dev.varve.eventlog.EventLogUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Requests that are committed together. Confined to the writer's thread, but for this: when the database stands still
/// under the writer, the requests are refused in time all the same. They may turn out to be stored then.
final class Group {
    private final List<PendingAppend> requests;

    Group(List<PendingAppend> requests) {
        this.requests = requests;
    }

    List<PendingAppend> requests() {
        return requests;
    }

    /// Gives offsets from `next` on to every event that this group does not already contain; returns the next free one.
    long number(long next) {
        Set<EventKey> seen = HashSet.newHashSet(events());
        long free = next;
        for (PendingAppend request : requests) {
            free = request.number(free, seen);
        }
        return free;
    }

    void keepOnly(Set<EventKey> fresh) {
        requests.forEach(request -> request.keepOnly(fresh));
    }

    int events() {
        int sum = 0;
        for (PendingAppend request : requests) {
            sum += request.events();
        }
        return sum;
    }

    /// The new keys in ascending order, which two writers share so that they cannot deadlock.
    NewKeys newKeys() {
        List<NewKey> keys = new ArrayList<>(events());
        eachNew((key, offset, event) -> keys.add(new NewKey(key.toUuid(), offset, event.occurredAt())));
        return new NewKeys(keys);
    }

    CopyBuffer keyRows() {
        CopyBuffer out = new CopyBuffer(64 + 46 * events()).header();
        eachNew((key, offset, event) ->
                out.row(3).uuid(key.high(), key.low()).bigint(offset).timestamp(event.occurredAt()));
        return out.trailer();
    }

    CopyBuffer originRows() {
        CopyBuffer out = new CopyBuffer(64 + 160 * requests.size()).header();
        requests.forEach(request -> request.copyOrigins(out));
        return out.trailer();
    }

    CopyBuffer eventRows() {
        CopyBuffer out = new CopyBuffer(
                        64 + requests.stream().mapToInt(PendingAppend::bytes).sum())
                .header();
        requests.forEach(request -> request.copyEvents(out));
        return out.trailer();
    }

    List<LoggedEvent> logged() {
        List<LoggedEvent> logged = new ArrayList<>(events());
        requests.forEach(request -> request.addLogged(logged));
        return logged;
    }

    Set<Instant> occurredAt() {
        Set<Instant> times = new HashSet<>();
        eachNew((key, offset, event) -> times.add(event.occurredAt()));
        return times;
    }

    void succeed() {
        requests.forEach(PendingAppend::succeed);
    }

    void fail(EventLogUnavailableException reason) {
        requests.forEach(request -> request.answer().completeExceptionally(reason));
    }

    /// Refuses what has waited longer than `patience`; for any thread.
    void refuseOverdue(Duration patience) {
        long oldest = System.nanoTime() - patience.toNanos();
        for (PendingAppend request : requests) {
            if (request.queuedNanos() - oldest < 0) {
                request.answer()
                        .completeExceptionally(
                                new EventLogUnavailableException("the database does not answer in time"));
            }
        }
    }

    private void eachNew(PendingAppend.NewEvent visitor) {
        requests.forEach(request -> request.eachNew(visitor));
    }

    record NewKey(UUID key, long offset, Instant occurredAt) {}

    /// The keys as arrays, the form in which PostgreSQL takes them as parameters.
    record NewKeys(List<NewKey> keys) {
        UUID[] uuids() {
            return keys.stream().map(NewKey::key).toArray(UUID[]::new);
        }

        Long[] offsets() {
            return keys.stream().map(NewKey::offset).toArray(Long[]::new);
        }

        OffsetDateTime[] times() {
            return keys.stream()
                    .map(key -> key.occurredAt().atOffset(ZoneOffset.UTC))
                    .toArray(OffsetDateTime[]::new);
        }
    }
}
