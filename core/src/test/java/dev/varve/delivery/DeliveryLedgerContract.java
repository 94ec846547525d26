package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What every delivery ledger must do with receipts, positions and what destinations are like.
public abstract class DeliveryLedgerContract extends LedgerFixture {
    @Test
    void aNewStreamStandsAtItsBeginning() {
        assertThat(ledger().position(stream())).isEqualTo(EventLog.firstOffset(stream()));
    }

    @Test
    void receiptsAndPositionArriveTogether() {
        LedgerWrite write = write(1);
        write.receipts.add(receipt(1, Platform.META));
        write.receipts.add(receipt(2, Platform.TIKTOK));
        write.positions.put(stream(), offset(1));
        ledger().record(write);
        assertThat(ledger().position(stream())).isEqualTo(offset(1));
        assertThat(ledger().entriesAfter(stream(), offset(1)))
                .containsExactly(new LedgerWrite.Entry(offset(2), Platform.TIKTOK));
    }

    @Test
    void aRepeatedWriteChangesNothing() {
        LedgerWrite write = write(1);
        LedgerWrite.BacklogKey waiting = new LedgerWrite.BacklogKey(key, offset(1));
        write.backlog.put(waiting, entry(1, NOW));
        ledger().record(write);
        LedgerWrite settled = write(2);
        settled.settledBacklog.add(waiting);
        ledger().record(settled);
        ledger().record(write);
        assertThat(ledger().due(List.of(stream()), key, DeliveryFixtures.query(NOW, 10, Set.of())))
                .isEmpty();
    }

    @Test
    void whatWasObservedEarlierDoesNotReplaceADestinationsState() {
        DestinationState.LastError error = new DestinationState.LastError(NOW, "TOKEN_INVALID", "refused", 190);
        DestinationState stopped = new DestinationState(key, DestinationState.Phase.STOPPED, "TOKEN", null, NOW, error);
        LedgerWrite write = write(1);
        write.states.put(key, stopped);
        ledger().record(write);
        LedgerWrite late = new LedgerWrite(UUID.randomUUID(), 1);
        late.states.put(key, flowing(NOW.minusSeconds(1)));
        ledger().record(late);
        assertThat(ledger().state(key)).contains(stopped);
        LedgerWrite recovered = write(2);
        recovered.states.put(key, flowing(NOW.plusSeconds(1)));
        ledger().record(recovered);
        assertThat(ledger().state(key)).contains(flowing(NOW.plusSeconds(1)));
    }

    private DestinationState flowing(Instant success) {
        return new DestinationState(key, DestinationState.Phase.FLOWING, null, success, null, null);
    }

    @Test
    void whatAStoreCannotHoldDoesNotStopTheWriting() {
        LedgerWrite write = write(1);
        write.receipts.add(new Receipt(
                new EventRef(offset(1), NOW),
                key,
                ReceiptState.DEAD,
                "nul \0 in it",
                "Purchase\0\uD800",
                new Receipt.Settlement(NOW, 1, null, List.of("one, two", "three\0"))));
        write.requests.add(new ForwardRequest(
                UUID.randomUUID(),
                key,
                "12\0003",
                new ForwardRequest.Carried(1, List.of("e\0001")),
                "rejected",
                new Answer(Instant.MAX, Duration.ofDays(9_999_999), 400, 190, "re\0fused", "tr\0ace")));
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(2)), entry(2, Instant.MAX));
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(3)), entry(3, Instant.MIN));
        write.positions.put(stream(), offset(2));
        ledger().record(write);
        assertThat(ledger().position(stream())).isEqualTo(offset(2));
        assertThat(ledger().due(List.of(stream()), key, DeliveryFixtures.query(NOW, 10, Set.of())))
                .extracting(e -> e.event().offset())
                .containsExactly(offset(3));
    }

    @Test
    void aDestinationsStateComesBackAsItWasWritten() {
        DestinationState state = new DestinationState(
                key,
                new DestinationState.Standing(DestinationState.Phase.STOPPED, "TOKEN", NOW.plusSeconds(600)),
                NOW.minusSeconds(60),
                NOW.minusSeconds(30),
                new DestinationState.LastError(NOW, "TOKEN_INVALID", "the platform refuses the access token", 190));
        LedgerWrite write = write(1);
        write.states.put(key, state);
        write.requests.add(new ForwardRequest(
                UUID.randomUUID(),
                key,
                "123",
                new ForwardRequest.Carried(1, List.of("e-1")),
                "auth_failed",
                new Answer(NOW, Duration.ofMillis(12), 401, 190, "refused", "trace")));
        ledger().record(write);
        assertThat(ledger().state(key)).contains(state);
        assertThat(ledger().state(new Destination.Key(key.projectId(), Platform.TIKTOK)))
                .isEmpty();
    }
}
