package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.PartlyRejected;
import dev.varve.destination.AttemptOutcome.PartlyStored;
import dev.varve.destination.AttemptOutcome.Rejected;
import dev.varve.destination.AttemptOutcome.Unavailable;
import dev.varve.destination.Destination;
import dev.varve.destination.Pace;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.Platform;
import dev.varve.identity.ConsentLookup;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// One batch and the platform's verdicts on it: only guilty events die, and finding them costs few requests.
class GuiltyEventsTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private final FakeConnector meta = new FakeConnector(Platform.META, InstantSource.fixed(NOW));
    private final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
    private final Recorder recorder = new Recorder(ledger, new OpenTwins());
    private final Destination destination = DeliveryFixtures.destination(Platform.META, "token-1");
    private final MemoryBudget budget = new MemoryBudget(1L << 30);
    private final DestinationLane lane = new DestinationLane(
            destination.key(),
            meta,
            new DestinationLane.Shared(RelayHarness.AT_ONCE, budget, new LaneTurns()),
            DestinationState.fresh(destination.key()),
            NOW);
    private final LaneSender sender = new LaneSender(
            new ItemFates(recorder, new Consenting(ConsentLookup.NONE)),
            recorder,
            new RetryPolicy(RelayHarness.AT_ONCE, RandomGenerator.getDefault()),
            new TokenPauses(),
            new PlatformLimits.All(),
            InstantSource.fixed(NOW));

    private void send(int events) {
        send(events, 0);
    }

    private void send(int events, int triesBefore) {
        for (int i = 0; i < events; i++) {
            LaneItem item = DeliveryFixtures.item(i, NOW);
            item.attempts = triesBefore;
            assertThat(lane.offer(item)).isTrue();
        }
        sender.send(lane, destination, lane.takeBatch(NOW));
        lane.requestEnded(NOW);
        recorder.flush();
        assertThat(budget.taken()).isZero();
    }

    private void refuse(IntPredicate guilty) {
        meta.behaviour = events -> events.stream().anyMatch(e -> guilty.test(number(e)))
                ? new Rejected(meta.answer(400, 100), "missing_currency", 1)
                : meta.delivered(events.size());
    }

    private static int number(PreparedEvent event) {
        return (int) event.event().offset();
    }

    @Property(tries = 60)
    void aPoisonEventInAThousandIsFoundByHalving(@ForAll @IntRange(min = 0, max = 999) int poison) {
        GuiltyEventsTest fresh = new GuiltyEventsTest();
        fresh.refuse(n -> n == poison);
        fresh.send(1_000);
        assertThat(fresh.meta.requests).hasSizeLessThanOrEqualTo(2 * 10 + 1);
        assertThat(fresh.ledger.deadLetters())
                .singleElement()
                .satisfies(letter -> assertThat(letter.event().offset()).isEqualTo(poison));
        assertThat(fresh.meta.delivered).hasSize(999).doesNotHaveDuplicates();
    }

    @Property(tries = 60)
    void onlyTheGuiltyDieHoweverManyTheyAre(
            @ForAll @IntRange(min = 1, max = 300) int events, @ForAll @IntRange(min = 0, max = 300) int guilty) {
        GuiltyEventsTest fresh = new GuiltyEventsTest();
        Set<Integer> bad = new HashSet<>();
        new Random(guilty).ints(guilty, 0, events).forEach(bad::add);
        fresh.refuse(bad::contains);
        fresh.send(events);
        assertThat(fresh.ledger.receipts(ReceiptState.DEAD)).isEqualTo(bad.size());
        assertThat(fresh.ledger.receipts(ReceiptState.FORWARDED)).isEqualTo(events - bad.size());
        assertThat(fresh.meta.delivered).doesNotHaveDuplicates();
    }

    @Test
    void aBatchOfManyGuiltyEventsIsSentSinglyInsteadOfHalved() {
        refuse(n -> true);
        send(256);
        assertThat(ledger.deadLetters()).hasSize(256);
        assertThat(meta.requests).hasSizeLessThan(256 + 40);
    }

    @Test
    void namedGuiltyEventsAreTakenOutUntilEightRoundsThenHalvingDecides() {
        Set<Integer> bad = Set.of(3, 5, 8, 13, 21, 34, 55, 89, 90, 91);
        meta.behaviour = events -> named(events, bad);
        send(100);
        assertThat(ledger.receipts(ReceiptState.DEAD)).isEqualTo(10);
        assertThat(meta.delivered).hasSize(90).doesNotHaveDuplicates();
        assertThat(meta.requests.subList(0, 10))
                .extracting(List::size)
                .containsExactly(100, 99, 98, 97, 96, 95, 94, 93, 92, 46);
    }

    /// The first guilty one by its index.
    private AttemptOutcome named(List<PreparedEvent> events, Set<Integer> bad) {
        Map<Integer, String> guilty = new HashMap<>();
        for (int i = 0; i < events.size() && guilty.isEmpty(); i++) {
            if (bad.contains(number(events.get(i)))) {
                guilty.put(i, "platform_rejected");
            }
        }
        return guilty.isEmpty() ? meta.delivered(events.size()) : new PartlyRejected(meta.answer(200, 40002), guilty);
    }

    /// What others passed since tells it from an outage; `UnknownErrorTest` has the rest of its way.
    @Test
    void anEventThatMakesThePlatformFailIsFoundAndSetAside() {
        lane.succeeded(new LaneHealth.Success(NOW, lane.generation(), Pace.FULL, null));
        meta.behaviour = events -> events.stream().anyMatch(e -> number(e) == 7)
                ? new Unavailable(meta.answer(500, 1), false, 5)
                : meta.delivered(events.size());
        send(64, 4);
        assertThat(ledger.receipts(ReceiptState.FORWARDED)).isEqualTo(63);
        assertThat(ledger.isWaiting(7, Platform.META)).isTrue();
        assertThat(lane.isFlowing()).isTrue();
        assertThat(meta.requests).hasSizeLessThanOrEqualTo(2 * 6 + 1);
    }

    @Test
    void aFailureThatIsNotTriedOftenEnoughOnlyRests() {
        lane.succeeded(new LaneHealth.Success(NOW, lane.generation(), Pace.FULL, null));
        meta.behaviour = events -> new Unavailable(meta.answer(500, 1), false, 5);
        send(64, 3);
        assertThat(meta.requests).hasSize(1);
        assertThat(ledger.backlogSize()).isEqualTo(64);
    }

    @Test
    void aSearchThatMeetsAnOutageEndsAtItsFirstEvent() {
        lane.succeeded(new LaneHealth.Success(NOW, lane.generation(), Pace.FULL, null));
        meta.behaviour = events -> new Unavailable(meta.answer(500, 1), false, 5);
        send(1_000, 4);
        assertThat(meta.requests).hasSizeLessThanOrEqualTo(11);
        assertThat(ledger.deadLetters()).isEmpty();
        assertThat(ledger.backlogSize()).isEqualTo(1_000);
    }

    @Test
    void notesOfADeliveryStandInTheReceipts() {
        meta.behaviour = events -> new Delivered(meta.answer(200, 0), events.size(), Pace.FULL, List.of("warned"));
        send(2);
        assertThat(ledger.receipt(1, Platform.META).orElseThrow().settlement().notes())
                .containsExactly("warned");
    }

    @Test
    void whatIsStoredInPartGoesOnceMoreAndThenCountsAsForwarded() {
        meta.behaviour = events -> new PartlyStored(meta.answer(200, 20001));
        send(3);
        assertThat(ledger.receipts(ReceiptState.FORWARDED)).isZero();
        assertThat(ledger.backlogSize()).isEqualTo(3);
        send(5, 1);
        assertThat(ledger.receipts(ReceiptState.FORWARDED)).isEqualTo(3);
        assertThat(ledger.receipt(1, Platform.META).orElseThrow().settlement().notes())
                .containsExactly("partial");
    }

    @Test
    void aDestinationThatIsThrottledInTheMiddleOfASearchKeepsTheRestForLater() {
        meta.behaviour = events -> switch (meta.requests.size()) {
            case 1 -> new Rejected(meta.answer(400, 100), "missing_currency", 1);
            default -> new AttemptOutcome.Throttled(meta.answer(429, null), Optional.of(Duration.ofMinutes(5)));
        };
        send(10);
        assertThat(meta.requests).hasSize(2);
        assertThat(ledger.backlogSize()).isEqualTo(10);
        assertThat(lane.takeBatch(NOW.plusSeconds(299))).isEmpty();
    }
}
