package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.SenderFacts;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// Memory is bounded by bytes; what does not fit is read from the log.
class HandoverTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");

    private static List<LoggedEvent> group(long offset, int bytes) {
        String match = "\"" + "x".repeat(bytes - "{\"match\":\"\"}".length()) + "\"";
        Event event = RelayWorld.event(DeliveryFixtures.APP, "e-" + offset, SenderFacts.NONE, NOW, match);
        assertThat(event.document()).hasSize(bytes);
        return List.of(new LoggedEvent(offset, NOW, event));
    }

    @Test
    void groupsThatExceedTheBudgetShutTheHandoverUntilItIsReopened() {
        MemoryBudget memory = new MemoryBudget(1_000);
        Handover handover = new Handover(memory);
        handover.reopen();
        handover.offer(group(1, 600));
        assertThat(memory.taken()).isEqualTo(600);
        handover.offer(group(2, 600));
        assertThat(handover.isOverflowed()).isTrue();
        assertThat(handover.take()).isEmpty();
        assertThat(memory.taken()).isZero();
        handover.offer(group(3, 10 + 12));
        assertThat(handover.take()).isEmpty();
        handover.reopen();
        handover.offer(group(4, 100));
        Handover.Group group = handover.take().getFirst();
        assertThat(memory.taken()).as("held while it is planned").isEqualTo(100);
        handover.release(group);
        assertThat(memory.taken()).isZero();
    }

    @Test
    void whatWaitsIsTakenTogetherUpToAChunkAndInTheOrderInWhichItCame() {
        Handover handover = new Handover(new MemoryBudget(1L << 30));
        handover.reopen();
        int groups = LogReader.CHUNK / 25;
        for (int i = 0; i < groups + 3; i++) {
            handover.offer(Collections.nCopies(25, group(i, 100).getFirst()));
        }
        assertThat(handover.take())
                .hasSize(groups)
                .first()
                .extracting(HandoverTest::offset)
                .isEqualTo(0L);
        assertThat(handover.take())
                .extracting(HandoverTest::offset)
                .containsExactly(groups + 0L, groups + 1L, groups + 2L);
        assertThat(handover.take()).isEmpty();
    }

    @Test
    void whatIsTakenTogetherIsBoundedByBytesAndAGroupBeyondThemComesAlone() {
        MemoryBudget memory = new MemoryBudget(1L << 30);
        Handover handover = new Handover(memory);
        handover.reopen();
        int half = (int) (LogReader.GROUP_BYTES / 2);
        List.of(half, half, 100, 5 * half, 100).forEach(bytes -> handover.offer(group(bytes, bytes)));
        List<List<Handover.Group>> taken = List.of(handover.take(), handover.take(), handover.take(), handover.take());
        assertThat(taken).extracting(List::size).containsExactly(2, 1, 1, 1);
        taken.forEach(groups -> groups.forEach(handover::release));
        assertThat(memory.taken()).isZero();
    }

    private static long offset(Handover.Group group) {
        return group.events().getFirst().offset();
    }

    @Test
    void everythingArrivesThroughAHandoverThatIsFarTooSmall() {
        MemoryBudget memory = new MemoryBudget(100_000);
        try (RelayWorld world = new RelayWorld(memory)) {
            world.start();
            String large = "\"" + "x".repeat(2_000) + "\"";
            for (int i = 0; i < 200; i++) {
                world.append(RelayWorld.event("e-" + i, "u-1", "i-1", world.clock.instant(), large));
                assertThat(memory.taken()).isLessThan(100_001);
            }
            RelayWorld.until(() -> world.ledger.receipts(ReceiptState.FORWARDED) == 200);
        }
    }

    @Property
    void aBudgetIsNeverExceededExceptByOneThatIsAlone(@ForAll List<@IntRange(min = 0, max = 150) Integer> sizes) {
        MemoryBudget memory = new MemoryBudget(200);
        long held = 0;
        for (int size : sizes) {
            boolean taken = memory.tryTake(size);
            assertThat(taken).isEqualTo(held == 0 || held + size <= 100);
            held += taken ? size : 0;
            assertThat(memory.taken()).isEqualTo(held);
        }
        memory.release(held);
        assertThat(memory.taken()).isZero();
        assertThatThrownBy(() -> memory.release(1)).isInstanceOf(IllegalStateException.class);
    }
}
