package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DeliveryLedger;
import dev.varve.delivery.LedgerWrite;
import dev.varve.delivery.Receipt;
import dev.varve.delivery.ReceiptState;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventRef;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Receipts are copied; where one of them is there already they are inserted. Both leave the same rows, and a row that
/// is there stays as it is.
class ReceiptRowsTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant AT = Instant.parse("2026-11-04T12:00:00.123456Z");
    private static final UUID REQUEST = new UUID(7, 9);
    private final UUID writer = UUID.randomUUID();
    private final DeliveryLedger ledger =
            new PostgresDeliveryLedger(postgres.database().jdbi());
    private int writes;

    @AfterEach
    void clear() {
        postgres.database().jdbi().useHandle(handle -> handle.execute("truncate delivery_receipt"));
    }

    private static Receipt forwarded(long offset, Platform platform, List<String> notes) {
        return receipt(offset, platform, ReceiptState.FORWARDED, null, new Receipt.Settlement(AT, 3, REQUEST, notes));
    }

    private static Receipt skipped(long offset, Instant at) {
        Receipt.Settlement settlement = new Receipt.Settlement(at, 0, null, List.of());
        return receipt(offset, Platform.META, ReceiptState.SKIPPED, "unmapped", settlement);
    }

    private static Receipt receipt(
            long offset,
            Platform platform,
            ReceiptState state,
            @Nullable String reason,
            Receipt.Settlement settlement) {
        return new Receipt(
                new EventRef(offset, AT),
                new Destination.Key(new UUID(1, 1), platform),
                state,
                reason,
                state == ReceiptState.FORWARDED ? "Käufe" : null,
                settlement);
    }

    private void record(Receipt... receipts) {
        LedgerWrite write = new LedgerWrite(writer, ++writes);
        write.receipts.addAll(List.of(receipts));
        assertThat(ledger.record(write)).isEmpty();
    }

    private static List<String> rows(long from) {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery("""
                                select concat_ws('|', platform, occurred_at = :at, state, reason, sent_as, attempts,
                                    at = :at, request_id, notes)
                                from delivery_receipt where log_offset >= :from order by log_offset desc, platform""")
                .bind("at", AT)
                .bind("from", from)
                .mapTo(String.class)
                .list());
    }

    @Test
    void copiedAndInsertedRowsAreTheSame() {
        List<String> notes = List.of("clock\0Adjusted", "a \"quoted\", {braced} one", "ü");
        record(forwarded(2, Platform.TIKTOK, notes), skipped(3, AT), forwarded(2, Platform.META, List.of()));
        List<String> copied = rows(2);
        assertThat(copied).hasSize(3).first().isEqualTo("0|t|" + ReceiptState.SKIPPED.ordinal() + "|unmapped|0|t");
        clear();
        record(skipped(1, AT));
        record(
                skipped(1, AT),
                forwarded(2, Platform.TIKTOK, notes),
                skipped(3, AT),
                forwarded(2, Platform.META, List.of()));
        assertThat(rows(2)).isEqualTo(copied);
    }

    @Test
    void aReceiptThatIsThereStaysAndWhatElseTheWriteSaysIsRecorded() {
        record(forwarded(1, Platform.META, List.of()));
        List<String> before = rows(1);
        LedgerWrite write = new LedgerWrite(writer, ++writes);
        write.receipts.addAll(List.of(skipped(2, AT), skipped(1, AT), skipped(2, AT)));
        write.lastEventByApp.put("app_x", AT);
        ledger.record(write);
        assertThat(rows(1)).hasSize(2).endsWith(before.getFirst());
        int apps = postgres.database().jdbi().withHandle(handle -> handle.createQuery(
                        "select count(*) from app_activity")
                .mapTo(Integer.class)
                .one());
        assertThat(apps).isEqualTo(1);
    }

    @Test
    void timesThatPostgresqlDoesNotKnowAreMended() {
        record(skipped(1, Instant.MIN), skipped(2, Instant.MAX));
        assertThat(rows(1)).hasSize(2);
    }
}
