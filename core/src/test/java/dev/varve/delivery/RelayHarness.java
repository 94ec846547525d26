package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Destination;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.InMemoryEventLog;
import dev.varve.identity.InMemoryProfiles;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;

/// A relay on a clock that only the test moves, with stores in memory and one platform.
final class RelayHarness implements AutoCloseable {
    /// Nothing waits for company, so that no test has to move the clock for it.
    static final DeliverySettings AT_ONCE = new DeliverySettings(
            1000,
            Duration.ZERO,
            DeliverySettings.DEFAULT.backoff(),
            DeliverySettings.DEFAULT.probing(),
            BacklogOrder.OLDEST);

    private volatile Instant now = Instant.parse("2026-11-04T12:00:00Z");
    final InstantSource clock = () -> now;
    final FakeConnector meta = new FakeConnector(Platform.META, clock);
    final InMemoryEventLog log = new InMemoryEventLog();
    final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
    final Map<UUID, Destination> destinations = new ConcurrentHashMap<>();
    final List<Instant> sentAt = Collections.synchronizedList(new ArrayList<>());
    /// Events that were sent after their age window had closed.
    final AtomicInteger sentTooOld = new AtomicInteger();

    final Relay relay;
    private int appended;

    RelayHarness(DeliverySettings settings) {
        useToken(DeliveryFixtures.PROJECT, "token-1");
        relay = new Relay(
                new RelayPorts(
                        log,
                        ledger,
                        appId -> Optional.of(DeliveryFixtures.app()),
                        key -> Optional.ofNullable(destinations.get(key.projectId())),
                        new InMemoryProfiles(),
                        (mode, platform, pixelId) -> Set.of()),
                List.of(meta),
                settings,
                MemoryBudget.ofHeap(),
                clock);
        answer(events -> meta.delivered(events.size()));
        relay.start();
    }

    void useToken(UUID project, String token) {
        Destination known = DeliveryFixtures.destination(Platform.META, token);
        destinations.put(
                project,
                new Destination(
                        new Destination.Key(project, Platform.META),
                        true,
                        true,
                        known.pixelId(),
                        known.accessToken(),
                        known.endpoint(),
                        known.mapping()));
    }

    void answer(Function<List<PreparedEvent>, AttemptOutcome> behaviour) {
        meta.behaviour = events -> {
            sentAt.add(now);
            events.stream()
                    .filter(e -> !e.event()
                            .event()
                            .occurredAt()
                            .plus(Duration.ofDays(7))
                            .isAfter(now))
                    .forEach(e -> sentTooOld.incrementAndGet());
            return behaviour.apply(events);
        };
    }

    void advance(Duration time) {
        now = now.plus(time);
    }

    /// Moves the clock step by step until the condition holds.
    void advanceUntil(Duration step, BooleanSupplier condition) {
        until(() -> {
            advance(step);
            return condition.getAsBoolean();
        });
    }

    void append(int events) {
        append(DeliveryFixtures.PROJECT, events);
    }

    /// Bytes of the documents of events to come.
    int documentBytes = 2;

    void append(UUID project, int events) {
        int first = appended;
        appended += events;
        log.append(new EventBatch(
                now,
                IntStream.range(first, appended)
                        .mapToObj(i -> event(project, i))
                        .toList()));
    }

    private Event event(UUID project, int number) {
        Event known = DeliveryFixtures.event("e-" + number, now);
        return new Event(
                new EventIdentity(project, DeliveryFixtures.APP, "e-" + number, "purchase_success"),
                known.occurredAt(),
                known.source(),
                known.synthetic(),
                known.sender(),
                known.consent(),
                documentBytes == 2 ? known.document() : new byte[documentBytes],
                known.origin());
    }

    /// Every event that was appended is either settled or in the ledger.
    void awaitRecorded() {
        until(() -> relay.plannedEvents() == appended && relay.openEvents() == 0 && relay.waitingRows() == 0);
    }

    /// Requests whose answer the lane has met and the ledger has.
    int blocksRecorded() {
        return (int) ledger.requests().stream()
                .filter(request -> request.outcome().equals("throttled"))
                .count();
    }

    int forwarded() {
        return ledger.receipts(ReceiptState.FORWARDED);
    }

    DestinationState state() {
        Destination.Key key = new Destination.Key(DeliveryFixtures.PROJECT, Platform.META);
        return ledger.state(key).orElseGet(() -> DestinationState.fresh(key));
    }

    Receipt receipt(int position) {
        return ledger.receipt(EventLog.firstOffset(log.ownStreams().getFirst()) + 1 + position, Platform.META)
                .orElseThrow();
    }

    static void until(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(30);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("the condition came true in time").isBefore(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() {
        relay.close();
        log.close();
    }
}
