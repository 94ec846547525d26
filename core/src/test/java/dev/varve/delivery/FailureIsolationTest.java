package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Destination;
import dev.varve.destination.ProbeResult;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.InMemoryEventLog;
import dev.varve.tenant.IngestApp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Defects and failures of one event, request or project: nothing is lost, nothing is sent twice, nobody else waits.
class FailureIsolationTest {
    private static final DeliverySettings FAST = new DeliverySettings(
            50,
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            List.of(Duration.ofMillis(30), Duration.ofMillis(30)),
            Duration.ofMinutes(15));
    private static final UUID OTHER_PROJECT = UUID.fromString("0c0b1c0d-0000-4000-8000-000000000001");

    private volatile Duration ahead = Duration.ZERO;
    private final InstantSource clock = () -> Instant.now().plus(ahead);
    private final FakeConnector meta = new FakeConnector(Platform.META, clock);
    private final InMemoryEventLog log = new InMemoryEventLog();
    private final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
    private final Map<UUID, Destination> destinations =
            new ConcurrentHashMap<>(Map.of(DeliveryFixtures.PROJECT, destination(DeliveryFixtures.PROJECT)));
    private final AtomicInteger failingLookUps = new AtomicInteger();
    private volatile UUID brokenProject = new UUID(0, 0);
    private final Relay relay = new Relay(
            new RelayPorts(
                    log,
                    ledger,
                    this::app,
                    this::destination,
                    new FlakyProfiles(),
                    (mode, platform, pixelId) -> Set.of()),
            List.of(meta),
            FAST,
            MemoryBudget.ofHeap(),
            clock);

    private static Destination destination(UUID project) {
        Destination known = DeliveryFixtures.destination(Platform.META, "m");
        return new Destination(
                new Destination.Key(project, Platform.META),
                true,
                true,
                known.pixelId(),
                known.accessToken(),
                known.endpoint(),
                known.mapping());
    }

    private Optional<IngestApp> app(String appId) {
        if (failingLookUps.getAndUpdate(n -> Math.max(0, n - 1)) == 1) {
            throw new IllegalStateException("as the test says");
        }
        return Optional.of(DeliveryFixtures.app());
    }

    private Optional<Destination> destination(Destination.Key key) {
        if (key.projectId().equals(brokenProject)) {
            throw new IllegalStateException("as the test says");
        }
        return Optional.ofNullable(destinations.get(key.projectId()));
    }

    @AfterEach
    void close() {
        relay.close();
        log.close();
    }

