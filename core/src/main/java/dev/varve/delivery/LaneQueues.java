package dev.varve.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The events one lane holds in memory: live ones in order of arrival, those its backlog gave back, and those that
/// travel. Each takes its bytes of the process's budget until it is forgotten. Guarded by the lane's lock.
final class LaneQueues {
    /// Live events a lane keeps in memory; more wait in the ledger.
    static final int LIVE_LIMIT = 2_000;

    /// `linger`: how long a live event waits for others.
    record Shape(int maxEvents, int maxBytes, Duration linger) {}

    private final MemoryBudget budget;
    private final Deque<LaneItem> live = new ArrayDeque<>();
    private final Deque<LaneItem> stored = new ArrayDeque<>();
    private final Map<Long, LaneItem> inMemory = new HashMap<>();
    private boolean storedFirst;

    LaneQueues(MemoryBudget budget) {
        this.budget = budget;
    }

    /// False when the event must wait in the ledger.
    boolean addLive(LaneItem item) {
        if (live.size() >= LIVE_LIMIT || inMemory.containsKey(item.offset()) || !budget.tryTake(item.bytes())) {
            return false;
        }
        live.addLast(item);
        inMemory.put(item.offset(), item);
        return true;
    }

    /// False when the budget has no room; an event that is in memory already is passed over.
    boolean addStored(LaneItem item) {
        if (inMemory.containsKey(item.offset())) {
            return true;
        }
        if (!of(item).tryTake(item.bytes())) {
            return false;
        }
        stored.addLast(item);
        inMemory.put(item.offset(), item);
        return true;
    }

    /// The next request's events, or none. They stay in memory until `forget`.
    List<LaneItem> cut(Shape shape, Instant now) {
        Deque<LaneItem> queue = choose(shape, now);
        if (queue.isEmpty()) {
            return List.of();
        }
        storedFirst = !storedFirst;
        return cut(queue, shape);
    }

    /// Live and stored events take turns, so that neither waits for the other's end.
    private Deque<LaneItem> choose(Shape shape, Instant now) {
        boolean liveReady = isLiveReady(shape, now);
        if (storedFirst || !liveReady) {
            return stored.isEmpty() && liveReady ? live : stored;
        }
        return live;
    }

    private boolean isLiveReady(Shape shape, Instant now) {
        return !live.isEmpty() && !liveReadyAt(shape).isAfter(now);
    }

    private Instant liveReadyAt(Shape shape) {
        LaneItem oldest = live.peekFirst();
        if (oldest == null) {
            return Instant.MAX;
        }
        boolean isReady = live.size() >= shape.maxEvents() || oldest.single();
        return isReady ? Instant.MIN : oldest.queuedAt.plus(shape.linger());
    }

    /// From when on there is a request to cut, if nothing else comes; `Instant.MAX`: there is nothing.
    Instant readyAt(Shape shape) {
        return stored.isEmpty() ? liveReadyAt(shape) : Instant.MIN;
    }

    private static List<LaneItem> cut(Deque<LaneItem> queue, Shape shape) {
        List<LaneItem> batch = new ArrayList<>(Math.min(shape.maxEvents(), queue.size()));
        LaneItem first = queue.removeFirst();
        batch.add(first);
        if (first.single()) {
            return batch;
        }
        int bytes = first.prepared.payload().length;
        for (Iterator<LaneItem> rest = queue.iterator(); rest.hasNext() && batch.size() < shape.maxEvents(); ) {
            LaneItem item = rest.next();
            if (item.single() || !item.prepared.batchKey().equals(first.prepared.batchKey())) {
                continue;
            }
            bytes += item.prepared.payload().length + 1;
            if (bytes > shape.maxBytes()) {
                break;
            }
            batch.add(item);
            rest.remove();
        }
        return batch;
    }

    /// Void for an item that was forgotten before, also when the same event is in memory again as another item.
    void forget(LaneItem item) {
        if (inMemory.remove(item.offset(), item)) {
            of(item).release(item.bytes());
        }
    }

    private MemoryBudget of(LaneItem item) {
        return item.tracked == null ? budget.forStored() : budget;
    }

    /// Empties the queues. What comes back stays in memory until `forget`, so that it is not loaded meanwhile.
    List<LaneItem> drain() {
        List<LaneItem> items = new ArrayList<>(live);
        items.addAll(stored);
        live.clear();
        stored.clear();
        return items;
    }

    /// Live events that wait or travel for longer than `age` and are not in the ledger yet.
    List<LaneItem> slowerThan(Duration age, Instant now) {
        Instant limit = now.minus(age);
        return inMemory.values().stream()
                .filter(item -> !item.inBacklog && item.queuedAt.isBefore(limit))
                .toList();
    }

    Set<Long> offsets() {
        return Set.copyOf(inMemory.keySet());
    }

    boolean hasStored() {
        return !stored.isEmpty();
    }

    boolean isEmpty() {
        return inMemory.isEmpty();
    }
}
