package dev.varve.delivery;

import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Collects what the relay learns and writes it to the ledger in short transactions. Thread-safe.
///
/// The one rule that makes a crash harmless: an event leaves its `ProgressWindow` in the same breath in which its
/// receipt or backlog entry joins the next write, and positions are taken when that write is cut. So no saved
/// position is ever ahead of what is recorded.
final class Recorder {
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
    /// Rows that may wait for the ledger before reading is made to wait.
    private static final int HIGH_WATER = 50_000;

    private final DeliveryLedger ledger;
    private final OpenTwins twins;
    private final Map<Long, ProgressWindow> windows = new HashMap<>();
    private final Map<Long, Long> savedPositions = new HashMap<>();
    /// Also of streams that were let go: what is reported of them later must not pass for what their next reader says.
    private final Map<Long, Long> epochs = new HashMap<>();
    /// Somebody else has opened them since.
    private final Set<Long> lost = new HashSet<>();
    private final Set<LedgerWrite.Entry> recovered = new HashSet<>();
    private final UUID writer = UUID.randomUUID();
    private LedgerWrite next = new LedgerWrite(writer, 1);
    /// Cut, but not yet stored because the ledger failed.
    private @Nullable LedgerWrite unsaved;

    Recorder(DeliveryLedger ledger, OpenTwins twins) {
        this.ledger = ledger;
        this.twins = twins;
    }

    // Reading side

    /// Starts tracking a stream; answers the offset after which to read.
    long open(long stream) {
        DeliveryLedger.Opened opened = ledger.open(stream);
        Set<LedgerWrite.Entry> entries = ledger.entriesAfter(stream, opened.position());
        synchronized (this) {
            close(stream);
            // What was reported since the stream was held before is not what was recorded of it.
            next = next.without(Set.of(stream));
            recovered.addAll(entries);
            windows.put(stream, new ProgressWindow(opened.position()));
            savedPositions.put(stream, opened.position());
            epochs.put(stream, opened.epoch());
            lost.remove(stream);
        }
        return opened.position();
    }

    synchronized void close(long stream) {
        ProgressWindow window = windows.remove(stream);
        if (window != null) {
            window.abandon();
        }
        savedPositions.remove(stream);
        recovered.removeIf(entry -> EventLog.streamOf(entry.offset()) == stream);
    }

    /// The stream is finished; nothing more will be said of it.
    synchronized void finished(long stream) {
        epochs.remove(stream);
    }

    /// Whether the ledger takes nothing more of the stream, because another process has opened it.
    synchronized boolean isLost(long stream) {
        return lost.contains(stream);
    }

    /// True when a crashed predecessor already settled this (event, platform); until the event is tracked.
    synchronized boolean wasRecovered(long offset, Platform platform) {
        return !recovered.isEmpty() && recovered.contains(new LedgerWrite.Entry(offset, platform));
    }

    /// Puts a planned event into its stream's window; `platforms` will each report it settled or spilled later. `off`:
    /// those that will not, because the destination is off.
    synchronized ProgressWindow.Tracked track(LoggedEvent event, Set<Platform> off, int platforms) {
        ProgressWindow.Tracked tracked = new ProgressWindow.Tracked(event, off, platforms);
        if (!recovered.isEmpty()) {
            for (Platform platform : Platform.values()) {
                recovered.remove(new LedgerWrite.Entry(event.offset(), platform));
            }
        }
        ProgressWindow window = windows.get(EventLog.streamOf(event.offset()));
        if (window != null) {
            window.add(tracked);
        }
        if (!event.event().synthetic() && !event.identity().name().equals(Event.SKAN_POSTBACK)) {
            next.lastEventByApp.merge(event.identity().appId(), event.receivedAt(), (a, b) -> a.isAfter(b) ? a : b);
        }
        return tracked;
    }

    synchronized int openEvents() {
        return windows.values().stream().mapToInt(ProgressWindow::size).sum();
    }

    // Outcomes

    /// A skip that planning decided.
    synchronized void skipped(
            ProgressWindow.Tracked tracked,
            LoggedEvent event,
            Destination.Key destination,
            String reason,
            Instant now) {
        tracked.remaining--;
        Postings.skipped(next, event, destination, reason, skippedAt(now, 0));
    }

    /// A skip that waiting brought, such as `too_old`.
    synchronized void skipped(LaneItem item, Destination.Key destination, String reason, Instant now) {
        if (item.isDone()) {
            return;
        }
        leaveQueue(item, destination);
        release(item);
        Postings.skipped(next, item.event(), destination, reason, skippedAt(now, item.attempts));
    }

