package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Destination;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaitingProbesTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final Destination.Key META = new Destination.Key(DeliveryFixtures.PROJECT, Platform.META);

    @Test
    void whatWaitsIsKnownToBeAProbesOrNot() {
        InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
        Recorder recorder = new Recorder(ledger, new OpenTwins());
        long offset = EventLog.firstOffset(1);
        recorder.spilled(item(offset, false), META, NOW);
        recorder.spilled(item(offset + 1, true), META, NOW);
        assertThat(recorder.flush()).isTrue();
        assertThat(ledger.due(List.of(1L), META, DeliveryFixtures.query(NOW, 9, Set.of())))
                .extracting(BacklogEntry::synthetic)
                .containsExactly(false, true);
    }

    private static LaneItem item(long offset, boolean synthetic) {
        Event known = DeliveryFixtures.event("e-" + offset, NOW);
        Event event = new Event(
                known.identity(),
                known.occurredAt(),
                known.source(),
                synthetic,
                known.sender(),
                known.consent(),
                known.document(),
                known.origin());
        LoggedEvent logged = new LoggedEvent(offset, NOW, event);
        PreparedEvent prepared = new PreparedEvent(logged, "Purchase", new byte[] {'{', '}'}, "", false, List.of());
        return new LaneItem(prepared, NOW, new ProgressWindow.Tracked(logged, Set.of(), 1));
    }
}
