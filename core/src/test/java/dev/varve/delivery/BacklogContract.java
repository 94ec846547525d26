package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What waits in a ledger: which of it comes when, and how it leaves.
public abstract class BacklogContract extends LedgerFixture {
    final BacklogEntry occurred(long position, Instant at) {
        return new BacklogEntry(
                stream(),
                key,
                new EventRef(offset(position), at),
                "app_1",
                NOW,
                false,
                new BacklogEntry.Progress(1, NOW, NOW));
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

    /// The events of a process lie in two streams, so offsets do not tell what came first.
    @Test
    void theOrderIsThatOfArrivalWhicheverStreamAnEventLiesIn() {
        LedgerWrite write = write(1);
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(1)), arrived(1, NOW.minusSeconds(10)));
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(2)), arrived(2, NOW.minusSeconds(30)));
        write.backlog.put(new LedgerWrite.BacklogKey(key, offset(3)), arrived(3, NOW.minusSeconds(20)));
        ledger().record(write);
        assertThat(due(3, BacklogOrder.OLDEST)).containsExactly(offset(2), offset(3), offset(1));
        assertThat(due(2, BacklogOrder.NEWEST)).containsExactly(offset(1), offset(3));
    }

    private BacklogEntry arrived(long position, Instant at) {
        return new BacklogEntry(
                stream(),
                key,
                new EventRef(offset(position), NOW),
                "app_1",
                at,
                true,
                new BacklogEntry.Progress(0, null, NOW));
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
                        false,
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
}
