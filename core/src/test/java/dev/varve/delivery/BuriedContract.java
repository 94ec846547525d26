package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Answer;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What a ledger keeps of events that died, and what a replay makes of it.
public abstract class BuriedContract extends LedgerFixture {
    private DeadLetter letter(LoggedEvent event, String reason, Instant at) {
        Answer answer = new Answer(at, Duration.ofMillis(12), 400, 100, "refused", "trace", "{\"error\":{}}");
        byte[] payload = "{\"user_data\":{\"client_ip_address\":\"192.0.2.1\",\"em\":[\"0a\"]}}"
                .getBytes(StandardCharsets.UTF_8);
        return new DeadLetter(
                event,
                key,
                reason,
                "PLATFORM_ERROR",
                new DeadLetter.Failure(2, at, at, "refused", new DeadLetter.Sent(UUID.randomUUID(), answer, payload)),
                NOW.plusSeconds(60));
    }

    private LoggedEvent died(long number) {
        LoggedEvent event = logged(1, "app_b", "e-1");
        LedgerWrite write = write(number);
        write.deadLetters.add(letter(event, "platform_rejected", NOW));
        write.receipts.add(dead(event));
        ledger().record(write);
        return event;
    }

    private Receipt dead(LoggedEvent event) {
        return new Receipt(
                new EventRef(event.offset(), NOW),
                key,
                ReceiptState.DEAD,
                "platform_rejected",
                "Purchase",
                new Receipt.Settlement(NOW, 2, null, List.of()));
    }

    @Test
    void aDeadLetterKeepsWhatWasSentWithoutWhatNamesAPerson() {
        died(1);
        assertThat(store().letters())
                .extracting(LedgerUnderTest.StoredLetter::payload)
                .containsExactly("{\"user_data\":{\"client_ip_address\":\"[masked]\",\"em\":[\"0a\"]}}");
    }

    @Test
    void aReplayedEventThatIsSettledTakesItsDeadLetterAlong() {
        LoggedEvent event = died(1);
        store().replay(event.offset(), Platform.META);
        assertThat(store().letters()).hasSize(1);
        assertThat(ledger().due(List.of(stream()), key, DeliveryFixtures.query(NOW, 10, Set.of())))
                .hasSize(1);
        LedgerWrite forwarded = write(2);
        forwarded.receipts.add(receipt(1, Platform.META));
        forwarded.settledBacklog.add(new LedgerWrite.BacklogKey(key, event.offset()));
        ledger().record(forwarded);
        assertThat(store().letters()).isEmpty();
        assertThat(ledger().due(List.of(stream()), key, DeliveryFixtures.query(NOW, 10, Set.of())))
                .isEmpty();
        assertThat(ledger().entriesAfter(stream(), offset(0)))
                .containsExactly(new LedgerWrite.Entry(event.offset(), Platform.META));
    }

    @Test
    void aReplayedEventThatDiesAgainRenewsItsDeadLetter() {
        LoggedEvent event = died(1);
        List<LedgerUnderTest.StoredLetter> before = store().letters();
        store().replay(event.offset(), Platform.META);
        LedgerWrite again = write(2);
        Instant later = NOW.plusSeconds(30);
        again.deadLetters.add(letter(event, "missing_currency", later));
        again.receipts.add(dead(event));
        again.settledBacklog.add(new LedgerWrite.BacklogKey(key, event.offset()));
        ledger().record(again);
        assertThat(store().letters()).singleElement().satisfies(letter -> {
            assertThat(letter.id()).isEqualTo(before.getFirst().id());
            assertThat(letter.reason()).isEqualTo("missing_currency");
            assertThat(letter.attempts()).isEqualTo(4);
            assertThat(letter.firstAt()).isEqualTo(NOW);
            assertThat(letter.lastAt()).isEqualTo(later);
        });
        store().replay(event.offset(), Platform.META);
        assertThat(ledger().due(List.of(stream()), key, DeliveryFixtures.query(NOW, 10, Set.of())))
                .hasSize(1);
    }

    @Test
    void aDeadLetterThatWasNotReplayedStaysWhenItsEventIsReportedAgain() {
        LoggedEvent event = died(1);
        LedgerWrite again = write(2);
        again.deadLetters.add(letter(event, "missing_currency", NOW.plusSeconds(30)));
        again.settledBacklog.add(new LedgerWrite.BacklogKey(key, event.offset()));
        ledger().record(again);
        assertThat(store().letters())
                .extracting(LedgerUnderTest.StoredLetter::reason)
                .containsExactly("platform_rejected");
    }
}
