package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DeliveryLedger;
import dev.varve.delivery.DeliveryLedgerContract;
import dev.varve.delivery.ForwardRequest;
import dev.varve.delivery.LedgerWrite;
import dev.varve.delivery.ReceiptState;
import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.event.EventIdentity;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import dev.varve.store.postgres.log.EventKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresDeliveryLedgerTest extends DeliveryLedgerContract {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private long stream;

    @BeforeEach
    void openStream() {
        stream = postgres.database().jdbi().inTransaction(handle -> {
            long opened = handle.createQuery("insert into log_stream (position) values (0) returning stream")
                    .mapTo(Long.class)
                    .one();
            handle.execute("update log_stream set position = stream << 40 where stream = ?", opened);
            return opened;
        });
    }

    @Override
    protected DeliveryLedger ledger() {
        return new PostgresDeliveryLedger(postgres.database().jdbi());
    }

    @Override
    protected long stream() {
        return stream;
    }

    @BeforeEach
    void clear() {
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute("truncate event, event_key, dead_letter, delivery_receipt"));
    }

    @Override
    protected void log(LoggedEvent event) {
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
    protected void replay(long offset, Platform platform) {
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
    protected List<StoredLetter> letters() {
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

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    @Test
    void aTwinThatWentOutAsATestEventIsNone() {
        LoggedEvent event = logged(1, "app_b", "e-1");
        settle(1, ReceiptState.FORWARDED);
        assertThat(twins(Instant.EPOCH)).hasSize(1);
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update event set document = ? where log_offset = ?",
                        "{\"testEventCode\":{\"meta\":\"TEST1\"}}".getBytes(StandardCharsets.UTF_8),
                        event.offset()));
        assertThat(twins(Instant.EPOCH)).isEmpty();
    }

    @Test
    void aRequestIsNotedWithWhoseItIs() {
        UUID organization = UUID.randomUUID();
        UUID layer = UUID.randomUUID();
        Destination.Key key = new Destination.Key(UUID.randomUUID(), Platform.TIKTOK);
        postgres.database().jdbi().useTransaction(handle -> {
            handle.execute(
                    "insert into organization (id, name, created_at, updated_at) values (?, 'o', now(), now())",
                    organization);
            handle.execute("""
                    insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender,
                        created_at, updated_at) values (?, ?, 'live', 'p', 'UTC', 'en', 'all', now(), now())""", key.projectId(), organization);
            handle.execute(
                    "insert into layer (id, project_id, platform, updated_at) values (?, ?, 'tiktok_ads', now())",
                    layer,
                    key.projectId());
        });
        UUID request = UUID.randomUUID();
        LedgerWrite write = new LedgerWrite(UUID.randomUUID(), 1);
        write.requests.add(new ForwardRequest(
                request,
                key,
                "900",
                new ForwardRequest.Carried(1, List.of("e-1")),
                "forwarded",
                new Answer(Instant.now(), Duration.ofMillis(12), 200, null, null, null)));
        ledger().record(write);
        List<UUID> owners = postgres.database().jdbi().withHandle(handle -> handle.createQuery(
                        "select organization_id, layer_id from delivery_request where id = :id")
                .bind("id", request)
                .map((row, context) -> List.of(row.getObject(1, UUID.class), row.getObject(2, UUID.class)))
                .one());
        assertThat(owners).containsExactly(organization, layer);
    }
}