    @Test
    void anEventThatCannotBeMappedDiesAloneWhenItIsRead() {
        meta.poison = "e-7";
        relay.start();
        append(0, 20);
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 19 && ledger.receipts(ReceiptState.DEAD) == 1);
        until(() -> ledger.position(log.ownStreams().getFirst())
                == EventLog.firstOffset(log.ownStreams().getFirst()) + 20);
    }

    @Test
    void anEventThatCannotBeMappedDiesAloneWhenItComesFromTheBacklog() {
        meta.behaviour = events -> new AttemptOutcome.Unavailable(meta.answer(503, null), false);
        relay.start();
        append(0, 20);
        until(() -> ledger.backlogSize() == 20);
        meta.poison = "e-7";
        meta.behaviour = events -> meta.delivered(events.size());
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 19 && ledger.receipts(ReceiptState.DEAD) == 1);
        until(() -> ledger.backlogSize() == 0);
    }

    @Test
    void aLookUpThatFailsInTheMiddleOfAGroupLosesNothing() {
        relay.start();
        append(0, 1);
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 1);
        failingLookUps.set(10);
        append(1, 51);
        append(51, 101);
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 101);
        assertThat(sent()).hasSize(101).doesNotHaveDuplicates();
    }

    @Test
    void aDefectInTheMiddleOfASplitRequestNeitherLosesNorRepeatsAnything() {
        AtomicInteger calls = new AtomicInteger();
        meta.behaviour = events -> switch (calls.incrementAndGet()) {
            case 1 -> new AttemptOutcome.Rejected(meta.answer(400, 100), "platform_rejected", 1);
            case 2 -> meta.delivered(events.size());
            case 3 -> throw new StackOverflowError("as the test says");
            default -> meta.delivered(events.size());
        };
        relay.start();
        append(0, 20);
        until(() -> calls.get() >= 3);
        ahead = Duration.ofSeconds(6);
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 20);
        until(() -> ledger.backlogSize() == 0);
        until(() -> ledger.position(log.ownStreams().getFirst())
                == EventLog.firstOffset(log.ownStreams().getFirst()) + 20);
        assertThat(meta.delivered).hasSize(20).doesNotHaveDuplicates();
        assertThat(ledger.count(RollupKey.ELIGIBLE)).isEqualTo(20);
    }

    @Test
    void aProjectWhoseConfigurationCannotBeReadKeepsNobodyElseWaiting() {
        destinations.put(OTHER_PROJECT, destination(OTHER_PROJECT));
        meta.behaviour = events -> new AttemptOutcome.Unavailable(meta.answer(503, null), false);
        relay.start();
        append(0, 20);
        log.append(new EventBatch(clock.instant(), List.of(ofOtherProject("other"))));
        until(() -> ledger.backlogSize() == 21);
        meta.behaviour = events -> meta.delivered(events.size());
        brokenProject = OTHER_PROJECT;
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 20);
    }

    @Test
    void aProbeThatFailsIsFollowedByAnother() {
        meta.behaviour = events ->
                new AttemptOutcome.Unauthorized(meta.answer(401, 190), AttemptOutcome.Unauthorized.Cause.TOKEN);
        AtomicInteger probes = new AtomicInteger();
        meta.onProbe = () -> {
            if (probes.incrementAndGet() == 1) {
                throw new IllegalStateException("as the test says");
            }
        };
        meta.probeAnswer = () -> new ProbeResult.Unknown(meta.answer(503, null));
        relay.start();
        append(0, 1);
        until(() -> probes.get() >= 2);
    }

    @Test
    void whatWaitsForADestinationThatIsSwitchedOffIsSkipped() {
        meta.behaviour = events -> new AttemptOutcome.Unavailable(meta.answer(503, null), false);
        relay.start();
        append(0, 20);
        until(() -> ledger.backlogSize() == 20);
        destinations.clear();
        ahead = Duration.ofMinutes(2);
        until(() -> ledger.receipts(ReceiptState.SKIPPED) == 20);
        until(() -> ledger.backlogSize() == 0);
        ahead = Duration.ofMinutes(20);
        until(() -> relay.lanes(Platform.META, DestinationState.Phase.WAITING) == 0);
    }

    @Test
    void fewerAcknowledgedThanSentIsAFailureThatIsToldAndNotRepeated() {
        meta.behaviour = events -> meta.delivered(events.size() - 1);
        relay.start();
        append(0, 20);
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 20);
        assertThat(sent()).hasSize(20);
        assertThat(ledger.count(RollupKey.FAILED_ATTEMPTS)).isEqualTo(ledger.count(RollupKey.ATTEMPTS));
        assertThat(ledger.count(RollupKey.RECEIVED)).isLessThan(ledger.count(RollupKey.SENT));
        until(() -> ledger.state(new Destination.Key(DeliveryFixtures.PROJECT, Platform.META))
                .map(DestinationState::lastError)
                .filter(error -> error.message().equals("platform acknowledged fewer events than sent"))
                .isPresent());
    }

    @Test
    void closingTakesAFewSecondsEvenWhenTheLedgerHangs() {
        relay.start();
        append(0, 20);
        until(() -> ledger.receipts(ReceiptState.FORWARDED) == 20);
        ledger.hang();
        append(20, 40);
        Instant start = Instant.now();
        relay.close();
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(9));
        ledger.goOn();
    }

    private static Event ofOtherProject(String eventId) {
        Event event = DeliveryFixtures.event(eventId, Instant.now());
        return new Event(
                new EventIdentity(OTHER_PROJECT, "app_other", eventId, "purchase_success"),
                event.occurredAt(),
                event.source(),
                event.synthetic(),
                event.sender(),
                event.consent(),
                event.document(),
                event.origin());
    }

    private void append(int from, int to) {
        log.append(new EventBatch(
                clock.instant(),
                IntStream.range(from, to)
                        .mapToObj(i -> DeliveryFixtures.event("e-" + i, clock.instant()))
                        .toList()));
    }

    private List<String> sent() {
        synchronized (meta.requests) {
            return meta.requests.stream().flatMap(List::stream).toList();
        }
    }

    private static void until(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(15);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("the condition came true in time").isBefore(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
