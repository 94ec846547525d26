package dev.varve.store.postgres.erasure;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.longs;
import static dev.varve.store.postgres.tenant.Columns.texts;
import static dev.varve.store.postgres.tenant.Columns.times;
import static dev.varve.store.postgres.tenant.Columns.uuid;
import static dev.varve.store.postgres.tenant.Columns.uuids;

import dev.varve.delivery.BacklogEntry;
import dev.varve.delivery.RollupKey;
import dev.varve.identity.Profiles.Subject;
import dev.varve.store.postgres.erasure.SubjectEvents.Found;
import dev.varve.store.postgres.log.EventKey;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.SqlStatements;

/// Everything that hangs on some events of one subject, and these events: counts it, or removes it inside the caller's
/// transaction.
///
/// The accounting goes on adding up without being touched: the minute counts name nobody and stay, and a waiting
/// delivery stays in the backlog until the relay has given it up in the way of an event that the log has forgotten. To
/// delete its row here would be wrong for those that a lane holds in memory, whose end is counted later.
final class EventRemoval {
    /// An origin stands under the offset of the first new event of its request, and a request has no more events.
    private static final int MOST_OF_A_REQUEST = 10_000;

    private final Handle handle;
    private final Subject subject;
    private final List<Found> events;

    EventRemoval(Handle handle, Subject subject, List<Found> events) {
        this.handle = handle;
        this.subject = subject;
        this.events = events;
        handle.getConfig(SqlStatements.class).setUnusedBindingAllowed(true);
    }

    /// An address only with the event whose offset it has, so that those of a request together count it once.
    Map<ErasedKind, Long> count() {
        Map<ErasedKind, Long> rows = new EnumMap<>(ErasedKind.class);
        tables().forEach((kind, table) -> rows.put(
                kind,
                bind(handle.createQuery("select count(*) from " + table.replace(":origins", ":offsets")))
                        .mapTo(Long.class)
                        .one()));
        return rows;
    }

    /// `unread`: those of the events that the relay has not counted as accepted yet, and never will.
    Map<ErasedKind, Long> remove(List<Found> unread) {
        if (!unread.isEmpty()) {
            new EventRemoval(handle, subject, unread).countAccepted();
        }
        Map<ErasedKind, Long> rows = new EnumMap<>(ErasedKind.class);
        tables().forEach((kind, table) -> rows.put(kind, (long)
                bind(handle.createUpdate(kind == ErasedKind.WAITING ? giveUp(table) : "delete from " + table))
                        .execute()));
        return rows;
    }

    /// Of an event beyond the position its ends are counted, but not its arrival. What has no entry counts nowhere.
    private void countAccepted() {
        bind(handle.createUpdate("""
                        insert into delivery_rollup as r (project_id, app_id, platform, minute, metric, count)
                        select :project, u.app, x.platform, date_trunc('minute', u.received), :accepted, count(*)
                        from unnest(:offsets, :apps, :arrivals) as u(o, app, received)
                        join (select log_offset, platform from delivery_receipt where log_offset = any(:offsets)
                            union select log_offset, platform from delivery_backlog
                            where project_id = :project and log_offset = any(:offsets)) x on x.log_offset = u.o
                        group by u.app, x.platform, 4 order by x.platform, 4, u.app
                        on conflict (project_id, platform, minute, metric, app_id)
                            do update set count = r.count + excluded.count""")).execute();
    }

    /// Its time makes it the first that any sweep looks at, and due.
    private static String giveUp(String backlog) {
        return "update "
                + backlog.replace(" where", " set occurred_at = :erased, next_at = least(next_at, now()) where");
    }

    /// The events come last: the address of one is wanted by others, too.
    private Map<ErasedKind, String> tables() {
        Map<ErasedKind, String> tables = new LinkedHashMap<>();
        tables.put(
                ErasedKind.WAITING,
                "delivery_backlog t where t.project_id = :project and t.log_offset = any(:offsets)"
                        + " and t.occurred_at <> :erased");
        tables.put(
                ErasedKind.REPLAYED,
                "job_event t where t.log_offset = any(:offsets)"
                        + " and t.job_id in (select id from job where project_id = :project)");
        tables.put(
                ErasedKind.DEAD_LETTERS,
                "dead_letter t where t.log_offset = any(:offsets) and t.project_id = :project");
        tables.put(ErasedKind.ATTEMPTS, "delivery_attempt t where t.log_offset = any(:offsets)");
        tables.put(
                ErasedKind.RECEIPTS,
                "delivery_receipt t where t.log_offset = any(:offsets) and t.occurred_at between :first and :last");
        tables.put(ErasedKind.EVENT_KEYS, "event_key t where t.key = any(:keys) and t.log_offset = any(:offsets)");
        tables.put(ErasedKind.ADDRESSES, addresses());
        tables.put(
                ErasedKind.EVENTS,
                "event t where t.log_offset = any(:offsets) and t.occurred_at between :first and :last");
        return tables;
    }

    /// Other people's events of the same request keep it.
    private String addresses() {
        String whose =
                switch (subject.kind()) {
                    case USER -> "user_id";
                    case INSTALL -> "install_id";
                };
        return "matching_record t where t.origin_offset = any(:origins)"
                + " and t.received_at between :firstArrival and :lastArrival"
                + " and not exists (select from event e where e.log_offset >= t.origin_offset"
                + " and e.log_offset < t.origin_offset + " + MOST_OF_A_REQUEST
                + " and e.origin_offset = t.origin_offset and e." + whose + " is distinct from :id)";
    }

    private <S extends SqlStatement<S>> S bind(S statement) {
        return statement
                .bind("project", uuid(subject.projectId()))
                .bind("id", subject.id())
                .bind("accepted", RollupKey.ACCEPTED)
                .bind("erased", at(BacklogEntry.ERASED))
                .bind("offsets", longs(events.stream().map(Found::offset).toList()))
                .bind("apps", texts(events.stream().map(Found::appId).toList()))
                .bind("arrivals", times(events.stream().map(Found::receivedAt).toList()))
                .bind("keys", uuids(keys()))
                .bind("origins", longs(origins()))
                .bind("first", at(first(events.stream().map(Found::occurredAt))))
                .bind("last", at(last(events.stream().map(Found::occurredAt))))
                .bind("firstArrival", at(first(events.stream().map(Found::receivedAt))))
                .bind("lastArrival", at(last(events.stream().map(Found::receivedAt))));
    }

    private List<UUID> keys() {
        MessageDigest sha256 = EventKey.sha256();
        return events.stream()
                .map(event ->
                        EventKey.of(sha256, event.appId(), event.eventId()).toUuid())
                .toList();
    }

    private List<Long> origins() {
        return events.stream()
                .map(Found::originOffset)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .distinct()
                .toList();
    }

    private static Instant first(Stream<Instant> times) {
        return times.min(Instant::compareTo).orElseThrow();
    }

    private static Instant last(Stream<Instant> times) {
        return times.max(Instant::compareTo).orElseThrow();
    }
}
