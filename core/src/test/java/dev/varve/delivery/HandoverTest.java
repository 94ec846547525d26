package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.SenderFacts;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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
        assertThat(handover.poll()).isNull();
        assertThat(memory.taken()).isZero();
        handover.offer(group(3, 10 + 12));
        assertThat(handover.poll()).isNull();
        handover.reopen();
        handover.offer(group(4, 100));
        Handover.Group group = Objects.requireNonNull(handover.poll());
        assertThat(memory.taken()).as("held while it is planned").isEqualTo(100);
        handover.release(group);
        assertThat(memory.taken()).isZero();
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
