package dev.varve.delivery;

import dev.varve.delivery.DestinationState.LastError;
import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.eventlog.EventLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The ordered work of one destination in this process: what waits in memory, what is on its way, and whether the
/// platform may be asked now. Holds no thread and does no I/O; `Relay` drives it. Thread-safe, every method is
/// short.
final class DestinationLane {
    /// Events a backlog load brings at most: two requests' worth at the platforms' limit would not fit a small heap.
    static final int LOAD_LIMIT = 1_000;

    /// After so long without work a flowing lane is taken out of memory; the next event makes it anew.
    static final Duration RETIRES_AFTER = Duration.ofMinutes(10);

    private static final Duration HANGS_AFTER = Duration.ofSeconds(2);

    /// Of the memory budget, per event, while a load is under way and nobody knows what it brings.
    private static final long RESERVED_BYTES = EventLog.READ_BYTES / LOAD_LIMIT;

    final Destination.Key key;
    final Connector connector;
    private final DeliverySettings settings;
    private final MemoryBudget budget;
    private final LaneTurns turns;
    private final LaneQueues queues;
    private final LaneSchedule schedule;
    private final LaneHealth health;
    private final BatchSize batchSize;
    private final PartlyStored partlyStored = new PartlyStored();
    private final Suspects suspects = new Suspects();
    /// When each request on its way was taken.
    private final Deque<Instant> inFlight = new ArrayDeque<>();

    private long reserved;
    private Instant lastActive;
    private boolean retired;

    /// What all lanes of a process have in common.
    record Shared(DeliverySettings settings, MemoryBudget budget, LaneTurns turns) {}

    DestinationLane(Destination.Key key, Connector connector, Shared shared, DestinationState remembered, Instant now) {
        this.key = key;
        this.connector = connector;
        this.settings = shared.settings();
        this.budget = shared.budget();
        this.turns = shared.turns();
        this.queues = new LaneQueues(budget);
        this.schedule = new LaneSchedule(now);
        this.health = new LaneHealth(key, settings.probing(), remembered, now);
        this.batchSize = new BatchSize(
                Math.min(settings.batchEvents(), connector.limits().maxEvents()));
        this.lastActive = now;
    }

    // Incoming events

    /// Takes an event; false when it must wait in the ledger instead.
    synchronized boolean offer(LaneItem item) {
        lastActive = item.queuedAt;
        boolean taken = !retired && health.takesLive(item.queuedAt) && queues.addLive(item);
        if (taken) {
            turns.lookAt(this, nextLookAt(item.queuedAt));
        }
        return taken;
    }

    /// The ledger holds entries for this lane, the first of them due at `dueAt`.
    synchronized void backlogDue(Instant dueAt) {
        schedule.due(dueAt);
        turns.wake(this);
    }

    /// Whether entries should be fetched from the ledger now; the caller then must call `loaded`.
    synchronized boolean beginLoading(Instant now) {
        long bytes = loadSize() * RESERVED_BYTES;
        boolean ready = schedule.isLoadDue(now)
                && !queues.hasStored()
                && inFlight.size() < mostInFlight()
                && health.maySend(now)
                && budget.forStored().tryTake(bytes);
        if (ready) {
            reserved = bytes;
            schedule.beginLoad();
        }
        return ready;
    }

    /// A lane that only tries whether its platform is back needs no more than it sends.
    private int loadSize() {
        return health.isFlowing() ? LOAD_LIMIT : health.mostEvents(batchSize.current());
    }

    /// What to fetch. `unwritten`: offsets of which the ledger's knowledge is out of date. They are asked for after
    /// those in memory: an event that is settled in between has left the one for the other, and in the other order
    /// would be in neither and be sent again.
    DueQuery dueQuery(Optional<Destination> destination, Supplier<Set<Long>> unwritten, Instant now) {
        Set<Long> held = new HashSet<>(offsetsInMemory());
        held.addAll(unwritten.get());
        Instant urgentUntil =
                destination.map(d -> AgeWindow.urgentUntil(connector, d, now)).orElse(Instant.EPOCH);
        return new DueQuery(now, mostToLoad(), held, settings.backlogOrder(), urgentUntil);
    }

    private synchronized int mostToLoad() {
        return reserved > 0 ? loadSize() : LOAD_LIMIT;
    }

