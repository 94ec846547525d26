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

/// What every delivery ledger must do.
public abstract class DeliveryLedgerContract {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private final UUID writer = UUID.randomUUID();
    private final Destination.Key key = new Destination.Key(UUID.randomUUID(), Platform.META);

    /// A ledger that knows the stream, and that stream.
    protected abstract DeliveryLedger ledger();

    protected abstract long stream();

    private long offset(long position) {
        return EventLog.firstOffset(stream()) + position;
    }

    private Receipt receipt(long position, Platform platform) {
        return new Receipt(
                new EventRef(offset(position), NOW),
                new Destination.Key(key.projectId(), platform),
                ReceiptState.FORWARDED,
                null,
                "Purchase",
                new Receipt.Settlement(NOW, 1, null, List.of("clockAdjusted")));
    }

    private BacklogEntry entry(long position, Instant nextAt) {
        return new BacklogEntry(
                stream(),
                key,
                new EventRef(offset(position), NOW),
                "app_1",
                NOW,
                new BacklogEntry.Progress(1, NOW, nextAt));
    }

    private BacklogEntry occurred(long position, Instant at) {
        return new BacklogEntry(
                stream(),
                key,
                new EventRef(offset(position), at),
                "app_1",
                NOW,
                new BacklogEntry.Progress(1, NOW, NOW));
    }

    private LedgerWrite write(long number) {
        return new LedgerWrite(writer, number);
    }

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
    void dueEntriesComeOldestFirstWithoutThoseHeld() {
        LedgerWrite write = write(1);
        for (long position : new long[] {4, 2, 3, 1}) {
            write.backlog.put(new LedgerWrite.BacklogKey(key, offset(position)), entry(position, NOW));
        }
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(5)), entry(5, NOW.plusSeconds(60)));
        ledger().record(write);
        assertThat(ledger().due(List.of(stream()), key, DeliveryFixtures.query(NOW, 2, Set.of(offset(2)))))
                .extracting(e -> e.event().offset())
                .containsExactly(offset(1), offset(3));
        assertThat(ledger().due(List.of(stream() + 1), key, DeliveryFixtures.query(NOW, 2, Set.of())))
                .isEmpty();
    }

    @Test
    void theOrderIsThatOfTheQuery() {
        LedgerWrite write = write(1);
        for (long position = 1; position <= 4; position++) {
            write.backlog.put(new LedgerWrite.BacklogKey(key, offset(position)), entry(position, NOW));
        }
        ledger().record(write);
        assertThat(due(3, BacklogOrder.NEWEST)).containsExactly(offset(4), offset(3), offset(2));
        assertThat(due(3, BacklogOrder.OLDEST)).containsExactly(offset(1), offset(2), offset(3));
    }

    @Test
    void whatWouldSoonBeTooOldComesBeforeAllOthersInEitherOrder() {
        LedgerWrite write = write(1);
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(1)), occurred(1, NOW));
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(2)), occurred(2, NOW.minus(Duration.ofDays(5))));
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(3)), occurred(3, NOW.minus(Duration.ofDays(6))));
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(4)), occurred(4, NOW));
        ledger().record(write);
        assertThat(due(10, BacklogOrder.NEWEST)).containsExactly(offset(3), offset(2), offset(4), offset(1));
        assertThat(due(10, BacklogOrder.OLDEST)).containsExactly(offset(3), offset(2), offset(1), offset(4));
        assertThat(due(1, BacklogOrder.NEWEST)).containsExactly(offset(3));
    }

    /// Five days and older is urgent.
    private List<Long> due(int max, BacklogOrder order) {
        DueQuery query = new DueQuery(NOW, max, Set.of(), order, NOW.minus(Duration.ofDays(5)));
        return ledger().due(List.of(stream()), key, query).stream()
                .map(e -> e.event().offset())
                .toList();
    }

    @Test
    void destinationsWithBacklogTellWhenTheFirstIsDue() {
        LedgerWrite write = write(1);
        Destination.Key other = new Destination.Key(UUID.randomUUID(), Platform.TIKTOK);
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(1)), entry(1, NOW.plusSeconds(9)));
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(2)), entry(2, NOW.plusSeconds(3)));
        write.backlog.put(
                new LedgerWrite.BacklogKey(other, offset(2)),
                new BacklogEntry(
                        stream(),
                        other,
                        new EventRef(offset(2), NOW),
                        "app_1",
                        NOW,
                        new BacklogEntry.Progress(0, null, NOW)));
        ledger().record(write);
        assertThat(ledger().destinationsWithBacklog(List.of(stream())))
                .containsExactlyInAnyOrder(
                        new DeliveryLedger.DueDestination(key, NOW.plusSeconds(3)),
                        new DeliveryLedger.DueDestination(other, NOW));
        assertThat(ledger().destinationsWithBacklog(List.of(stream() + 1))).isEmpty();
    }

    @Test
    void anEntryIsUpdatedInPlaceAndLeavesWhenSettled() {
        LedgerWrite.BacklogKey waiting = new LedgerWrite.BacklogKey(key, offset(1));
        LedgerWrite first = write(1);
        first.backlog.put(waiting, entry(1, NOW));
        ledger().record(first);
        LedgerWrite second = write(2);
        second.backlog.put(waiting, entry(1, NOW.plusSeconds(30)));
        ledger().record(second);
        assertThat(ledger().due(List.of(stream()), key, DeliveryFixtures.query(NOW, 10, Set.of())))
                .isEmpty();
        assertThat(ledger().finish(stream())).isFalse();
        LedgerWrite third = write(3);
        third.settledBacklog.add(waiting);
        ledger().record(third);
        assertThat(ledger().due(List.of(stream()), key, DeliveryFixtures.query(NOW.plusSeconds(60), 10, Set.of())))
                .isEmpty();
        assertThat(ledger().finish(stream())).isTrue();
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
                DestinationState.Phase.STOPPED,
                "TOKEN",
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
