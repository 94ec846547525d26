package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.Platform;
import dev.varve.event.SenderFacts;
import dev.varve.eventlog.EventBatch;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What was handed over while the reader was busy is planned with one question to each store, of whichever own stream
/// it is; and whatever goes wrong meanwhile, each of it is planned, once, and in the order in which it came.
class PlannedTogetherTest {
    private static final int GROUPS = 20;
    private final InstantSource clock = InstantSource.system();
    private final FakeConnector meta = new FakeConnector(Platform.META, clock);
    private final ListLog log = new ListLog(2);
    private final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
    private final FlakyProfiles profiles = new FlakyProfiles();
    private final CountDownLatch isAsked = new CountDownLatch(1);
    private volatile CountDownLatch mayAnswer = new CountDownLatch(0);
    private int appended;
    private final Relay relay = new Relay(
            new RelayPorts(
                    log,
                    ledger,
                    appId -> Optional.of(DeliveryFixtures.app()),
                    key -> Optional.of(DeliveryFixtures.destination(key.platform(), "m")),
                    profiles,
                    (mode, platform, pixelId) -> Set.of(DeliveryFixtures.APP, "app_other")),
            List.of(meta),
            DeliverySettings.DEFAULT,
            MemoryBudget.ofHeap(),
            clock);

    @BeforeEach
    void start() {
        profiles.onFind = () -> {
            isAsked.countDown();
            await(mayAnswer);
        };
        relay.start();
        RelayWorld.until(relay::isHandedOver);
    }

    @AfterEach
    void close() {
        relay.close();
    }

    /// The reader is at its first group when the others come.
    private void appendBehindABusyReader() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        mayAnswer = busy;
        append(1, 1);
        isAsked.await();
        for (int i = 0; i < GROUPS; i++) {
            append(1 + i % 2, 3);
        }
        mayAnswer = new CountDownLatch(0);
        busy.countDown();
    }

    @Test
    void groupsThatWaitCostOneLookUpEach() throws InterruptedException {
        appendBehindABusyReader();
        RelayWorld.until(() -> ledger.receipts(ReceiptState.FORWARDED) == appended);
        assertThat(profiles.finds()).isEqualTo(2);
        assertThat(ledger.twinQuestions()).isEqualTo(2);
        assertThat(new ArrayList<>(meta.prepared)).isEqualTo(ids(appended));
        assertThat(meta.delivered).doesNotHaveDuplicates();
    }

    @Test
    void aLookUpThatFailsLosesNoneOfThem() throws InterruptedException {
        profiles.failFinds(2);
        appendBehindABusyReader();
        RelayWorld.until(() -> ledger.receipts(ReceiptState.FORWARDED) == appended);
        assertThat(meta.delivered).doesNotHaveDuplicates();
    }

    @Test
    void groupsOfAStreamTheReaderDoesNotKnowYetShutTheHandoverAndAreRead() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        mayAnswer = busy;
        append(1, 1);
        isAsked.await();
        append(2, 3);
        append(3, 3);
        append(2, 3);
        log.changeStreams(List.of(3L, 2L));
        mayAnswer = new CountDownLatch(0);
        busy.countDown();
        RelayWorld.until(() -> ledger.receipts(ReceiptState.FORWARDED) == appended);
        assertThat(meta.delivered).doesNotHaveDuplicates().hasSize(appended);
    }

    private void append(long stream, int events) {
        List<Event> batch = IntStream.range(appended, appended + events)
                .mapToObj(i -> DeliveryFixtures.event(
                        new EventIdentity(DeliveryFixtures.PROJECT, DeliveryFixtures.APP, "e-" + i, "purchase_success"),
                        new SenderFacts(null, null, "u-" + i, "i-" + i, null),
                        clock.instant(),
                        "{}"))
                .toList();
        appended += events;
        log.append(stream, new EventBatch(Instant.EPOCH.plusSeconds(appended), batch));
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "e-" + i).toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
