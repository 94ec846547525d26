package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.event.EventIdentity;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A ledger for tests that need no database; passes `DeliveryLedgerContract`.
public final class InMemoryDeliveryLedger implements DeliveryLedger {
    private final Map<LedgerWrite.Entry, Receipt> receipts = new HashMap<>();
    private final Map<LedgerWrite.BacklogKey, BacklogEntry> backlog = new HashMap<>();
    private final Map<Destination.Key, DestinationState> states = new HashMap<>();
    private final Map<Long, Long> positions = new HashMap<>();
    private final Map<Long, Long> epochs = new HashMap<>();
    private final Map<UUID, Long> writers = new HashMap<>();
    private final Map<RollupKey, Long> counts = new HashMap<>();
    private final Map<LedgerWrite.Entry, DeadLetter> deadLetters = new LinkedHashMap<>();
    private final Set<LedgerWrite.Entry> replaying = new HashSet<>();
    private final Map<Long, EventIdentity> identities = new HashMap<>();
    private final List<ForwardRequest> requests = new ArrayList<>();
    private int twinQuestions;
    private volatile CountDownLatch mayWrite = new CountDownLatch(0);

    @Override
    public synchronized long position(long stream) {
        return positions.getOrDefault(stream, EventLog.firstOffset(stream));
    }

    @Override
    public synchronized Opened open(long stream) {
        return new Opened(position(stream), epochs.merge(stream, 1L, Long::sum));
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
    public Set<Long> record(LedgerWrite write) {
        try {
            mayWrite.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return write(write);
    }

    private synchronized Set<Long> write(LedgerWrite write) {
        Map<Long, Long> others = new HashMap<>(write.epochs);
        others.entrySet().removeAll(epochs.entrySet());
        Set<Long> stale = Set.copyOf(others.keySet());
        if (!stale.isEmpty() || writers.getOrDefault(write.writer, 0L) >= write.number) {
            return stale;
        }
        writers.put(write.writer, write.number);
        write.receipts.forEach(r -> receipts.putIfAbsent(
                new LedgerWrite.Entry(r.event().offset(), r.destination().platform()), r));
        backlog.putAll(write.backlog);
        write.settledBacklog.forEach(backlog::remove);
        write.counts.forEach((key, amount) -> counts.merge(key.key(), amount, Long::sum));
        write.states.forEach((key, state) -> states.merge(
                key, state, (there, reported) -> there.observedAt().isAfter(reported.observedAt()) ? there : reported));
        positions.putAll(write.positions);
        write.deadLetters.forEach(this::bury);
        write.settledBacklog.forEach(key -> {
            LedgerWrite.Entry entry =
                    new LedgerWrite.Entry(key.offset(), key.destination().platform());
            if (replaying.remove(entry)) {
                deadLetters.remove(entry);
            }
        });
        requests.addAll(write.requests);
        return stale;
    }

    private void bury(DeadLetter letter) {
        LedgerWrite.Entry entry = new LedgerWrite.Entry(
                letter.event().offset(), letter.destination().platform());
        DeadLetter before = deadLetters.get(entry);
        if (before == null) {
            deadLetters.put(entry, letter);
        } else if (replaying.remove(entry)) {
            deadLetters.put(entry, again(before.failure(), letter));
        }
    }

    private static DeadLetter again(DeadLetter.Failure before, DeadLetter letter) {
        DeadLetter.Failure now = letter.failure();
        return new DeadLetter(
                letter.event(),
                letter.destination(),
                letter.reason(),
                letter.code(),
                new DeadLetter.Failure(
                        before.attempts() + now.attempts(), before.firstAt(), now.lastAt(), now.message(), now.sent()),
                letter.tooOldAt());
    }

    @Override
    public synchronized Set<Twin> forwardedTwins(Collection<Twin> twins, Instant since) {
        twinQuestions++;
        return twins.stream()
                .filter(twin -> receipts.entrySet().stream().anyMatch(each -> isTwin(each, twin, since)))
                .collect(Collectors.toSet());
    }

    private boolean isTwin(Map.Entry<LedgerWrite.Entry, Receipt> each, Twin twin, Instant since) {
        Receipt receipt = each.getValue();
        EventIdentity identity = identities.get(each.getKey().offset());
        return identity != null
                && receipt.state() == ReceiptState.FORWARDED
                && each.getKey().platform() == twin.platform()
                && twin.sentAs().equals(receipt.sentAs())
                && twin.eventId().equals(identity.eventId())
                && twin.otherApps().contains(identity.appId())
                && !receipt.settlement().at().isBefore(since)
                && requests.stream()
                        .anyMatch(request ->
                                request.id().equals(receipt.settlement().requestId())
                                        && twin.pixelId().equals(request.pixelId()));
    }

    @Override
    public synchronized List<BacklogEntry> due(Collection<Long> owners, Destination.Key destination, DueQuery query) {
        List<BacklogEntry> due = backlog.values().stream()
                .filter(e -> owners.contains(e.owner()) && e.destination().equals(destination))
                .filter(e -> !e.progress().nextAt().isAfter(query.now())
                        && !query.held().contains(e.event().offset()))
                .toList();
        Comparator<BacklogEntry> arrival = Comparator.comparing(BacklogEntry::receivedAt)
                .thenComparing(e -> e.event().offset());
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
        boolean isDone = backlog.values().stream().noneMatch(e -> e.owner() == stream);
        if (isDone) {
            epochs.remove(stream);
        }
        return isDone;
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
        return List.copyOf(deadLetters.values());
    }

    /// Says whose event stands at an offset, which a real ledger finds in the log.
    public synchronized void names(long offset, EventIdentity identity) {
        identities.put(offset, identity);
    }

    /// As a replay by a person does it; false when no dead letter is there, or it is on its way already.
    public synchronized boolean replay(long offset, Platform platform, Instant now) {
        LedgerWrite.Entry entry = new LedgerWrite.Entry(offset, platform);
        DeadLetter letter = deadLetters.get(entry);
        if (letter == null || !replaying.add(entry)) {
            return false;
        }
        receipts.remove(entry);
        LoggedEvent event = letter.event();
        Destination.Key destination = letter.destination();
        if (!event.event().synthetic()) {
            String metric = RollupKey.DEAD_PREFIX + letter.reason();
            counts.merge(
                    new RollupKey(destination, event.identity().appId(), event.receivedAt(), metric), -1L, Long::sum);
        }
        backlog.put(
                new LedgerWrite.BacklogKey(destination, offset),
                new BacklogEntry(
                        EventLog.streamOf(offset),
                        destination,
                        Postings.ref(event),
                        event.identity().appId(),
                        event.receivedAt(),
                        event.event().synthetic(),
                        new BacklogEntry.Progress(0, null, now)));
        return true;
    }

    /// Counts of a platform whose metric begins so.
    public synchronized long countAll(Platform platform, String prefix) {
        return counts.entrySet().stream()
                .filter(e -> e.getKey().destination().platform() == platform
                        && e.getKey().metric().startsWith(prefix))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    public synchronized long backlogSize(Platform platform) {
        return backlog.keySet().stream()
                .filter(key -> key.destination().platform() == platform)
                .count();
    }

    public synchronized List<ForwardRequest> requests() {
        return List.copyOf(requests);
    }

    public synchronized int twinQuestions() {
        return twinQuestions;
    }

    public synchronized long count(String metric) {
        return counts.entrySet().stream()
                .filter(e -> e.getKey().metric().equals(metric))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