    /// Ends a load. `more`: the ledger may have more that is due. Answers those that were not taken and go on waiting.
    synchronized List<LaneItem> loaded(List<LaneItem> items, boolean more, Instant now) {
        schedule.endLook();
        turns.wake(this);
        budget.forStored().release(reserved);
        reserved = 0;
        lastActive = now;
        if (!health.maySend(now) && !items.isEmpty()) {
            // The ledger still has them; a lane that rests keeps nothing in memory.
            schedule.due(Instant.MIN);
            return items;
        }
        for (int i = 0; i < items.size(); i++) {
            LaneItem item = items.get(i);
            item.suspected = suspects.contains(item.offset());
            if (!queues.addStored(item)) {
                schedule.due(now.plusMillis(500));
                return items.subList(i, items.size());
            }
        }
        if (more) {
            schedule.due(now);
        }
        return List.of();
    }

    /// Whether entries that will not be sent should be looked for, because nothing else moves them: those that grew
    /// too old, and all of a destination that was switched off. At most once a minute; the caller then must call
    /// `swept`.
    synchronized boolean beginSweep(Instant now) {
        return schedule.beginSweep(now);
    }

    /// Ends a sweep. `more`: it ended at its limit, there may be more of the kind.
    synchronized void swept(boolean more, Instant now) {
        schedule.endLook();
        turns.wake(this);
        if (more) {
            schedule.sweepAgain(now);
        }
    }

    /// A sweep found nothing that goes on waiting; what comes later is reported anew.
    synchronized void nothingWaits() {
        schedule.nothingDue();
    }

    /// Whether to ask the ledger if somebody else has put this stopped destination back to work. Every few seconds.
    synchronized boolean beginReleaseLook(Instant now) {
        return health.state() instanceof LaneState.Stopped
                && health.stateSince().plusSeconds(3).isBefore(now)
                && schedule.beginReleaseLook(now);
    }

    // Sending

    /// The next request's events, or empty when nothing may or need be sent now. The caller must report their fate.
    synchronized List<LaneItem> takeBatch(Instant now) {
        if (!health.maySend(now) || inFlight.size() >= mostInFlight() || hangs(now)) {
            return List.of();
        }
        List<LaneItem> batch = queues.cut(shape(), now);
        if (!batch.isEmpty()) {
            inFlight.addLast(now);
        }
        return batch;
    }

    private LaneQueues.Shape shape() {
        return new LaneQueues.Shape(
                health.mostEvents(batchSize.current()), connector.limits().maxBytes(), settings.linger());
    }

    /// A request takes long: what is sent besides would hang as well, and take permits of lanes that work.
    private boolean hangs(Instant now) {
        Instant oldest = inFlight.peekFirst();
        return oldest != null && !oldest.plus(HANGS_AFTER).isAfter(now);
    }

    synchronized boolean hasRequests() {
        return !inFlight.isEmpty();
    }

    private int mostInFlight() {
        return health.mostInFlight(connector.limits().maxInFlight());
    }

    /// A request has ended, whatever came of it. `takenAt`: when its events were taken.
    synchronized void requestEnded(Instant takenAt) {
        inFlight.removeFirstOccurrence(takenAt);
        turns.wake(this);
    }

    synchronized void forget(LaneItem item) {
        queues.forget(item);
    }

    synchronized void shrinkBatches() {
        batchSize.shrink();
    }

    /// True when the platform said of this event before that it stored part of its request; remembers it otherwise.
    synchronized boolean isPartlyStoredAgain(LaneItem item) {
        return partlyStored.isThereAgain(item.offset());
    }

    /// What speaks for the event being the reason why its request failed.
    synchronized RetryPolicy.Evidence evidence(LaneItem item) {
        return suspects.evidence(item, health.takenAt());
    }

    /// The event failed by itself; it goes alone from now on.
    synchronized void suspect(LaneItem item, Instant at) {
        suspects.add(item.offset(), at);
    }

    /// Until something passes, events go one by one.
    synchronized void sendSingly() {
        health.sendSingly();
    }

    synchronized List<LaneItem> slowerThan(Duration age, Instant now) {
        return queues.slowerThan(age, now);
    }

    /// Empties the queues; the caller puts what it gets into the ledger and forgets it.
    synchronized List<LaneItem> drainQueues() {
        return queues.drain();
    }

