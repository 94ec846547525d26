package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Destination;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.Platform;
import dev.varve.event.SenderFacts;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.InMemoryEventLog;
import dev.varve.identity.InMemoryConsents;
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
import org.jspecify.annotations.Nullable;

/// A relay on stores in memory with one platform, for tests of what planning does. The clock may be set ahead.
final class RelayWorld implements AutoCloseable {
    private static final DeliverySettings FAST = new DeliverySettings(
            50,
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            List.of(Duration.ofMillis(30), Duration.ofMillis(30)),
            Duration.ofMinutes(15));

    volatile Duration ahead = Duration.ZERO;
    final InstantSource clock = () -> Instant.now().plus(ahead);
    final FakeConnector meta = new FakeConnector(Platform.META, clock);
    final InMemoryEventLog log = new InMemoryEventLog();
    final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
    final FlakyProfiles profiles = new FlakyProfiles();
    final InMemoryConsents consents = new InMemoryConsents();
    final Map<Platform, Destination> destinations =
            new ConcurrentHashMap<>(Map.of(Platform.META, DeliveryFixtures.destination(Platform.META, "m")));
    volatile Set<String> pixelApps = Set.of(DeliveryFixtures.APP);
    volatile Set<String> unknownApps = Set.of();
    private long appended;
    private Relay relay;

    RelayWorld(MemoryBudget memory) {
        relay = newRelay(memory);
    }

    RelayWorld() {
        this(MemoryBudget.ofHeap());
    }

    private Relay newRelay(MemoryBudget memory) {
        return new Relay(
                new RelayPorts(
                        log,
                        ledger,
                        app -> unknownApps.contains(app) ? Optional.empty() : Optional.of(DeliveryFixtures.app(app)),
                        key -> Optional.ofNullable(destinations.get(key.platform())),
                        new RelayPorts.People(profiles, consents),
                        (mode, platform, pixel) -> pixelApps),
                List.of(meta),
                FAST,
                memory,
                clock);
    }

    void start() {
        relay.start();
    }

    /// Starts another relay on the same stores.
    void restart() {
        relay.close();
        relay = newRelay(MemoryBudget.ofHeap());
        relay.start();
    }

    static Event event(String eventId, @Nullable String userId, @Nullable String installId, Instant at, String match) {
        return event(DeliveryFixtures.APP, eventId, new SenderFacts(null, null, userId, installId, null), at, match);
    }

    static Event event(String appId, String eventId, SenderFacts sender, Instant at, String match) {
        return DeliveryFixtures.event(
                new EventIdentity(DeliveryFixtures.PROJECT, appId, eventId, "purchase_success"), sender, at, match);
    }

    /// In one group. Answers the first one's offset.
    long append(Event... events) {
        long first = EventLog.firstOffset(log.ownStreams().getFirst()) + appended + 1;
        for (Event event : events) {
            ledger.names(EventLog.firstOffset(log.ownStreams().getFirst()) + ++appended, event.identity());
        }
        log.append(new EventBatch(clock.instant(), List.of(events)));
        return first;
    }

    void untilSettled(int events) {
        until(() -> ledger.receipts(ReceiptState.FORWARDED)
                        + ledger.receipts(ReceiptState.SKIPPED)
                        + ledger.receipts(ReceiptState.DEAD)
                == events);
    }

    static void until(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(15);
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
