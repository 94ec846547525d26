package dev.varve.delivery;

import dev.varve.destination.Answer;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The ordered work of one destination in this process: what waits in memory, what is on its way, and whether the
/// platform may be asked now. Holds no thread and does no I/O; `Relay` drives it. Thread-safe, every method is
/// short.
final class DestinationLane {
    /// Events a lane keeps in memory; more wait in the ledger.
    static final int QUEUE_LIMIT = 2_000;

    /// Events a backlog load brings at most: two requests' worth at the platforms' limit would not fit a small heap.
    static final int LOAD_LIMIT = 1_000;

    /// Successes in a row after which a lane whose batches were too large tries larger ones again.
    static final int SUCCESSES_TO_GROW = 20;

    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);
    private static final Duration RELEASE_LOOK_INTERVAL = Duration.ofSeconds(3);

    final Destination.Key key;
    final Connector connector;
    private final DeliverySettings settings;

    private final Deque<LaneItem> live = new ArrayDeque<>();
    private final Deque<LaneItem> stored = new ArrayDeque<>();
    private final Map<Long, LaneItem> inMemory = new HashMap<>();
    private LaneState state = new LaneState.Flowing();
    private DestinationState remembered;
    private LaneState.@Nullable Credentials credentials;
    private int inFlight;
    private int failures;
    private int batchLimit;
    private final int fullBatch;
    private int successesSinceShrink;
    private boolean storedFirst;
    private boolean loading;
    private boolean probing;
    private Instant backlogDueAt = Instant.MAX;
    private Instant stateSince = Instant.MIN;
    private Instant nextSweepAt;
    private Instant nextReleaseLookAt = Instant.MIN;
    private int generation;

    DestinationLane(
            Destination.Key key,
            Connector connector,
            DeliverySettings settings,
            DestinationState remembered,
            Instant now) {
        this.key = key;
        this.connector = connector;
        this.settings = settings;
        this.remembered = remembered;
        this.fullBatch = Math.min(settings.batchEvents(), connector.limits().maxEvents());
        this.batchLimit = fullBatch;
        this.nextSweepAt = now.plus(SWEEP_INTERVAL);
        resumeFrom(remembered, now);
    }

    private void resumeFrom(DestinationState before, Instant now) {
        switch (before.phase()) {
            case STOPPED -> {
                LaneState.Broken reason = before.brokenReason() == null
                        ? LaneState.Broken.CONFIGURATION
                        : LaneState.Broken.valueOf(before.brokenReason());
                state = new LaneState.Stopped(reason, now);
            }
            // A hold is found again by the next request, when the refusal was real.
            case HELD, WAITING -> state = new LaneState.Waiting(now);
            case FLOWING -> {}
        }
        stateSince = now;
    }

    // Incoming events

    /// Takes an event; false when it must wait in the ledger instead.
    synchronized boolean offer(LaneItem item) {
        if (!(state instanceof LaneState.Flowing) || live.size() >= QUEUE_LIMIT) {
            return false;
        }
        live.addLast(item);
        inMemory.put(item.offset(), item);
        return true;
    }

    /// The ledger holds entries for this lane, the first of them due at `dueAt`.
    synchronized void backlogDue(Instant dueAt) {
        if (dueAt.isBefore(backlogDueAt)) {
            backlogDueAt = dueAt;
        }
    }

    /// Whether entries should be fetched from the ledger now; the caller then must call `loaded`.
    synchronized boolean beginLoading(Instant now) {
        boolean ready = !loading
                && stored.isEmpty()
                && inFlight < limitInFlight()
                && maySend(now)
                && !backlogDueAt.isAfter(now);
        if (ready) {
            loading = true;
            backlogDueAt = Instant.MAX;
        }
        return ready;
    }

    synchronized Set<Long> offsetsInMemory() {
        return Set.copyOf(inMemory.keySet());
    }

    /// Ends a load. `more`: the ledger may have more that is due.
    synchronized void loaded(List<LaneItem> items, boolean more, Instant now) {
        loading = false;
        if (!maySend(now) && !items.isEmpty()) {
            // The ledger still has them; a lane that rests keeps nothing in memory.
            backlogDueAt = Instant.MIN;
            return;
        }
        for (LaneItem item : items) {
            if (inMemory.putIfAbsent(item.offset(), item) == null) {
                stored.addLast(item);
            }
        }
        if (more) {
            backlogDue(now);
        }
    }

    /// Whether entries that will not be sent should be looked for, because nothing else moves them: those that grew
    /// too old, and all of a destination that was switched off. At most once a minute; the caller then must call
    /// `swept`.
    synchronized boolean beginSweep(Instant now) {
        boolean due = !loading && !nextSweepAt.isAfter(now);
        if (due) {
            loading = true;
            nextSweepAt = now.plus(SWEEP_INTERVAL);
        }
        return due;
    }

    /// Ends a sweep. `more`: it ended at its limit, there may be more of the kind.
    synchronized void swept(boolean more, Instant now) {
        loading = false;
        if (more) {
            nextSweepAt = now;
        }
    }

    /// Whether to ask the ledger if somebody else has put this stopped destination back to work. Every few seconds.
    synchronized boolean beginReleaseLook(Instant now) {
        boolean due = state instanceof LaneState.Stopped && !nextReleaseLookAt.isAfter(now);
        if (due) {
            nextReleaseLookAt = now.plus(RELEASE_LOOK_INTERVAL);
        }
        return due;
    }

    // Sending

    /// The next request's events, or empty when nothing may or need be sent now. The caller must report their fate.
    synchronized List<LaneItem> takeBatch(Instant now) {
        if (!maySend(now) || inFlight >= limitInFlight()) {
            return List.of();
        }
        Deque<LaneItem> queue = chooseQueue(now);
        if (queue.isEmpty()) {
            return List.of();
        }
        List<LaneItem> batch = cut(queue);
        inFlight++;
        storedFirst = !storedFirst;
        return batch;
    }

    /// Live and stored events take turns, so that neither waits for the other's end.
    private Deque<LaneItem> chooseQueue(Instant now) {
        boolean liveReady = isLiveReady(now);
        if (storedFirst || !liveReady) {
            return stored.isEmpty() && liveReady ? live : stored;
        }
        return live;
    }

    private boolean isLiveReady(Instant now) {
        LaneItem oldest = live.peekFirst();
        return oldest != null
                && (live.size() >= batchLimit
                        || oldest.prepared.single()
                        || !oldest.queuedAt.plus(settings.linger()).isAfter(now));
    }

    private List<LaneItem> cut(Deque<LaneItem> queue) {
        List<LaneItem> batch = new ArrayList<>(Math.min(batchLimit, queue.size()));
        LaneItem first = queue.removeFirst();
        batch.add(first);
        if (first.prepared.single()) {
            return batch;
        }
        int bytes = first.prepared.payload().length;
        for (Iterator<LaneItem> rest = queue.iterator(); rest.hasNext() && batch.size() < batchLimit; ) {
            LaneItem item = rest.next();
            if (item.prepared.single() || !item.prepared.batchKey().equals(first.prepared.batchKey())) {
                continue;
            }
            bytes += item.prepared.payload().length + 1;
            if (bytes > connector.limits().maxBytes()) {
                break;
            }
            batch.add(item);
            rest.remove();
        }
        return batch;
    }

    /// A request has ended, whatever came of it.
    synchronized void requestEnded() {
        inFlight--;
    }

    synchronized void forget(LaneItem item) {
        inMemory.remove(item.offset());
    }

    synchronized void shrinkBatches() {
        batchLimit = Math.max(1, batchLimit / 2);
        successesSinceShrink = 0;
    }

    synchronized int failures() {
        return failures;
    }

    synchronized int generation() {
        return generation;
    }

    /// Live events that wait or travel for longer than `age` and are not in the ledger yet.
    synchronized List<LaneItem> slowerThan(Duration age, Instant now) {
        Instant limit = now.minus(age);
        List<LaneItem> slow = new ArrayList<>();
        for (LaneItem item : inMemory.values()) {
            if (!item.inBacklog && item.queuedAt.isBefore(limit)) {
                slow.add(item);
            }
        }
        return slow;
    }

    /// Empties the queues; the caller puts what it gets into the ledger.
    synchronized List<LaneItem> drainQueues() {
        List<LaneItem> items = new ArrayList<>(live);
        items.addAll(stored);
        live.clear();
        stored.clear();
        items.forEach(item -> inMemory.remove(item.offset()));
        if (!items.isEmpty()) {
            backlogDueAt = Instant.MIN;
        }
        return items;
    }

    // State

    private boolean maySend(Instant now) {
        return switch (state) {
            case LaneState.Flowing() -> true;
            case LaneState.Waiting waiting -> !waiting.until().isAfter(now);
            case LaneState.Held held -> false;
            case LaneState.Stopped stopped -> false;
        };
    }

    /// One request at a time while it is unknown whether the platform is back.
    private int limitInFlight() {
        return state instanceof LaneState.Flowing ? connector.limits().maxInFlight() : 1;
    }

    synchronized LaneState state() {
        return state;
    }

    synchronized Instant stateSince() {
        return stateSince;
    }

    /// Nothing in memory, nothing to load, nothing to wait for.
    synchronized boolean isIdle() {
        boolean settled = state instanceof LaneState.Flowing || state instanceof LaneState.Waiting;
        return settled && inMemory.isEmpty() && !loading && backlogDueAt.equals(Instant.MAX);
    }

    /// The platform took a request. Answers the state to remember, when it is worth a row.
    synchronized Optional<DestinationState> succeeded(Instant at) {
        return succeeded(at, null);
    }

    /// `remark`: an error that came with the success.
    synchronized Optional<DestinationState> succeeded(Instant at, DestinationState.@Nullable LastError remark) {
        growBatches();
        boolean news = remark != null
                || !(state instanceof LaneState.Flowing)
                || remembered.failingSince() != null
                || remembered.lastSuccessAt() == null
                || remembered.lastSuccessAt().plusSeconds(10).isBefore(at);
        failures = 0;
        if (!(state instanceof LaneState.Flowing)) {
            enter(new LaneState.Flowing(), at);
        }
        if (!news) {
            return Optional.empty();
        }
        remembered = new DestinationState(
                key, DestinationState.Phase.FLOWING, null, at, null, remark == null ? keptError(at) : remark);
        return Optional.of(remembered);
    }

    private void growBatches() {
        if (batchLimit < fullBatch && ++successesSinceShrink >= SUCCESSES_TO_GROW) {
            batchLimit = Math.min(fullBatch, batchLimit * 2);
            successesSinceShrink = 0;
        }
    }

    /// The lane rests until `until`. Failures of requests that set out before the last change of state count once only.
    synchronized DestinationState rest(Instant until, int sentInGeneration, DestinationState.LastError error) {
        if (sentInGeneration == generation) {
            failures++;
            enter(new LaneState.Waiting(until), error.at());
        }
        return remember(error);
    }

    synchronized DestinationState hold(
            dev.varve.destination.AttemptOutcome.Unauthorized.Cause cause,
            Destination destination,
            DestinationState.LastError error) {
        if (!(state instanceof LaneState.Held) && !(state instanceof LaneState.Stopped)) {
            credentials = LaneState.Credentials.of(destination);
            enter(new LaneState.Held(cause, 0, 0, error.at().plus(confirmationDelay(0))), error.at());
        }
        return remember(error);
    }

    synchronized DestinationState stop(
            LaneState.Broken reason, Destination destination, DestinationState.LastError error) {
        credentials = LaneState.Credentials.of(destination);
        enter(new LaneState.Stopped(reason, error.at().plus(settings.stoppedProbeInterval())), error.at());
        return remember(error);
    }

    /// Starts over, as after a new token or a passed probe: one request decides.
    synchronized DestinationState resume(Instant now) {
        failures = 0;
        credentials = null;
        backlogDueAt = Instant.MIN;
        enter(new LaneState.Waiting(now), now);
        remembered = new DestinationState(
                key, DestinationState.Phase.FLOWING, null, remembered.lastSuccessAt(), null, remembered.lastError());
        return remembered;
    }

    /// True when a held or stopped lane has other credentials now.
    synchronized boolean hasNewCredentials(Destination destination) {
        return credentials != null && !credentials.equals(LaneState.Credentials.of(destination));
    }

    /// Whether a probe is due; the caller then must call `probed`.
    synchronized boolean beginProbe(Instant now) {
        boolean due = !probing
                && switch (state) {
                    case LaneState.Held held -> !held.nextProbeAt().isAfter(now);
                    case LaneState.Stopped stopped -> !stopped.nextProbeAt().isAfter(now);
                    case LaneState.Flowing() -> false;
                    case LaneState.Waiting waiting -> false;
                };
        probing |= due;
        return due;
    }

    /// A probe did not pass. `refused`: the platform said no, otherwise it said nothing. Answers the state to
    /// remember when the refusal is confirmed now.
    synchronized Optional<DestinationState> probed(
            boolean refused, Destination destination, DestinationState.LastError error) {
        probing = false;
        return switch (state) {
            case LaneState.Held held -> probedWhileHeld(held, refused, destination, error);
            case LaneState.Stopped stopped -> {
                state = new LaneState.Stopped(stopped.reason(), error.at().plus(settings.stoppedProbeInterval()));
                credentials = LaneState.Credentials.of(destination);
                yield Optional.empty();
            }
            case LaneState.Flowing() -> Optional.empty();
            case LaneState.Waiting waiting -> Optional.empty();
        };
    }

    synchronized void probeEnded() {
        probing = false;
    }

    private Optional<DestinationState> probedWhileHeld(
            LaneState.Held held, boolean refused, Destination destination, DestinationState.LastError error) {
        int agreeing = held.agreeing() + (refused ? 1 : 0);
        if (agreeing >= refusalsNeeded(held)) {
            return Optional.of(stop(LaneState.Broken.valueOf(held.cause().name()), destination, error));
        }
        int probes = held.probes() + 1;
        state = new LaneState.Held(held.cause(), probes, agreeing, error.at().plus(confirmationDelay(probes)));
        return Optional.empty();
    }

    /// Two agreeing refusals of a token, three of a permission: platforms were seen to refuse permissions for minutes.
    private int refusalsNeeded(LaneState.Held held) {
        int wanted =
                switch (held.cause()) {
                    case TOKEN -> 2;
                    case PERMISSION -> 3;
                };
        return Math.min(wanted, settings.confirmationDelays().size());
    }

    private Duration confirmationDelay(int probe) {
        List<Duration> delays = settings.confirmationDelays();
        return delays.get(Math.min(probe, delays.size() - 1));
    }

    private void enter(LaneState next, Instant now) {
        state = next;
        stateSince = now;
        generation++;
    }

    private DestinationState remember(DestinationState.LastError error) {
        Instant failingSince = remembered.failingSince() == null ? error.at() : remembered.failingSince();
        String broken =
                state instanceof LaneState.Stopped stopped ? stopped.reason().name() : null;
        remembered = new DestinationState(key, state.phase(), broken, remembered.lastSuccessAt(), failingSince, error);
        return remembered;
    }

    /// An error stays visible for 24 h after recovery.
    private DestinationState.@Nullable LastError keptError(Instant now) {
        DestinationState.LastError error = remembered.lastError();
        return error != null && error.at().plus(Duration.ofHours(24)).isAfter(now) ? error : null;
    }

    static DestinationState.LastError error(Answer answer, String code) {
        String message = answer.message() == null ? "no answer from the platform" : answer.message();
        return new DestinationState.LastError(answer.at(), code, message, answer.platformCode());
    }
}
