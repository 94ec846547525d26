package dev.varve.store.postgres;

import dev.varve.delivery.DeliveryLedger;
import dev.varve.delivery.LedgerUnderTest;
import dev.varve.event.EventIdentity;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import dev.varve.store.postgres.log.EventKey;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

/// The ledger in a fresh stream of the tests' database.
record PostgresLedgerStore(PostgresForTests postgres, long stream) implements LedgerUnderTest {
    static LedgerUnderTest open(PostgresForTests postgres) {
        long stream = postgres.database().jdbi().inTransaction(handle -> {
            handle.execute("truncate event, event_key, dead_letter, delivery_receipt");
            long opened = handle.createQuery("insert into log_stream (position) values (0) returning stream")
                    .mapTo(Long.class)
                    .one();
            handle.execute("update log_stream set position = stream << 40 where stream = ?", opened);
            return opened;
        });
        return new PostgresLedgerStore(postgres, stream);
    }

    @Override
    public DeliveryLedger ledger() {
        return new PostgresDeliveryLedger(postgres.database().jdbi());
    }

    @Override
    public void log(LoggedEvent event) {
        EventIdentity identity = event.identity();
        postgres.database().jdbi().useHandle(handle -> {
            handle.execute(
                    "insert into event_key (key, log_offset, occurred_at) values (?, ?, ?)",
                    EventKey.of(EventKey.sha256(), identity.appId(), identity.eventId())
                            .toUuid(),
                    event.offset(),
                    at(event.event().occurredAt()));
            handle.execute(
                    """
                    insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name, source,
                        synthetic, document) values (?, ?, ?, ?, ?, ?, ?, 0, false, ?)""",
                    event.offset(),
                    at(event.event().occurredAt()),
                    at(event.receivedAt()),
                    identity.projectId(),
                    identity.appId(),
                    identity.eventId(),
                    identity.name(),
                    event.event().document());
        });
    }

    @Override
    public void replay(long offset, Platform platform) {
        postgres.database().jdbi().useTransaction(handle -> {
            handle.execute(
                    "delete from delivery_receipt where log_offset = ? and platform = ?", offset, platform.ordinal());
            handle.execute("""
                    insert into delivery_backlog (owner, project_id, platform, log_offset, occurred_at, received_at,
                        app_id, next_at)
                    select ?, project_id, platform, log_offset, occurred_at, received_at, app_id, received_at
                    from dead_letter where log_offset = ? and platform = ?""", stream, offset, platform.ordinal());
            handle.execute(
                    "update dead_letter set is_replaying = true where log_offset = ? and platform = ?",
                    offset,
                    platform.ordinal());
        });
    }

    @Override
    public List<StoredLetter> letters() {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery(
                        "select * from dead_letter order by log_offset")
                .map((row, context) -> new StoredLetter(
                        row.getString("id"),
                        row.getString("reason"),
                        row.getInt("attempts"),
                        row.getObject("first_failed_at", OffsetDateTime.class).toInstant(),
                        row.getObject("last_failed_at", OffsetDateTime.class).toInstant(),
                        row.getString("payload")))
                .list());
    }

    @Override
    public long count(UUID projectId, String metric) {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery(
                        "select coalesce(sum(count), 0) from delivery_rollup where project_id = ? and metric = ?")
                .bind(0, projectId)
                .bind(1, metric)
                .mapTo(Long.class)
                .one());
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