    private static Receipt.Settlement skippedAt(Instant now, int attempts) {
        return new Receipt.Settlement(now, attempts, null, List.of());
    }

    synchronized void forwarded(LaneItem item, Destination.Key destination, UUID requestId, Instant at) {
        if (item.isDone()) {
            return;
        }
        countEligible(item, destination);
        leaveQueue(item, destination);
        Postings.forwarded(next, item, destination, requestId, at);
        if (item.twin != null) {
            twins.forwarded(item.twin, item.offset(), at);
        }
    }

    /// Refused by a local check before anything was sent.
    synchronized void refused(ProgressWindow.Tracked tracked, DeadLetter letter, String sentAs) {
        tracked.remaining--;
        Postings.eligible(next, letter.event(), letter.destination());
        Postings.dead(next, letter, sentAs, List.of());
    }

    synchronized void dead(LaneItem item, DeadLetter letter) {
        if (item.isDone()) {
            return;
        }
        countEligible(item, letter.destination());
        leaveQueue(item, letter.destination());
        release(item);
        Postings.dead(next, letter, item.prepared.sentAs(), item.notes());
    }

    /// The event waits in the ledger from now on, and not in memory; `nextAt`: when it is due. Void for an event that
    /// was settled in the meantime.
    synchronized void spilled(LaneItem item, Destination.Key destination, Instant nextAt) {
        if (!item.isDone()) {
            release(item);
            enterBacklog(item, destination, nextAt);
        }
    }

    /// The event stays in memory and on its way, and has a place in the ledger besides, so that it holds nothing up.
    /// Void for an event that was settled: who looks for slow events races with the answers to them.
    synchronized void secured(LaneItem item, Destination.Key destination, Instant nextAt) {
        if (!item.isDone()) {
            enterBacklog(item, destination, nextAt);
        }
    }

    /// A loaded event that found no place in memory; the ledger still has it.
    synchronized void leftWaiting(LaneItem item) {
        release(item);
    }

    /// Its like from another app may go first.
    private void release(LaneItem item) {
        if (item.twin != null) {
            twins.release(item.twin, item.offset());
        }
    }

    private void enterBacklog(LaneItem item, Destination.Key destination, Instant nextAt) {
        if (item.tracked != null && !item.inBacklog) {
            countEligible(item, destination);
            item.tracked.remaining--;
        }
        item.inBacklog = true;
        LoggedEvent event = item.event();
        next.backlog.put(
                new LedgerWrite.BacklogKey(destination, event.offset()),
                new BacklogEntry(
                        EventLog.streamOf(event.offset()),
                        destination,
                        Postings.ref(event),
                        event.identity().appId(),
                        event.receivedAt(),
                        event.event().synthetic(),
                        new BacklogEntry.Progress(item.attempts, item.firstAttemptAt, nextAt)));
    }

    /// An event of the backlog whose destination or app no longer wants it, or that mapping now treats differently.
    synchronized void settledFromBacklog(BacklogEntry entry, LoggedEvent event, String skipReason, Instant now) {
        leaveBacklog(entry);
        Postings.skipped(
                next,
                event,
                entry.destination(),
                skipReason,
                skippedAt(now, entry.progress().attempts()));
    }

    /// An entry whose event the log has forgotten, or somebody has erased: nothing can be sent any more.
    synchronized void vanished(BacklogEntry entry, Instant now) {
        leaveBacklog(entry);
        Postings.vanished(next, entry, now);
    }

    private void leaveBacklog(BacklogEntry entry) {
        next.settledBacklog.add(
                new LedgerWrite.BacklogKey(entry.destination(), entry.event().offset()));
    }

    synchronized void refusedFromBacklog(BacklogEntry entry, DeadLetter letter, String sentAs) {
        leaveBacklog(entry);
        Postings.dead(next, letter, sentAs, List.of());
    }

    synchronized void requested(ForwardRequest request, int acknowledged, boolean failed, boolean synthetic) {
        next.requests.add(request);
        if (!synthetic) {
            Postings.requested(next, request, acknowledged, failed);
        }
    }

    synchronized void attemptFailed(FailedAttempt attempt) {
        next.attempts.add(attempt);
    }

