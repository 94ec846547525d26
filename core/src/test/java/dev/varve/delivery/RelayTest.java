package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Destination;
import dev.varve.destination.ProbeResult;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The relay with a real clock, fake platforms and stores in memory.
class RelayTest {
    private static final DeliverySettings FAST = new DeliverySettings(
            200,
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            List.of(Duration.ofMillis(30), Duration.ofMillis(30), Duration.ofMillis(30)),
            Duration.ofMinutes(15));
    private final InstantSource clock = InstantSource.system();
    private final FakeConnector meta = new FakeConnector(Platform.META, clock);
    private final FakeConnector tiktok = new FakeConnector(Platform.TIKTOK, clock);
    private final ListLog log = new ListLog(1);
    private final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
    private final Map<Platform, Destination> destinations = new ConcurrentHashMap<>(Map.of(
            Platform.META, DeliveryFixtures.destination(Platform.META, "m"),
            Platform.TIKTOK, DeliveryFixtures.destination(Platform.TIKTOK, "t")));
    private Relay relay = start();

    private Relay start() {
        Relay started = new Relay(
                new RelayPorts(
                        log,
                        ledger,
                        appId -> Optional.of(DeliveryFixtures.app()),
                        key -> Optional.ofNullable(destinations.get(key.platform())),
                        new FlakyProfiles(),
                        (mode, platform, pixelId) -> Set.of()),
                List.of(meta, tiktok),
                FAST,
                MemoryBudget.ofHeap(),
                clock);
        started.start();
        return started;
    }

    @AfterEach
    void close() {
        relay.close();
    }

    @Test
    void everyEventReachesBothPlatformsOnceInBatches() {
        append(0, 1000);
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 2000);
        assertThat(sent(meta)).hasSize(1000).doesNotHaveDuplicates();
        assertThat(sent(tiktok)).hasSize(1000).doesNotHaveDuplicates();
        assertThat(meta.requests).hasSizeLessThan(100);
        assertThat(ledger.count(RollupKey.ELIGIBLE)).isEqualTo(2000);
        assertThat(ledger.count(RollupKey.SENT)).isEqualTo(2000);
        until(() -> ledger.position(1) == EventLog.firstOffset(1) + 1000);
    }

    @Test
    void aDeadPlatformCostsTheOtherNothingAndIsServedWhenItIsBack() {
        tiktok.behaviour = events -> new AttemptOutcome.Unavailable(tiktok.answer(503, null), false);
        append(0, 500);
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 500);
        until(() -> ledger.backlogSize() == 500);
        until(() -> ledger.position(1) == EventLog.firstOffset(1) + 500);
        tiktok.behaviour = events -> tiktok.delivered(events.size());
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 1000);
        until(() -> ledger.backlogSize() == 0);
        assertThat(ledger.count(RollupKey.ELIGIBLE)).isEqualTo(1000);
    }

    @Test
    void onePoisonedEventIsFoundByHalvingAndOnlyItDies() {
        meta.behaviour = events ->
                events.stream().anyMatch(e -> e.event().identity().eventId().equals("e-77"))
                        ? new AttemptOutcome.Rejected(meta.answer(400, 100), "missing_currency", 1)
                        : meta.delivered(events.size());
        append(0, 200);
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 399);
        until(() -> ledger.deadLetters().size() == 1);
        assertThat(ledger.deadLetters().getFirst().event().identity().eventId()).isEqualTo("e-77");
        assertThat(ledger.deadLetters().getFirst().reason()).isEqualTo("missing_currency");
        assertThat(meta.requests).hasSizeLessThan(2 * 8 + 10);
    }

    @Test
    void aRefusedTokenHoldsThenStopsAndANewTokenSendsWhatWaited() {
        meta.behaviour = events ->
                new AttemptOutcome.Unauthorized(meta.answer(401, 190), AttemptOutcome.Unauthorized.Cause.TOKEN);
        meta.probeAnswer = () -> new ProbeResult.TokenRefused(meta.answer(401, 190));
        append(0, 50);
        until(() -> phase() == DestinationState.Phase.STOPPED);
        append(50, 100);
        until(() -> ledger.backlogSize() == 100);
        int asked = meta.requests.size();
        assertThat(asked).isLessThan(5);
        meta.behaviour = events -> meta.delivered(events.size());
        destinations.put(Platform.META, DeliveryFixtures.destination(Platform.META, "m-2"));
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 200);
        assertThat(phase()).isEqualTo(DestinationState.Phase.FLOWING);
    }

    @Test
    void aRestartGoesOnWhereTheLedgerStands() {
        tiktok.behaviour = events -> new AttemptOutcome.Unavailable(tiktok.answer(0, null), true);
        append(0, 300);
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 300);
        relay.close();
        append(300, 400);
        tiktok.behaviour = events -> tiktok.delivered(events.size());
        relay = start();
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 800);
        assertThat(sent(meta)).hasSize(400).doesNotHaveDuplicates();
    }

    @Test
    void aDisabledDestinationGetsNothingAndLeavesNoRow() {
        destinations.remove(Platform.TIKTOK);
        append(0, 10);
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 10);
        until(() -> ledger.position(1) == EventLog.firstOffset(1) + 10);
        assertThat(tiktok.requests).isEmpty();
        assertThat(ledger.receipt(EventLog.firstOffset(1) + 1, Platform.TIKTOK)).isEmpty();
    }

    @Test
    void anEventThatGrewTooOldWhileWaitingIsSkippedWithItsReason() {
        log.append(new EventBatch(
                clock.instant(),
                List.of(DeliveryFixtures.event("old", clock.instant().minus(Duration.ofDays(8))))));
        until(() -> ledger.receipts(ReceiptState.SKIPPED) == 2);
        assertThat(meta.requests).isEmpty();
    }

    private DestinationState.Phase phase() {
        return ledger.state(new Destination.Key(DeliveryFixtures.PROJECT, Platform.META))
                .map(DestinationState::phase)
                .orElse(DestinationState.Phase.FLOWING);
    }

    private void append(int from, int to) {
        for (int start = from; start < to; start += 50) {
            int end = Math.min(to, start + 50);
            log.append(new EventBatch(
                    clock.instant(),
                    IntStream.range(start, end)
                            .mapToObj(i -> DeliveryFixtures.event("e-" + i, clock.instant()))
                            .toList()));
        }
    }

    private static List<String> sent(FakeConnector connector) {
        synchronized (connector.requests) {
            return connector.requests.stream().flatMap(List::stream).toList();
        }
    }

    private static void until(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(20);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("the condition came true in time").isBefore(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
