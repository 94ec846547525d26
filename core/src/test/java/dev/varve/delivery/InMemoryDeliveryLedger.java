package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// A ledger for tests that need no database; passes `DeliveryLedgerContract`.
public final class InMemoryDeliveryLedger implements DeliveryLedger {
    private final Map<LedgerWrite.Entry, Receipt> receipts = new HashMap<>();
    private final Map<LedgerWrite.BacklogKey, BacklogEntry> backlog = new HashMap<>();
    private final Map<Destination.Key, DestinationState> states = new HashMap<>();
    private final Map<Long, Long> positions = new HashMap<>();
    private final Map<UUID, Long> writers = new HashMap<>();
    private final Map<RollupKey, Long> counts = new HashMap<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private final List<ForwardRequest> requests = new ArrayList<>();
    private volatile CountDownLatch mayWrite = new CountDownLatch(0);

    @Override
    public synchronized long position(long stream) {
        return positions.getOrDefault(stream, EventLog.firstOffset(stream));
    }

    @Override
    public synchronized Set<LedgerWrite.Entry> entriesAfter(long stream, long position) {
        Set<LedgerWrite.Entry> entries = new HashSet<>();
        receipts.keySet().stream()
                .filter(e -> e.offset() > position && EventLog.streamOf(e.offset()) == stream)
                .forEach(entries::add);
        backlog.values().stream()
                .filter(e -> e.owner() == stream && e.event().offset() > position)
                .forEach(e -> entries.add(new LedgerWrite.Entry(
                        e.event().offset(), e.destination().platform())));
        return entries;
    }

    @Override
    public void record(LedgerWrite write) {
        try {
            mayWrite.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        write(write);
    }

    private synchronized void write(LedgerWrite write) {
        if (writers.getOrDefault(write.writer, 0L) >= write.number) {
            return;
        }
        writers.put(write.writer, write.number);
        write.receipts.forEach(r -> receipts.putIfAbsent(
                new LedgerWrite.Entry(r.event().offset(), r.destination().platform()), r));
        backlog.putAll(write.backlog);
        write.settledBacklog.forEach(backlog::remove);
        write.counts.forEach((key, amount) -> counts.merge(key, amount, Long::sum));
        write.states.forEach((key, state) -> states.merge(
                key, state, (there, reported) -> there.observedAt().isAfter(reported.observedAt()) ? there : reported));
        positions.putAll(write.positions);
        deadLetters.addAll(write.deadLetters);
        requests.addAll(write.requests);
    }

    @Override
    public synchronized List<BacklogEntry> due(Collection<Long> owners, Destination.Key destination, DueQuery query) {
        List<BacklogEntry> due = backlog.values().stream()
                .filter(e -> owners.contains(e.owner()) && e.destination().equals(destination))
                .filter(e -> !e.progress().nextAt().isAfter(query.now())
                        && !query.held().contains(e.event().offset()))
                .toList();
        Comparator<BacklogEntry> arrival =
                Comparator.comparingLong(e -> e.event().offset());
        return Stream.concat(
                        due.stream()
                                .filter(e -> isUrgent(e, query))
                                .sorted(Comparator.comparing(
                                                (BacklogEntry e) -> e.event().occurredAt())
                                        .thenComparing(arrival)),
                        due.stream()
                                .filter(e -> !isUrgent(e, query))
                                .sorted(query.order() == BacklogOrder.OLDEST ? arrival : arrival.reversed()))
                .limit(query.max())
                .toList();
    }

    private static boolean isUrgent(BacklogEntry entry, DueQuery query) {
        return !entry.event().occurredAt().isAfter(query.urgentUntil());
    }

    @Override
    public synchronized List<DueDestination> destinationsWithBacklog(Collection<Long> owners) {
        Map<Destination.Key, Instant> first = new HashMap<>();
        backlog.values().stream()
                .filter(e -> owners.contains(e.owner()))
                .forEach(e -> first.merge(e.destination(), e.progress().nextAt(), (a, b) -> a.isBefore(b) ? a : b));
        return first.entrySet().stream()
                .map(e -> new DueDestination(e.getKey(), e.getValue()))
                .toList();
    }

    @Override
    public synchronized Optional<DestinationState> state(Destination.Key destination) {
        return Optional.ofNullable(states.get(destination));
    }

    @Override
    public synchronized boolean finish(long stream) {
        return backlog.values().stream().noneMatch(e -> e.owner() == stream);
    }

    // What tests ask

    /// Lets every write wait until `goOn`.
    public void hang() {
        mayWrite = new CountDownLatch(1);
    }

    public void goOn() {
        mayWrite.countDown();
    }

    public synchronized boolean isWaiting(long offset, Platform platform) {
        return backlog.keySet().stream()
                .anyMatch(key -> key.offset() == offset && key.destination().platform() == platform);
    }

    public synchronized Optional<Receipt> receipt(long offset, Platform platform) {
        return Optional.ofNullable(receipts.get(new LedgerWrite.Entry(offset, platform)));
    }

    public synchronized int receipts(ReceiptState state) {
        return (int) receipts.values().stream().filter(r -> r.state() == state).count();
    }

    public synchronized int backlogSize() {
        return backlog.size();
    }

    public synchronized List<DeadLetter> deadLetters() {
        return List.copyOf(deadLetters);
    }

    public synchronized List<ForwardRequest> requests() {
        return List.copyOf(requests);
    }

    public synchronized long count(String metric) {
        return counts.entrySet().stream()
                .filter(e -> e.getKey().metric().equals(metric))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
