package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.event.Platform;
import dev.varve.eventlog.EventBatch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A process that writes two streams: nothing of either is passed over, and what came first is planned first.
class OwnStreamsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private final InstantSource clock = InstantSource.system();
    private final FakeConnector meta = new FakeConnector(Platform.META, clock);
    private final ListLog log = new ListLog(2);
    private final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
    private final Instant begin = clock.instant();
    private int appended;
    private Relay relay = start();

    private Relay start() {
        Relay started = new Relay(
                new RelayPorts(
                        log,
                        ledger,
                        appId -> Optional.of(DeliveryFixtures.app()),
                        key -> key.platform() == Platform.META
                                ? Optional.of(DeliveryFixtures.destination(Platform.META, "m"))
                                : Optional.empty(),
                        new FlakyProfiles(),
                        (mode, platform, pixelId) -> Set.of()),
                List.of(meta),
                DeliverySettings.DEFAULT,
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
    void whatIsHandedOverIsPlannedInTheOrderOfItsAcknowledgements() {
        until(relay::isHandedOver);
        for (int i = 0; i < 400; i++) {
            append(1 + i % 2, 1);
        }
        until(this::isCaughtUp);
        assertThat(new ArrayList<>(meta.prepared)).isEqualTo(ids(0, 400));
    }

    /// More than the hand-over holds: it overflows, and both streams are read.
    @Test
    void afterAnOverflowNothingOfEitherStreamIsPassedOver() {
        until(relay::isHandedOver);
        for (int i = 0; i < 10; i++) {
            append(1 + i % 2, Handover.LIMIT / 4);
            append(1, 7);
        }
        until(this::isCaughtUp);
        assertThat(meta.prepared).containsExactlyInAnyOrderElementsOf(ids(0, appended));
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == appended);
    }

    /// Of twenty events one lies in the second stream. Read in equal parts, it would run far ahead.
    @Test
    void ofAStoredBacklogTheStreamThatIsFurtherBehindGoesOn() {
        relay.close();
        for (int i = 0; i < 300; i++) {
            append(1, 19);
            append(2, 1);
        }
        relay = start();
        until(this::isCaughtUp);
        List<String> planned = new ArrayList<>(meta.prepared);
        assertThat(planned).hasSize(6_000);
        int worst = 0;
        for (int place = 0; place < planned.size(); place++) {
            worst = Math.max(
                    worst, Math.abs(place - Integer.parseInt(planned.get(place).substring(2))));
        }
        assertThat(worst).isLessThan(3 * LogReader.CHUNK);
    }

    /// What is written to the new stream before its reading begins meets a closed hand-over, which then opens.
    @Test
    void aStreamThatBeginsWhileTheReaderCatchesUpIsReadFromItsBegin() {
        relay.close();
        append(1, 5);
        log.changeStreamAtNextRead(3, () -> append(3, 5));
        relay = start();
        until(() -> ledger.position(1) == log.last(1));
        append(3, 5);
        until(() -> ledger.position(3) == log.last(3));
        assertThat(meta.prepared).containsExactlyInAnyOrderElementsOf(ids(0, 15));
    }

    private void append(long stream, int events) {
        List<dev.varve.event.Event> batch = ids(appended, appended + events).stream()
                .map(id -> DeliveryFixtures.event(id, begin))
                .toList();
        appended += events;
        log.append(stream, new EventBatch(begin.plusMillis(appended), batch));
    }

    private static List<String> ids(int from, int to) {
        List<String> ids = new ArrayList<>();
        for (int i = from; i < to; i++) {
            ids.add("e-" + i);
        }
        return ids;
    }

    private boolean isCaughtUp() {
        return ledger.position(1) == log.last(1) && ledger.position(2) == log.last(2);
    }

    private static void until(BooleanSupplier condition) {
        Instant deadline = Instant.now().plus(SOON);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("the condition came true in time").isBefore(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
