package dev.varve.delivery;

import dev.varve.component.CheckResult;
import dev.varve.component.Component;
import dev.varve.destination.Connector;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The relay of one process: reads the streams it holds, plans every event, drives the lanes, records what happens.
///
/// Three threads do the bookkeeping (reader, lane clock, recorder); every request to a platform has a virtual
/// thread of its own.
public final class Relay implements Component, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    /// SIGTERM promises an exit in less than 10 s, and others have to close after the relay.
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(8);

    private static final Duration SLOW = Duration.ofSeconds(1);

    /// All lanes are looked at so often; between the rounds only those that something happened to.
    private static final Duration ROUND = Duration.ofMillis(250);

    private static final long TICK_MILLIS = 10;
    /// Writes change the same rows of counts again and again, so fewer writes cost less. When much waits the next comes
    /// after half of it, so that a reader that catches up is not held up.
    private static final long FLUSH_MILLIS = 200;

    private static final int MANY_OPEN = 2_000;

    private final EventLog log;
    private final DeliveryLedger ledger;
    private final Map<Platform, Connector> connectors = new EnumMap<>(Platform.class);
    private final InstantSource clock;
    private final Recorder recorder;
    private final Handover handover;
    private final LogReader reader;
    private final Lanes lanes;
    private final LaneRunner runner;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch lanesStopped = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile boolean recorderStops;
    private volatile String trouble = "";

    /// `memory`: bounds what is handed over and what the lanes hold, together.
    public Relay(
            RelayPorts ports,
            List<Connector> connectors,
            DeliverySettings settings,
            MemoryBudget memory,
            InstantSource clock) {
        this.log = ports.log();
        this.ledger = ports.ledger();
        connectors.forEach(connector -> this.connectors.put(connector.platform(), connector));
        this.clock = clock;
        OpenTwins open = new OpenTwins();
        this.recorder = new Recorder(ledger, open);
        Bridging bridging = new Bridging(ports.profiles());
        TwinCheck twins = new TwinCheck(ledger, ports.pixelApps(), open);
        StoredEvents stored = new StoredEvents(ports, bridging, twins, recorder, clock);
        this.lanes = new Lanes(ledger, settings, memory, clock);
        this.handover = new Handover(memory);
        Planner planner = new Planner(
                ports, this.connectors.values(), new Planner.Parts(bridging, twins, stored, lanes, recorder), clock);
        this.reader = new LogReader(ports, recorder, planner, handover, clock);
        this.runner = new LaneRunner(
                ledger,
                ports.destinations(),
                stored,
                recorder,
                new RetryPolicy(settings, RandomGenerator.getDefault()),
                clock);
    }

    public void start() {
        log.onCommitted(handover::offer);
        threads.add(Thread.ofPlatform().name("relay-reader").start(() -> loop("reader", reader::step)));
        threads.add(Thread.ofPlatform().name("relay-lanes").start(() -> {
            loop("lanes", this::laneStep);
            lanesStopped.countDown();
        }));
        threads.add(Thread.ofPlatform().name("relay-recorder").start(this::recordUntilClosed));
    }

    // Lanes

    private Instant backlogLookAt = Instant.MIN;
    private Instant nextRoundAt = Instant.MIN;
    private int turn;

    private void laneStep() throws InterruptedException {
        Instant now = clock.instant();
        if (!backlogLookAt.isAfter(now)) {
            backlogLookAt = now.plusSeconds(2);
            findBacklog();
        }
        boolean isRound = !nextRoundAt.isAfter(now);
        if (isRound) {
            nextRoundAt = now.plus(ROUND);
        }
        // Another lane first every time, so that permits that run out are missed by all in turn.
        for (DestinationLane lane : isRound ? lanes.all(++turn, now) : lanes.due(++turn, now)) {
            if (!lane.isIdle()) {
                drive(lane, isRound, now);
            } else if (isRound) {
                lanes.retireIdle(lane, now);
            }
        }
        Thread.sleep(lanes.areAtRest() ? TICK_MILLIS * 2 : TICK_MILLIS);
    }

    /// What one destination's configuration or state makes fail must not keep the lanes behind it waiting.
    private void drive(DestinationLane lane, boolean lookForSlow, Instant now) {
        try {
            runner.drive(lane, now).ifPresentOrElse(at -> lanes.lookAgain(lane, at), () -> lanes.retireAbandoned(lane));
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("projectId", lane.key.projectId())
                    .setCause(e)
                    .log("relay.lane_failed");
        }
        if (lookForSlow) {
            lane.slowerThan(SLOW, now).forEach(item -> recorder.secured(item, lane.key, now));
        }
    }

    private void findBacklog() {
        for (DeliveryLedger.DueDestination due : ledger.destinationsWithBacklog(log.heldStreams())) {
            Connector connector = connectors.get(due.destination().platform());
            if (connector != null) {
                lanes.lane(due.destination(), connector).backlogDue(due.firstDueAt());
            }
        }
    }

    // Recording and life cycle

    private void recordUntilClosed() {
        while (!recorderStops) {
            try {
                pauseBetweenWrites();
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

    private void pauseBetweenWrites() throws InterruptedException {
        Thread.sleep(FLUSH_MILLIS / 2);
        if (!recorderStops && recorder.openEvents() < MANY_OPEN) {
            Thread.sleep(FLUSH_MILLIS / 2);
        }
    }

    private interface Step {
        void run() throws InterruptedException;
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

    /// Whether what is stored comes to the reader in memory; it reads the log while it has to catch up.
    boolean isHandedOver() {
        return !handover.isOverflowed();
    }

    /// Events planned since the start.
    public long plannedEvents() {
        return reader.plannedEvents();
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
        return lanes.count(platform, phase);
    }
}