    // State

    synchronized RetryPolicy.LaneFacts facts() {
        return health.facts(connector.limits().rate().throttleLadder());
    }

    synchronized int generation() {
        return health.generation();
    }

    synchronized LaneState state() {
        return health.state();
    }

    synchronized boolean isFlowing() {
        return health.isFlowing();
    }

    /// The platform wants nothing before.
    synchronized Instant quietUntil() {
        return health.quietUntil();
    }

    synchronized Set<Long> offsetsInMemory() {
        return queues.offsets();
    }

    /// When it needs the next look, unless it reports itself before; `Instant.MAX`: not until then.
    synchronized Instant nextLookAt(Instant now) {
        if (health.isProbing()) {
            return health.mayAskAt();
        }
        if (inFlight.size() >= mostInFlight()) {
            return Instant.MAX;
        }
        Instant sendAt = hangs(now) ? Instant.MAX : queues.readyAt(shape());
        Instant loadAt = queues.hasStored() ? Instant.MAX : schedule.loadAt();
        Instant workAt = sendAt.isBefore(loadAt) ? sendAt : loadAt;
        return workAt.isAfter(health.mayAskAt()) ? workAt : health.mayAskAt();
    }

    /// Nothing in memory, nothing to load, nothing to wait for.
    synchronized boolean isIdle() {
        boolean settled = health.isFlowing() || health.state() instanceof LaneState.Waiting;
        return settled && queues.isEmpty() && schedule.isQuiet();
    }

    /// Ends a lane that had nothing to do for long; true when it is ended, then it takes nothing any more.
    synchronized boolean retire(Instant now) {
        Instant limit = now.minus(RETIRES_AFTER);
        retired |= isIdle() && inFlight.isEmpty() && !lastActive.isAfter(limit) && !health.hasErrorSince(limit);
        return retired;
    }

    /// Ends the lane of a destination that is no more, when nothing waits for it; true when it is ended.
    synchronized boolean abandon() {
        retired |= queues.isEmpty() && schedule.isQuiet() && inFlight.isEmpty();
        return retired;
    }

    synchronized boolean isRetired() {
        return retired;
    }

    /// The platform took a request. Answers the state to remember, when it is worth a row.
    synchronized Optional<DestinationState> succeeded(LaneHealth.Success success) {
        batchSize.succeeded();
        return health.succeeded(success);
    }

    synchronized DestinationState rest(Instant until, int sentInGeneration, LastError error) {
        return health.rest(until, sentInGeneration, error);
    }

    synchronized DestinationState throttle(Instant until, int sentInGeneration, LastError error) {
        return health.throttle(until, sentInGeneration, error);
    }

    synchronized DestinationState block(Instant until, int sentInGeneration, LastError error) {
        return health.block(until, sentInGeneration, error);
    }

    synchronized DestinationState hold(Unauthorized.Cause cause, Destination destination, LastError error) {
        return health.hold(cause, destination, error);
    }

    synchronized DestinationState stop(LaneState.Broken reason, Destination destination, LastError error) {
        return health.stop(reason, destination, error);
    }

    /// After a passed probe: one request decides.
    synchronized DestinationState resume(Instant now) {
        schedule.due(Instant.MIN);
        turns.wake(this);
        return health.resume(now);
    }

    /// After a change of credentials.
    synchronized DestinationState startOver(Instant now) {
        schedule.due(Instant.MIN);
        turns.wake(this);
        return health.startOver(now);
    }

    synchronized boolean hasNewCredentials(Destination destination) {
        return health.hasNewCredentials(destination);
    }

    /// Whether a probe is due; the caller then must call `probeEnded`.
    synchronized boolean beginProbe(Instant now) {
        return health.beginProbe(now);
    }

    synchronized Optional<DestinationState> probeRefused(Destination destination, LastError error) {
        return health.probeRefused(destination, error);
    }

    synchronized void probeUnclear(Destination destination, LastError error) {
        health.probeUnclear(destination, error);
    }

    synchronized void probeEnded() {
        health.probeEnded();
        turns.wake(this);
    }

    static LastError error(Answer answer, String code) {
        String message = answer.message() == null ? "no answer from the platform" : answer.message();
        return new LastError(answer.at(), code, message, answer.platformCode());
    }
}