    /// Two threads may report in another order than things happened: what was observed later stays.
    synchronized void stateChanged(DestinationState state) {
        next.states.merge(
                state.destination(),
                state,
                (there, reported) -> there.observedAt().isAfter(reported.observedAt()) ? there : reported);
    }

    /// Whether the ledger still lacks the newest state of a destination.
    synchronized boolean isStateUnwritten(Destination.Key destination) {
        return next.states.containsKey(destination) || (unsaved != null && unsaved.states.containsKey(destination));
    }

    // Writing side

    /// Writes what was collected; false when the ledger failed, then the same write is tried again by the next call.
    /// Only one thread may call this.
    boolean flush() {
        LedgerWrite write = cut();
        if (write == null) {
            return true;
        }
        try {
            Set<Long> stale = ledger.record(write);
            while (!stale.isEmpty()) {
                write = withoutLost(write, stale);
                stale = ledger.record(write);
            }
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("rows", write.size())
                    .addKeyValue("error", e.toString())
                    .log("ledger.write_failed");
            return false;
        }
        saved(write);
        return true;
    }

    /// Another process reads these streams now, from where the ledger says, so what this one still had to say of them
    /// is said by that one.
    private synchronized LedgerWrite withoutLost(LedgerWrite write, Set<Long> stale) {
        LOG.atWarn().addKeyValue("streams", stale).log("relay.streams_lost");
        LedgerWrite left = write.without(stale);
        unsaved = left;
        lost.addAll(stale);
        stale.forEach(this::close);
        return left;
    }

    private synchronized void saved(LedgerWrite write) {
        unsaved = null;
        write.positions.forEach((stream, position) -> savedPositions.computeIfPresent(stream, (s, before) -> position));
    }

    /// False while too much waits for the ledger: a store that fails must stop the reading, not fill the memory.
    synchronized boolean hasRoom() {
        return next.size() <= HIGH_WATER;
    }

    /// Offsets of a destination whose newest news the ledger does not have yet: what it says of them is out of date.
    synchronized Set<Long> unwritten(Destination.Key destination) {
        Set<Long> offsets = new HashSet<>();
        addUnwritten(next, destination, offsets);
        if (unsaved != null) {
            addUnwritten(unsaved, destination, offsets);
        }
        return offsets;
    }

    private static void addUnwritten(LedgerWrite write, Destination.Key destination, Set<Long> offsets) {
        for (LedgerWrite.BacklogKey key : write.backlog.keySet()) {
            if (key.destination().equals(destination)) {
                offsets.add(key.offset());
            }
        }
        for (LedgerWrite.BacklogKey key : write.settledBacklog) {
            if (key.destination().equals(destination)) {
                offsets.add(key.offset());
            }
        }
    }

    synchronized int waitingRows() {
        return next.size() + (unsaved == null ? 0 : unsaved.size());
    }

    private synchronized @Nullable LedgerWrite cut() {
        if (unsaved == null) {
            windows.forEach((stream, window) -> {
                long position = window.advance(done -> Postings.passed(next, done));
                if (position != savedPositions.getOrDefault(stream, -1L)) {
                    next.positions.put(stream, position);
                }
            });
            if (next.isEmpty()) {
                return null;
            }
            next.streams().forEach(stream -> {
                Long epoch = epochs.get(stream);
                if (epoch != null) {
                    next.epochs.put(stream, epoch);
                }
            });
            unsaved = next;
            next = new LedgerWrite(writer, unsaved.number + 1);
        }
        return unsaved;
    }

    private void leaveQueue(LaneItem item, Destination.Key destination) {
        item.settled = true;
        if (item.inBacklog) {
            next.settledBacklog.add(new LedgerWrite.BacklogKey(destination, item.offset()));
        } else if (item.tracked != null) {
            item.tracked.remaining--;
        }
    }

    /// The first entry of an (event, destination) counts it as eligible: exactly once, also across a crash.
    private void countEligible(LaneItem item, Destination.Key destination) {
        if (!item.inBacklog) {
            Postings.eligible(next, item.event(), destination);
        }
    }

    static ForwardRequest request(
            UUID id, Destination destination, List<LaneItem> items, String outcome, Answer answer) {
        List<String> ids = items.stream()
                .limit(ForwardRequest.MAX_EVENT_IDS)
                .map(item -> item.event().identity().eventId())
                .toList();
        return new ForwardRequest(
                id,
                destination.key(),
                destination.pixelId(),
                new ForwardRequest.Carried(items.size(), ids),
                outcome,
                answer);
    }
}
