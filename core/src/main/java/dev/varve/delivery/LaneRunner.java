package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.destination.Destinations;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts what a lane needs now: loads of its backlog, requests, probes. Each runs on a virtual thread of its own.
final class LaneRunner {
    private static final Logger LOG = LoggerFactory.getLogger(LaneRunner.class);

    /// Looks into the backlog at a time, over all lanes; each holds a thousand events and a connection to the store.
    private static final int MAX_LOOKS = 8;

    private final DeliveryLedger ledger;
    private final Destinations destinations;
    private final StoredEvents backlog;
    private final Recorder recorder;
    private final InstantSource clock;
    private final ItemFates fates;
    private final LaneSender sender;
    private final LaneProbe prober;
    private final TokenPauses pauses = new TokenPauses();
    private final PlatformLimits.All limits = new PlatformLimits.All();
    private final Semaphore looks = new Semaphore(MAX_LOOKS);
    private final Phaser running = new Phaser(1);

    LaneRunner(
            DeliveryLedger ledger,
            Destinations destinations,
            StoredEvents backlog,
            Recorder recorder,
            RetryPolicy policy,
            InstantSource clock) {
        this.ledger = ledger;
        this.destinations = destinations;
        this.backlog = backlog;
        this.recorder = recorder;
        this.clock = clock;
        this.fates = new ItemFates(recorder, backlog.consenting());
        this.sender = new LaneSender(fates, recorder, policy, pauses, limits, clock);
        this.prober = new LaneProbe(recorder, clock);
    }

    /// Starts whatever the lane needs now; returns at once. Answers when the lane needs the next look, unless something
    /// happens to it; empty when its destination is no more.
    Optional<Instant> drive(DestinationLane lane, Instant now) {
        Optional<Destination> found = destinations.find(lane.key);
        if (found.isEmpty() || !found.get().isSendable()) {
            fates.spill(lane, lane.drainQueues(), now.plusSeconds(1));
            sweepWhenDue(lane, found, now);
            return found.map(unsendable -> Instant.MAX);
        }
        Destination destination = found.get();
        if (lane.hasNewCredentials(destination)) {
            recorder.stateChanged(lane.startOver(now));
        }
        if (lane.beginReleaseLook(now)) {
            spawn(() -> resumeIfReleased(lane));
        }
        probeWhenDue(lane, destination, now);
        if (lane.state() instanceof LaneState.Held || lane.state() instanceof LaneState.Stopped) {
            sweepWhenDue(lane, found, now);
            return Optional.of(lane.nextLookAt(now));
        }
        Instant quietUntil = later(lane.quietUntil(), pauses.until(destination));
        if (quietUntil.isAfter(now)) {
            waitOut(lane, quietUntil, now);
        } else {
            loadWhenDue(lane, destination, now);
            send(lane, destination, now);
        }
        return Optional.of(later(quietUntil, lane.nextLookAt(now)));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /// Live events wait in memory during a short pause; in a longer one they would keep others out of it.
    private void waitOut(DestinationLane lane, Instant quietUntil, Instant now) {
        if (quietUntil.isAfter(now.plus(LaneHealth.SHORT_PAUSE))) {
            fates.spill(lane, lane.drainQueues(), quietUntil);
        }
    }

    /// Another process, or the API after a token was checked, has put a stopped destination back to work.
    private void resumeIfReleased(DestinationLane lane) {
        boolean released = !recorder.isStateUnwritten(lane.key)
                && ledger.state(lane.key)
                        .map(s -> s.phase() == DestinationState.Phase.FLOWING)
                        .orElse(true);
        if (released && lane.state() instanceof LaneState.Stopped) {
            recorder.stateChanged(lane.resume(clock.instant()));
        }
    }

    private void probeWhenDue(DestinationLane lane, Destination destination, Instant now) {
        startWith(
                limits.of(lane.connector).trials(), () -> lane.beginProbe(now), () -> prober.probe(lane, destination));
    }

    private void loadWhenDue(DestinationLane lane, Destination destination, Instant now) {
        startWith(looks, () -> lane.beginLoading(now), () -> backlog.load(lane, destination));
    }

    private void sweepWhenDue(DestinationLane lane, Optional<Destination> destination, Instant now) {
        startWith(looks, () -> lane.beginSweep(now), () -> backlog.sweep(lane, destination));
    }

    private interface Readiness {
        boolean begin();
    }

    private void startWith(Semaphore permits, Readiness readiness, Runnable work) {
        if (!permits.tryAcquire()) {
            return;
        }
        if (readiness.begin()) {
            spawn(work, permits);
        } else {
            permits.release();
        }
    }

    private void send(DestinationLane lane, Destination destination, Instant now) {
        PlatformLimits shared = limits.of(lane.connector);
        while (true) {
            Semaphore permits = shared.permits(lane);
            if (!permits.tryAcquire()) {
                return;
            }
            if (!shared.rate.tryTake(now)) {
                permits.release();
                return;
            }
            List<LaneItem> batch = lane.takeBatch(now);
            if (batch.isEmpty()) {
                shared.rate.giveBack();
                permits.release();
                return;
            }
            spawn(() -> sendBatch(lane, destination, batch, now), permits);
        }
    }

    private void sendBatch(DestinationLane lane, Destination destination, List<LaneItem> batch, Instant takenAt) {
        try {
            sender.send(lane, destination, batch);
        } finally {
            lane.requestEnded(takenAt);
        }
    }

    private void spawn(Runnable work, Semaphore permits) {
        spawn(() -> {
            try {
                work.run();
            } finally {
                permits.release();
            }
        });
    }

    private void spawn(Runnable work) {
        running.register();
        Thread.ofVirtual().name("lane").start(() -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                LOG.atError().setCause(e).log("relay.request_failed");
            } finally {
                running.arriveAndDeregister();
            }
        });
    }

    void awaitRequests(Duration atMost) throws InterruptedException {
        try {
            running.awaitAdvanceInterruptibly(running.arrive(), atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.atWarn().log("relay.requests_cut_off"); // they are sent again after the restart
        }
    }
}
