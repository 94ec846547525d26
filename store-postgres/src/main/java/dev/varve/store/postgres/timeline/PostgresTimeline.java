package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.uuid;
import static dev.varve.store.postgres.tenant.Columns.uuids;

import dev.varve.event.LoggedEvent;
import dev.varve.health.Attempt;
import dev.varve.health.Timeline;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// The timeline in PostgreSQL: events with the receipts of the delivery ledger, both of one moment.
public final class PostgresTimeline implements Timeline {
    private final Jdbi jdbi;
    private final InstantSource clock;

    public PostgresTimeline(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    @Override
    public List<TimelineEntry> page(Query query, Optional<Position> after, int limit) {
        return atOneMoment(handle -> withReceipts(
                handle, query.projectId(), new SelectPage(query, after, clock.instant()).read(handle, limit)));
    }

    @Override
    public Optional<TimelineEntry> find(UUID projectId, String eventId, Optional<String> appId) {
        return atOneMoment(handle -> {
            List<UUID> keys = apps(handle, projectId, appId).stream()
                    .map(app -> key(app, eventId))
                    .toList();
            List<LoggedEvent> newest = handle.createQuery(EventRows.WITH_ORIGIN + """
                            join event_key k on k.log_offset = e.log_offset and k.occurred_at = e.occurred_at
                            where k.key = any(:keys) and e.project_id = :project
                            order by e.occurred_at desc limit 1""")
                    .bind("keys", uuids(keys))
                    .bind("project", uuid(projectId))
                    .map((row, context) -> EventRows.read(row))
                    .list();
            return withReceipts(handle, projectId, newest).stream().findFirst();
        });
    }

    @Override
    public List<Attempt> attempts(TimelineEntry entry) {
        return jdbi.withHandle(handle -> SelectAttempts.read(handle, entry.logged()));
    }

    @Override
    public List<String> observedNames(UUID projectId, String appId, Duration window, int limit) {
        Instant now = clock.instant();
        return atOneMoment(handle -> {
            EventProbe.pin(handle);
            return new SelectNames(handle, projectId, appId).since(now.minus(window), limit);
        });
    }

    private <T> T atOneMoment(Function<Handle, T> read) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> read.apply(handle));
    }

    private static List<TimelineEntry> withReceipts(Handle handle, UUID projectId, List<LoggedEvent> events) {
        Map<Long, List<dev.varve.health.Receipt>> receipts = new SelectReceipts(handle, projectId, events).read();
        return events.stream()
                .map(event -> new TimelineEntry(event, receipts.getOrDefault(event.offset(), List.of())))
                .toList();
    }

    private static List<String> apps(Handle handle, UUID projectId, Optional<String> appId) {
        return appId.map(List::of)
                .orElseGet(() -> handle.createQuery("select app_id from sdk_app where project_id = :project")
                        .bind("project", uuid(projectId))
                        .mapTo(String.class)
                        .list());
    }

    /// As the event log makes it: the first 128 bits of SHA-256(app id, NUL, event id).
    private static UUID key(String appId, String eventId) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(appId.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            ByteBuffer hash = ByteBuffer.wrap(digest.digest(eventId.getBytes(StandardCharsets.UTF_8)));
            return new UUID(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
