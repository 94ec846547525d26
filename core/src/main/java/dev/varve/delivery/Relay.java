package dev.varve.delivery;

import dev.varve.component.CheckResult;
import dev.varve.component.Component;
import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.Destinations;
import dev.varve.destination.Preparation;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.SkipReason;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import dev.varve.identity.KnownIds;
import dev.varve.tenant.IngestApps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The relay of one process: reads the streams it holds, plans every event, drives the lanes, records what happens.
///
/// Three threads do the bookkeeping (reader, lane clock, recorder); every request to a platform has a virtual
/// thread of its own. Fresh events come in memory from the log's own writer, bounded; when that hand-over
/// overflows, and after a restart, the log is read instead and is the only truth.
public final class Relay implements Component, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    /// Read events that may be unsettled at a time; bounds memory and what a crash repeats.
    private static final int WINDOW = 10_000;

    private static final int HANDOVER = 10_000;

    /// A dead writer's last transaction may still be committing inside the database for a moment, hence the patience.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// SIGTERM promises an exit in less than 10 s, and others have to close after the relay.
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(8);

    private static final int READ_CHUNK = 1_000;
    private static final Duration SLOW = Duration.ofSeconds(1);
    private static final long TICK_MILLIS = 10;
    private static final long FLUSH_MILLIS = 100;

    private final EventLog log;
    private final DeliveryLedger ledger;
    private final IngestApps apps;
    private final Destinations destinations;
    private final Map<Platform, Connector> connectors = new EnumMap<>(Platform.class);
    private final DeliverySettings settings;
    private final InstantSource clock;
    private final Recorder recorder;
    private final StoredEvents stored;
    private final LaneRunner runner;
    private final MemoryBudget memory = MemoryBudget.ofHeap();
    private final Map<Destination.Key, DestinationLane> lanes = new ConcurrentHashMap<>();
    private final Map<Long, StreamReader> readers = new ConcurrentHashMap<>();
    private final Deque<List<LoggedEvent>> handover = new ArrayDeque<>();
    private int handoverEvents;
    private boolean overflowed = true;
    private final AtomicLong planned = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch lanesStopped = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile boolean recorderStops;
    private volatile String trouble = "";

    public Relay(
            EventLog log,
            DeliveryLedger ledger,
            IngestApps apps,
            Destinations destinations,
            List<Connector> connectors,
            DeliverySettings settings,
            InstantSource clock) {
        this.log = log;
        this.ledger = ledger;
        this.apps = apps;
        this.destinations = destinations;
        connectors.forEach(connector -> this.connectors.put(connector.platform(), connector));
        this.settings = settings;
        this.clock = clock;
        this.recorder = new Recorder(ledger);
        this.stored = new StoredEvents(log, ledger, apps, destinations, recorder, clock);
        this.runner = new LaneRunner(
                ledger, destinations, stored, recorder, new RetryPolicy(settings, RandomGenerator.getDefault()), clock);
    }

    public void start() {
        log.onCommitted(this::handOver);
        threads.add(Thread.ofPlatform().name("relay-reader").start(() -> loop("reader", this::readStep)));
        threads.add(Thread.ofPlatform().name("relay-lanes").start(() -> {
            loop("lanes", this::laneStep);
            lanesStopped.countDown();
        }));
        threads.add(Thread.ofPlatform().name("relay-recorder").start(this::recordUntilClosed));
    }

    // Reading

    private void handOver(List<LoggedEvent> group) {
        synchronized (handover) {
            if (overflowed || group.isEmpty()) {
                return;
            }
            if (handoverEvents + group.size() > HANDOVER) {
                overflow();
                return;
            }
            handover.addLast(group);
            handoverEvents += group.size();
            handover.notifyAll();
        }
    }

    private boolean readStep() throws InterruptedException {
        openHeldStreams();
        boolean worked = false;
        for (StreamReader reader : readers.values()) {
            if (recorder.openEvents() >= WINDOW) {
                break;
            }
            if (!recorder.hasRoom()) {
                break;
            }
            worked |= reader.stream == log.ownStream() ? readOwn(reader) : readAdopted(reader);
        }
        if (!worked) {
            awaitHandover();
        }
        return true;
    }

    private void openHeldStreams() {
        List<Long> held = log.heldStreams();
        for (Long stream : held) {
            if (!readers.containsKey(stream)) {
                long position = recorder.open(stream);
                readers.put(stream, new StreamReader(stream, position, clock.instant()));
                LOG.atInfo()
                        .addKeyValue("stream", stream)
                        .addKeyValue("position", position)
                        .log("relay.stream_opened");
            }
        }
        for (Long stream : List.copyOf(readers.keySet())) {
            // The own stream is kept while its writer reconnects: it usually gets it back.
            if (!held.contains(stream) && stream != log.ownStream()) {
                readers.remove(stream);
                recorder.close(stream);
            }
        }
    }

    /// After any failure the log is read from where planning stands: what was handed over and not planned is in it.
    private boolean readOwn(StreamReader reader) {
        try {
            return isOverflowed() ? catchUp(reader) : planHandedOver(reader);
        } catch (RuntimeException e) {
            overflow();
            throw e;
        }
    }

    private void overflow() {
        synchronized (handover) {
            overflowed = true;
            handover.clear();
            handoverEvents = 0;
        }
    }

    private boolean planHandedOver(StreamReader reader) {
        List<LoggedEvent> group;
        synchronized (handover) {
            group = handover.pollFirst();
            if (group == null) {
                return false;
            }
            handoverEvents -= group.size();
        }
        if (EventLog.streamOf(group.getFirst().offset()) != reader.stream) {
            // The writer has changed to another stream meanwhile, whose reader finds this group in the log.
            overflow();
            return true;
        }
        plan(reader, group);
        return true;
    }

    /// Reads the log to its end, then takes the hand-over up again. The flag falls before the last read: what was
    /// committed until then is in that read, what comes later is handed over.
    private boolean catchUp(StreamReader reader) {
        List<LoggedEvent> events = log.read(reader.stream, reader.readTo, READ_CHUNK);
        if (events.size() < READ_CHUNK) {
            synchronized (handover) {
                overflowed = false;
            }
            plan(reader, events);
            events = log.read(reader.stream, reader.readTo, READ_CHUNK);
            if (events.size() == READ_CHUNK) {
                overflow();
            }
        }
        plan(reader, events);
        return !events.isEmpty();
    }

    private boolean isOverflowed() {
        synchronized (handover) {
            return overflowed;
        }
    }

    private boolean readAdopted(StreamReader reader) {
        Instant now = clock.instant();
        if (now.isBefore(reader.nextReadAt)) {
            return false;
        }
        List<LoggedEvent> events = log.read(reader.stream, reader.readTo, READ_CHUNK);
        plan(reader, events);
        if (events.isEmpty()) {
            boolean isQuiet = reader.openedAt.plus(PATIENCE).isBefore(now);
            reader.nextReadAt = now.plusSeconds(isQuiet ? 15 : 1);
            if (isQuiet) {
                finishWhenDone(reader);
            }
        }
        return !events.isEmpty();
    }

    private void finishWhenDone(StreamReader reader) {
        if (ledger.finish(reader.stream)) {
            LOG.atInfo().addKeyValue("stream", reader.stream).log("relay.stream_finished");
        }
    }

    private void awaitHandover() throws InterruptedException {
        synchronized (handover) {
            if (handover.isEmpty()) {
                handover.wait(TICK_MILLIS * 5);
            }
        }
        if (recorder.openEvents() >= WINDOW || !recorder.hasRoom()) {
            Thread.sleep(TICK_MILLIS);
        }
    }

    /// Where reading of a stream stands. Used by the reader thread only.
    private static final class StreamReader {
        final long stream;
        final Instant openedAt;
        long readTo;
        Instant nextReadAt = Instant.MIN;

        StreamReader(long stream, long position, Instant openedAt) {
            this.stream = stream;
            this.readTo = position;
            this.openedAt = openedAt;
        }
    }

    // Planning

    private void plan(StreamReader reader, List<LoggedEvent> events) {
        Instant now = clock.instant();
        for (LoggedEvent event : events) {
            if (event.offset() > reader.readTo) {
                plan(event, now);
                reader.readTo = event.offset();
                planned.incrementAndGet();
            }
        }
    }

    /// Everything that can fail comes before the event is tracked, so that it is planned wholly or not at all.
    private void plan(LoggedEvent event, Instant now) {
        Optional<Candidate> candidate =
                apps.find(event.identity().appId()).map(app -> new Candidate(event, app, KnownIds.NONE));
        List<Planned> decisions = new ArrayList<>(connectors.size());
        for (Connector connector : connectors.values()) {
            Destination.Key key = new Destination.Key(event.identity().projectId(), connector.platform());
            if (recorder.wasRecovered(event.offset(), connector.platform())) {
                continue;
            }
            Routing routing = candidate
                    .map(known -> Routing.decide(known, destinations.find(key), connector, now))
                    .orElseGet(Routing.Off::new);
            if (!(routing instanceof Routing.Off)) {
                decisions.add(decided(key, connector, routing, event, now));
            }
        }
        ProgressWindow.Tracked tracked = recorder.track(event, decisions.size());
        for (Planned decision : decisions) {
            carryOut(decision, event, tracked, now);
        }
    }

    private sealed interface Planned {
        record Skip(Destination.Key key, String reason) implements Planned {}

        record Refusal(DeadLetter letter, String sentAs) implements Planned {}

        record Send(DestinationLane lane, PreparedEvent event) implements Planned {}
    }

    private Planned decided(Destination.Key key, Connector connector, Routing routing, LoggedEvent event, Instant now) {
        return switch (routing) {
            case Routing.Off() -> new Planned.Skip(key, SkipReason.DISABLED.wireName());
            case Routing.Skip(var reason) -> new Planned.Skip(key, reason.wireName());
            case Routing.Route(Preparation.Skipped(var reason)) -> new Planned.Skip(key, reason.wireName());
            case Routing.Route(Preparation.Refused refused) ->
                new Planned.Refusal(stored.localRefusal(event, connector, refused, now), refused.sentAs());
            case Routing.Route(Preparation.Prepared(var prepared)) -> new Planned.Send(lane(key, connector), prepared);
        };
    }

    private void carryOut(Planned decision, LoggedEvent event, ProgressWindow.Tracked tracked, Instant now) {
        switch (decision) {
            case Planned.Skip(var key, var reason) -> recorder.skipped(tracked, event, key, reason, now);
            case Planned.Refusal(var letter, var sentAs) -> recorder.refused(tracked, letter, sentAs);
            case Planned.Send(var lane, var prepared) -> {
                LaneItem item = new LaneItem(prepared, now, tracked);
                if (!lane.offer(item)) {
                    recorder.spilled(item, lane.key, now);
                    lane.backlogDue(now);
                }
            }
        }
    }

    private DestinationLane lane(Destination.Key key, Connector connector) {
        DestinationLane lane = lanes.get(key);
        if (lane == null || lane.isRetired()) {
            DestinationState before = ledger.state(key).orElseGet(() -> DestinationState.fresh(key));
            lane = lanes.compute(
                    key,
                    (k, there) -> there == null || there.isRetired()
                            ? new DestinationLane(k, connector, settings, memory, before, clock.instant())
                            : there);
        }
        return lane;
    }

    // Lanes

    private Instant backlogLookAt = Instant.MIN;
    private Instant slowLookAt = Instant.MIN;
    private int turn;

    private boolean laneStep() throws InterruptedException {
        Instant now = clock.instant();
        if (!backlogLookAt.isAfter(now)) {
            backlogLookAt = now.plusSeconds(2);
            findBacklog();
        }
        boolean lookForSlow = !slowLookAt.isAfter(now);
        if (lookForSlow) {
            slowLookAt = now.plusMillis(250);
        }
        boolean busy = false;
        // Another lane first every time, so that permits that run out are missed by all in turn.
        List<DestinationLane> order = new ArrayList<>(lanes.values());
        Collections.rotate(order, ++turn);
        for (DestinationLane lane : order) {
            if (!lane.isIdle()) {
                busy = true;
                drive(lane, lookForSlow, now);
            } else if (lookForSlow && lane.retire(now)) {
                lanes.remove(lane.key, lane);
            }
        }
        Thread.sleep(busy ? TICK_MILLIS : TICK_MILLIS * 2);
        return true;
    }

    /// What one destination's configuration or state makes fail must not keep the lanes behind it waiting.
    private void drive(DestinationLane lane, boolean lookForSlow, Instant now) {
        try {
            runner.drive(lane, now);
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("projectId", lane.key.projectId())
                    .setCause(e)
                    .log("relay.lane_failed");
        }
        if (lookForSlow) {
            lane.slowerThan(SLOW, now).forEach(item -> recorder.spilled(item, lane.key, now));
        }
    }

    private void findBacklog() {
        for (DeliveryLedger.DueDestination due : ledger.destinationsWithBacklog(log.heldStreams())) {
            Connector connector = connectors.get(due.destination().platform());
            if (connector != null) {
                lane(due.destination(), connector).backlogDue(due.firstDueAt());
            }
        }
    }

    // Recording and life cycle

    private void recordUntilClosed() {
        while (!recorderStops) {
            try {
                Thread.sleep(FLUSH_MILLIS);
            } catch (InterruptedException e) {
                break;
            }
            trouble = recorder.flush() ? "" : "the delivery ledger cannot be written";
        }
        // The first takes up a write that failed before, the second what came since.
        if (recorder.flush()) {
            recorder.flush();
        }
    }

    private interface Step {
        boolean run() throws InterruptedException;
    }

    /// A defect or a store that is away must not end a thread that everything depends on.
    private void loop(String what, Step step) {
        while (!closing) {
            try {
                step.run();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                trouble = "the " + what + " thread met " + e.getClass().getSimpleName();
                LOG.atError().addKeyValue("thread", what).setCause(e).log("relay.step_failed");
                pauseAfterTrouble();
            }
        }
    }

    private void pauseAfterTrouble() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Stops reading and sending, waits for the requests on their way (up to 5 s), and records everything. Never
    /// takes longer than 8 s, even when the store hangs: what is not recorded then is sent again after the restart.
    @Override
    public void close() {
        closing = true;
        Instant deadline = clock.instant().plus(CLOSE_WITHIN);
        try {
            lanesStopped.await(1, TimeUnit.SECONDS);
            runner.awaitRequests(Duration.ofSeconds(5));
            recorderStops = true;
            for (Thread thread : threads) {
                Duration left = Duration.between(clock.instant(), deadline);
                thread.join(left.isPositive() ? left : Duration.ofMillis(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String name() {
        return "relay";
    }

    @Override
    public CheckResult check() {
        if (!trouble.isEmpty()) {
            return new CheckResult.Failed(trouble);
        }
        return new CheckResult.Passed(lanes.size() + " lanes, " + recorder.openEvents() + " events on their way");
    }

    /// Events planned since the start.
    public long plannedEvents() {
        return planned.get();
    }

    /// Events read whose fate is not recorded yet.
    public int openEvents() {
        return recorder.openEvents();
    }

    /// Rows that wait to be written to the ledger.
    public int waitingRows() {
        return recorder.waitingRows();
    }

    /// Destinations of a platform this process works on whose lane is in this phase.
    public long lanes(Platform platform, DestinationState.Phase phase) {
        return lanes.values().stream()
                .filter(lane -> lane.key.platform() == platform && lane.state().phase() == phase)
                .count();
    }
}
