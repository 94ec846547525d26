package dev.varve.store.postgres.timeline;

import dev.varve.delivery.BacklogEntry;
import dev.varve.delivery.DeadLetter;
import dev.varve.delivery.LedgerWrite;
import dev.varve.delivery.Receipt;
import dev.varve.delivery.ReceiptState;
import dev.varve.delivery.RollupKey;
import dev.varve.destination.Destination;
import dev.varve.event.EventIdentity;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

/// A relay that does random things to one log stream and tells the real ledger of them in the way the real one does:
/// receipts and backlog entries in any order, `accepted` and `skipped.disabled` when the position passes.
final class RelayModel {
    static final Duration SPAN = Duration.ofMinutes(4);
    static final List<String> APPS = List.of("app_a", "app_b");
    private static final List<String> REASONS = List.of("unmapped", "consent");

    final UUID project;
    final List<ModelEvent> events = new ArrayList<>();
    private final Instant start;
    private final Database database;
    private final Random random;
    private final long stream;
    private final UUID writer = UUID.randomUUID();
    private long writes;

    RelayModel(Database database, UUID project, Instant start, Random random) {
        this.database = database;
        this.project = project;
        this.start = start;
        this.random = random;
        this.stream = database.jdbi().withHandle(handle -> {
            long opened = handle.createQuery("insert into log_stream (position) values (0) returning stream")
                    .mapTo(Long.class)
                    .one();
            handle.execute("update log_stream set position = stream << 40 where stream = ?", opened);
            return opened;
        });
    }

    long stream() {
        return stream;
    }

    void append(int count) {
        for (int i = 0; i < count; i++) {
            events.add(insert(new LoggedEvent(
                    EventLog.firstOffset(stream) + events.size() + 1,
                    start.plus(random.nextLong(SPAN.toNanos()), ChronoUnit.NANOS)
                            .truncatedTo(ChronoUnit.MICROS),
                    ModelEvent.event(
                            new EventIdentity(
                                    project, pick(APPS), UUID.randomUUID().toString(), "purchase"),
                            start.minus(Duration.ofDays(random.nextInt(20))),
                            random.nextInt(8) == 0))));
        }
    }

    private ModelEvent insert(LoggedEvent logged) {
        database.jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name,"
                                + " source, synthetic, document) values (?, ?, ?, ?, ?, ?, ?, 0, ?, '{}')",
                        logged.offset(),
                        logged.event().occurredAt().atOffset(ZoneOffset.UTC),
                        logged.receivedAt().atOffset(ZoneOffset.UTC),
                        project,
                        logged.identity().appId(),
                        logged.identity().eventId(),
                        logged.identity().name(),
                        logged.event().synthetic()));
        return new ModelEvent(logged);
    }

    /// Plans and settles some events, moves the position as far as it may go, and writes all of it at once.
    void work() {
        LedgerWrite write = new LedgerWrite(writer, ++writes);
        for (ModelEvent event : events) {
            for (Platform platform : Platform.values()) {
                if (random.nextInt(3) == 0) {
                    step(write, event, new Destination.Key(project, platform));
                }
            }
        }
        if (random.nextBoolean()) {
            advance(write);
        }
        new PostgresDeliveryLedger(database.jdbi()).record(write);
    }

    private void step(LedgerWrite write, ModelEvent event, Destination.Key key) {
        ModelEvent.Place place = event.places.get(key.platform());
        boolean isWaiting =
                place != null && (place.state() == ReceiptState.PENDING || place.state() == ReceiptState.RETRYING);
        if (place != null && !isWaiting) {
            return;
        }
        int choice = random.nextInt(isWaiting ? 4 : 5);
        if (choice == 3) {
            int tried = place == null ? 0 : place.attempts();
            spill(write, event, key, tried + random.nextInt(2));
        } else if (choice == 4) {
            event.places.put(key.platform(), ModelEvent.Place.OFF);
        } else {
            settle(write, event, key, choice);
            if (isWaiting) {
                write.settledBacklog.add(new LedgerWrite.BacklogKey(key, event.logged.offset()));
            }
        }
    }

    private void spill(LedgerWrite write, ModelEvent event, Destination.Key key, int attempts) {
        Instant receivedAt = event.logged.receivedAt();
        write.backlog.put(
                new LedgerWrite.BacklogKey(key, event.logged.offset()),
                new BacklogEntry(
                        stream,
                        key,
                        event.ref(),
                        event.app(),
                        receivedAt,
                        event.logged.event().synthetic(),
                        new BacklogEntry.Progress(attempts, receivedAt, receivedAt)));
        ReceiptState state = attempts == 0 ? ReceiptState.PENDING : ReceiptState.RETRYING;
        event.places.put(key.platform(), new ModelEvent.Place(state, null, attempts));
    }

    private void settle(LedgerWrite write, ModelEvent event, Destination.Key key, int choice) {
        switch (choice) {
            case 0 -> receipt(write, event, key, ReceiptState.FORWARDED, null, RollupKey.SETTLED);
            case 1 -> {
                String reason = pick(REASONS);
                receipt(write, event, key, ReceiptState.SKIPPED, reason, RollupKey.SKIPPED_PREFIX + reason);
            }
            default -> {
                receipt(write, event, key, ReceiptState.DEAD, "missing_value", RollupKey.DEAD_PREFIX + "missing_value");
                if (event.isReal()) {
                    write.deadLetters.add(letter(event, key));
                }
            }
        }
    }

    private void receipt(
            LedgerWrite write,
            ModelEvent event,
            Destination.Key key,
            ReceiptState state,
            @org.jspecify.annotations.Nullable String reason,
            String metric) {
        write.receipts.add(new Receipt(
                event.ref(), key, state, reason, "Purchase", new Receipt.Settlement(start, 1, null, List.of())));
        count(write, event, key, metric);
        event.places.put(key.platform(), new ModelEvent.Place(state, reason, 0));
    }

    private DeadLetter letter(ModelEvent event, Destination.Key key) {
        return new DeadLetter(
                event.logged,
                key,
                "missing_value",
                "VALIDATION",
                new DeadLetter.Failure(1, start, start, "no value", null),
                start.plus(Duration.ofDays(7)));
    }

    private void advance(LedgerWrite write) {
        for (ModelEvent event : events) {
            if (event.isPassed) {
                continue;
            }
            if (event.places.size() < Platform.values().length) {
                return;
            }
            event.isPassed = true;
            write.positions.put(stream, event.logged.offset());
            for (Platform platform : Platform.values()) {
                Destination.Key key = new Destination.Key(project, platform);
                count(write, event, key, RollupKey.ACCEPTED);
                if (Objects.requireNonNull(event.places.get(platform)).state() == null) {
                    count(write, event, key, RollupKey.SKIPPED_PREFIX + "disabled");
                }
            }
        }
    }

    private static void count(LedgerWrite write, ModelEvent event, Destination.Key key, String metric) {
        if (event.isReal()) {
            write.count(new RollupKey(key, event.app(), event.logged.receivedAt(), metric), LedgerWrite.NO_STREAM, 1);
        }
    }

    /// Every dead letter of the project was put back.
    void replayed() {
        for (ModelEvent event : events) {
            event.places.replaceAll((platform, place) -> event.isReal() && place.state() == ReceiptState.DEAD
                    ? new ModelEvent.Place(ReceiptState.PENDING, null, 0)
                    : place);
        }
    }

    Stream<ModelEvent> arrived(Instant since, Instant until) {
        return events.stream()
                .filter(ModelEvent::isReal)
                .filter(e -> !e.logged.receivedAt().isBefore(since)
                        && e.logged.receivedAt().isBefore(until));
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
