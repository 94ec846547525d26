package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventRef;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// What waits for a platform while its event goes away ends with a reason that says who took it.
class ErasedEventsTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final Destination.Key META = new Destination.Key(DeliveryFixtures.PROJECT, Platform.META);

    private final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
    private final Recorder recorder = new Recorder(ledger, new OpenTwins());

    @Test
    void anErasedEventsEntryEndsForLackOfConsentAndAForgottenOnesForItsAge() {
        recorder.vanished(entry(1, BacklogEntry.ERASED), NOW);
        recorder.vanished(entry(2, NOW.minusSeconds(400L * 86_400)), NOW);
        assertThat(recorder.flush()).isTrue();
        assertThat(ledger.count("skipped.consent")).isEqualTo(1);
        assertThat(ledger.count("skipped.too_old")).isEqualTo(1);
        assertThat(ledger.receipts(ReceiptState.SKIPPED)).isEqualTo(2);
    }

    private static BacklogEntry entry(long offset, Instant occurredAt) {
        return new BacklogEntry(
                1,
                META,
                new EventRef(offset, occurredAt),
                DeliveryFixtures.APP,
                NOW,
                false,
                new BacklogEntry.Progress(1, NOW, NOW));
    }
}
