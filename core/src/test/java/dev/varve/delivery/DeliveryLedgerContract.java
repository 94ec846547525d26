package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What every delivery ledger must do.
public abstract class DeliveryLedgerContract {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private final UUID writer = UUID.randomUUID();
    private final Destination.Key key = new Destination.Key(UUID.randomUUID(), Platform.META);

    /// A ledger that knows the stream, and that stream.
    protected abstract DeliveryLedger ledger();

    protected abstract long stream();

    /// Makes the event one of the log, where a ledger finds whose it is.
    protected abstract void log(LoggedEvent event);

    /// Puts a dead letter back into the backlog, as a person's replay does.
    protected abstract void replay(long offset, Platform platform);

    protected abstract List<StoredLetter> letters();

    /// `id` null where a ledger has none.
    public record StoredLetter(
            @Nullable String id,
            String reason,
            int attempts,
            Instant firstAt,
            Instant lastAt,
            @Nullable String payload) {}

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

    protected final LoggedEvent logged(long position, String appId, String eventId) {
        LoggedEvent event = new LoggedEvent(
                offset(position),
                NOW,
                new Event(
                        new EventIdentity(key.projectId(), appId, eventId, "purchase_success"),
                        NOW,
                        EventSource.SDK,
                        false,
                        SenderFacts.NONE,
                        Consent.UNSTATED,
                        "{}".getBytes(StandardCharsets.UTF_8),
                        RequestOrigin.UNKNOWN));
        log(event);
        return event;
    }

    private static final Twin TWIN = new Twin(Platform.META, "900", "Purchase", "e-1", Set.of("app_b", "app_c"));

    protected final Set<Twin> twins(Instant since) {
        return ledger().forwardedTwins(
                        List.of(
                                TWIN,
                                new Twin(Platform.TIKTOK, "900", "Purchase", "e-1", TWIN.otherApps()),
                                new Twin(Platform.META, "901", "Purchase", "e-1", TWIN.otherApps()),
                                new Twin(Platform.META, "900", "Lead", "e-1", TWIN.otherApps()),
                                new Twin(Platform.META, "900", "Purchase", "e-2", TWIN.otherApps()),
                                new Twin(Platform.META, "900", "Purchase", "e-1", Set.of("app_a"))),
                        since);
    }

    protected final void settle(long position, ReceiptState state) {
        LedgerWrite write = write(position);
        UUID request = UUID.randomUUID();
        write.requests.add(new ForwardRequest(
                request,
                key,
                "900",
                new ForwardRequest.Carried(1, List.of("e-1")),
                "forwarded",
                new Answer(NOW, Duration.ofMillis(12), 200, null, null, null)));
        write.receipts.add(new Receipt(
                new EventRef(offset(position), NOW),
                key,
                state,
                null,
                "Purchase",
                new Receipt.Settlement(NOW, 1, request, List.of())));
        ledger().record(write);
    }

    @Test
    void aForwardedTwinIsOneOfTheSamePlatformPixelNameAndIdFromAnotherApp() {
        logged(1, "app_b", "e-1");
        assertThat(twins(NOW)).isEmpty();
        settle(1, ReceiptState.FORWARDED);
        assertThat(twins(NOW)).containsExactly(TWIN);
        assertThat(twins(NOW.plusMillis(1))).isEmpty();
        assertThat(ledger().forwardedTwins(List.of(), NOW)).isEmpty();
    }

    @Test
    void aTwinThatEndedOtherwiseIsNone() {
        logged(1, "app_b", "e-1");
        logged(2, "app_c", "e-1");
        settle(1, ReceiptState.DEAD);
        settle(2, ReceiptState.SKIPPED);
        assertThat(twins(NOW)).isEmpty();
    }

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
        assertThat(letters())
                .extracting(StoredLetter::payload)
                .containsExactly("{\"user_data\":{\"client_ip_address\":\"[masked]\",\"em\":[\"0a\"]}}");
    }

    @Test
    void aReplayedEventThatIsSettledTakesItsDeadLetterAlong() {
        LoggedEvent event = died(1);
        replay(event.offset(), Platform.META);
        assertThat(letters()).hasSize(1);
        assertThat(ledger().due(List.of(stream()), key, DeliveryFixtures.query(NOW, 10, Set.of())))
                .hasSize(1);
        LedgerWrite forwarded = write(2);
        forwarded.receipts.add(receipt(1, Platform.META));
        forwarded.settledBacklog.add(new LedgerWrite.BacklogKey(key, event.offset()));
        ledger().record(forwarded);
        assertThat(letters()).isEmpty();
        assertThat(ledger().due(List.of(stream()), key, DeliveryFixtures.query(NOW, 10, Set.of())))
                .isEmpty();
        assertThat(ledger().entriesAfter(stream(), offset(0)))
                .containsExactly(new LedgerWrite.Entry(event.offset(), Platform.META));
    }

    @Test
    void aReplayedEventThatDiesAgainRenewsItsDeadLetter() {
        LoggedEvent event = died(1);
        List<StoredLetter> before = letters();
        replay(event.offset(), Platform.META);
        LedgerWrite again = write(2);
        Instant later = NOW.plusSeconds(30);
        again.deadLetters.add(letter(event, "missing_currency", later));
        again.receipts.add(dead(event));
        again.settledBacklog.add(new LedgerWrite.BacklogKey(key, event.offset()));
        ledger().record(again);
        assertThat(letters()).singleElement().satisfies(letter -> {
            assertThat(letter.id()).isEqualTo(before.getFirst().id());
            assertThat(letter.reason()).isEqualTo("missing_currency");
            assertThat(letter.attempts()).isEqualTo(4);
            assertThat(letter.firstAt()).isEqualTo(NOW);
            assertThat(letter.lastAt()).isEqualTo(later);
        });
        replay(event.offset(), Platform.META);
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
        assertThat(letters()).extracting(StoredLetter::reason).containsExactly("platform_rejected");
    }
}
