package dev.varve.delivery;

import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Destination;
import dev.varve.destination.Destinations;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.ProbeResult;
import dev.varve.destination.SkipReason;
import dev.varve.event.Platform;
import dev.varve.tenant.PrefixedId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does a lane's I/O: loads its backlog, sends its batches, probes its platform, and carries out what the policy says.
/// Every request runs on a virtual thread of its own.
final class LaneRunner {
    private static final Logger LOG = LoggerFactory.getLogger(LaneRunner.class);
    /// Bounds memory and sockets; by platform, so that one that hangs leaves the others their share.
    private static final int MAX_REQUESTS_PER_PLATFORM = 128;

    private static final String SHORT_COUNT = "platform acknowledged fewer events than sent";

    /// A request whose fate nobody knows may be repeated for as long as the platforms recognise the event id.
    private static final Duration DEDUP_WINDOW = Duration.ofHours(48);

    private final DeliveryLedger ledger;
    private final Destinations destinations;
    private final StoredEvents backlog;
    private final Recorder recorder;
    private final RetryPolicy policy;
    private final InstantSource clock;
    private final Map<Platform, Semaphore> requests = new EnumMap<>(Platform.class);
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
        this.policy = policy;
        this.clock = clock;
        for (Platform platform : Platform.values()) {
            requests.put(platform, new Semaphore(MAX_REQUESTS_PER_PLATFORM));
        }
    }

    /// Starts whatever the lane needs now; returns at once.
    void drive(DestinationLane lane, Instant now) {
        Optional<Destination> found = destinations.find(lane.key);
        if (found.isEmpty() || !found.get().isSendable()) {
            spill(lane, lane.drainQueues(), now.plusSeconds(1));
            sweepWhenDue(lane, found, now);
            return;
        }
        Destination destination = found.get();
        if (lane.hasNewCredentials(destination) || wasReleased(lane, now)) {
            recorder.stateChanged(lane.resume(now));
        }
        if (lane.beginProbe(now)) {
            spawn(() -> probe(lane, destination));
        }
        if (lane.state() instanceof LaneState.Held || lane.state() instanceof LaneState.Stopped) {
            sweepWhenDue(lane, found, now);
            return;
        }
        if (lane.beginLoading(now)) {
            spawn(() -> backlog.load(lane, destination));
        }
        Semaphore permits = permits(lane);
        while (permits.tryAcquire()) {
            List<LaneItem> batch = lane.takeBatch(now);
            if (batch.isEmpty()) {
                permits.release();
                return;
            }
            spawn(() -> sendAndRelease(lane, destination, batch));
        }
    }

    /// Another process, or the API after a token was checked, has put a stopped destination back to work.
    private boolean wasReleased(DestinationLane lane, Instant now) {
        return lane.state() instanceof LaneState.Stopped
                && lane.stateSince().plusSeconds(3).isBefore(now)
                && lane.beginReleaseLook(now)
                && !recorder.isStateUnwritten(lane.key)
                && ledger.state(lane.key)
                        .map(s -> s.phase() == DestinationState.Phase.FLOWING)
                        .orElse(true);
    }

    private Semaphore permits(DestinationLane lane) {
        return Objects.requireNonNull(requests.get(lane.key.platform()));
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

    // Sending

    private void sendAndRelease(DestinationLane lane, Destination destination, List<LaneItem> batch) {
        try {
            send(lane, destination, batch);
        } catch (RuntimeException | Error e) {
            // Those that were settled before it went wrong stay settled.
            spill(lane, batch, clock.instant().plusSeconds(5));
            throw e;
        } finally {
            lane.requestEnded();
            permits(lane).release();
        }
    }

    private void send(DestinationLane lane, Destination destination, List<LaneItem> batch) {
        List<LaneItem> items = dropTooOld(lane, destination, batch);
        if (items.isEmpty()) {
            return;
        }
        int generation = lane.generation();
        Instant start = clock.instant();
        for (LaneItem item : items) {
            item.attempts++;
            item.firstAttemptAt = item.firstAttemptAt == null ? start : item.firstAttemptAt;
        }
        List<PreparedEvent> events = items.stream().map(item -> item.prepared).toList();
        AttemptOutcome outcome = lane.connector.send(destination, events);
        UUID requestId = UUID.randomUUID();
        NextStep step = policy.next(outcome, items.size(), lane.failures(), items.getFirst().attempts);
        record(lane, destination, items, outcome, requestId, step);
        carryOut(new Attempt(lane, destination, items, outcome, requestId, generation), step);
    }

    private record Attempt(
            DestinationLane lane,
            Destination destination,
            List<LaneItem> items,
            AttemptOutcome outcome,
            UUID requestId,
            int generation) {
        Answer answer() {
            return outcome.answer();
        }
    }

    private List<LaneItem> dropTooOld(DestinationLane lane, Destination destination, List<LaneItem> batch) {
        Instant now = clock.instant();
        List<LaneItem> young = new ArrayList<>(batch.size());
        for (LaneItem item : batch) {
            if (lane.connector.tooOldAt(item.event(), destination).isAfter(now)) {
                young.add(item);
            } else {
                recorder.skipped(item, lane.key, SkipReason.TOO_OLD.wireName(), now);
                lane.forget(item);
            }
        }
        return young;
    }

    private void carryOut(Attempt attempt, NextStep step) {
        switch (step) {
            case NextStep.Settle settle -> settle(attempt);
            case NextStep.ResendWithout(var guilty) -> resendWithout(attempt, guilty);
            case NextStep.Split() -> split(attempt);
            case NextStep.Shrink() -> {
                attempt.lane().shrinkBatches();
                split(attempt);
            }
            case NextStep.GiveUp(var reason) -> giveUp(attempt, attempt.items().getFirst(), reason);
            case NextStep.RetryEvent(var after) -> retryLater(attempt, attempt.items(), after);
            case NextStep.Rest rest -> rest(attempt, rest);
            case NextStep.Hold(var cause) -> {
                uncount(attempt.items());
                recorder.stateChanged(attempt.lane()
                        .hold(cause, attempt.destination(), DestinationLane.error(attempt.answer(), code(cause))));
                spillAll(attempt, clock.instant());
            }
            case NextStep.Stop() -> {
                uncount(attempt.items());
                recorder.stateChanged(attempt.lane()
                        .stop(
                                LaneState.Broken.CONFIGURATION,
                                attempt.destination(),
                                DestinationLane.error(attempt.answer(), "PIXEL_INVALID")));
                spillAll(attempt, clock.instant());
            }
        }
    }

    private void settle(Attempt attempt) {
        for (LaneItem item : attempt.items()) {
            recorder.forwarded(
                    item,
                    attempt.lane().key,
                    attempt.requestId(),
                    attempt.answer().at());
            attempt.lane().forget(item);
        }
        attempt.lane().succeeded(attempt.answer().at(), remark(attempt)).ifPresent(recorder::stateChanged);
    }

    /// Which ones the platform missed nobody knows, so nothing is sent again; people are told.
    private static DestinationState.@Nullable LastError remark(Attempt attempt) {
        Answer answer = attempt.answer();
        return isShort(attempt.outcome(), attempt.items())
                ? new DestinationState.LastError(answer.at(), "PLATFORM_ERROR", SHORT_COUNT, answer.platformCode())
                : null;
    }

    private static boolean isShort(AttemptOutcome outcome, List<LaneItem> items) {
        return outcome instanceof AttemptOutcome.Delivered delivered && delivered.acknowledged() < items.size();
    }

    private void resendWithout(Attempt attempt, Map<Integer, String> guilty) {
        List<LaneItem> rest = new ArrayList<>();
        for (int i = 0; i < attempt.items().size(); i++) {
            String reason = guilty.get(i);
            if (reason == null) {
                rest.add(attempt.items().get(i));
            } else {
                giveUp(attempt, attempt.items().get(i), reason);
            }
        }
        resend(attempt, rest);
    }

    private void split(Attempt attempt) {
        int middle = attempt.items().size() / 2;
        resend(attempt, attempt.items().subList(0, middle));
        resend(attempt, attempt.items().subList(middle, attempt.items().size()));
    }

    /// Sends part of a refused request. The refusal was another event's fault, so it does not count as a try.
    private void resend(Attempt attempt, List<LaneItem> items) {
        if (items.isEmpty()) {
            return;
        }
        uncount(items);
        boolean unchanged = attempt.lane().generation() == attempt.generation();
        if (unchanged || attempt.lane().state() instanceof LaneState.Flowing) {
            send(attempt.lane(), attempt.destination(), items);
        } else {
            spill(attempt.lane(), items, clock.instant());
        }
    }

    private void giveUp(Attempt attempt, LaneItem item, String reason) {
        Answer answer = attempt.answer();
        String message = answer.message() == null ? "the platform refused this event" : answer.message();
        recorder.attemptFailed(new FailedAttempt(
                item.offset(),
                attempt.lane().key.platform(),
                item.attempts,
                attempt.requestId(),
                item.prepared.sentAs(),
                null));
        recorder.dead(
                item,
                new DeadLetter(
                        item.event(),
                        attempt.lane().key,
                        reason,
                        "PLATFORM_ERROR",
                        new DeadLetter.Failure(
                                item.attempts,
                                item.firstAttemptAt == null ? answer.at() : item.firstAttemptAt,
                                answer.at(),
                                message,
                                new DeadLetter.Sent(attempt.requestId(), answer, item.prepared.payload())),
                        attempt.lane().connector.tooOldAt(item.event(), attempt.destination())));
        attempt.lane().forget(item);
    }

    private void rest(Attempt attempt, NextStep.Rest rest) {
        Instant until = attempt.answer().at().plus(rest.pause());
        String code = attempt.answer().httpStatus() == 0 ? "PLATFORM_UNREACHABLE" : "PLATFORM_ERROR";
        recorder.stateChanged(
                attempt.lane().rest(until, attempt.generation(), DestinationLane.error(attempt.answer(), code)));
        if (!rest.counted()) {
            uncount(attempt.items());
        }
        List<LaneItem> waiting = rest.fateUnknown() ? giveUpUnknown(attempt) : attempt.items();
        if (rest.counted()) {
            retryLater(attempt, waiting, rest.pause());
        } else {
            spill(attempt.lane(), waiting, until);
        }
        spill(attempt.lane(), attempt.lane().drainQueues(), until);
    }

    /// After 48 h a repeat might be counted twice; from then on a person decides.
    private List<LaneItem> giveUpUnknown(Attempt attempt) {
        List<LaneItem> waiting = new ArrayList<>();
        for (LaneItem item : attempt.items()) {
            Instant first = item.firstAttemptAt == null ? attempt.answer().at() : item.firstAttemptAt;
            if (first.plus(DEDUP_WINDOW).isBefore(attempt.answer().at())) {
                giveUp(attempt, item, "outcome_unknown");
            } else {
                waiting.add(item);
            }
        }
        return waiting;
    }

    private void retryLater(Attempt attempt, List<LaneItem> items, Duration after) {
        Instant next = attempt.answer().at().plus(after);
        for (LaneItem item : items) {
            recorder.attemptFailed(new FailedAttempt(
                    item.offset(),
                    attempt.lane().key.platform(),
                    item.attempts,
                    attempt.requestId(),
                    item.prepared.sentAs(),
                    next));
        }
        spill(attempt.lane(), items, next);
    }

    private void spillAll(Attempt attempt, Instant nextAt) {
        spill(attempt.lane(), attempt.items(), nextAt);
        spill(attempt.lane(), attempt.lane().drainQueues(), nextAt);
    }

    private void spill(DestinationLane lane, List<LaneItem> items, Instant nextAt) {
        for (LaneItem item : items) {
            recorder.spilled(item, lane.key, nextAt);
            lane.forget(item);
        }
        if (!items.isEmpty()) {
            lane.backlogDue(nextAt);
        }
    }

    private static void uncount(List<LaneItem> items) {
        items.forEach(item -> item.attempts--);
    }

    private static String code(AttemptOutcome.Unauthorized.Cause cause) {
        return switch (cause) {
            case TOKEN -> "TOKEN_INVALID";
            case PERMISSION -> "PIXEL_INVALID";
        };
    }

    private void record(
            DestinationLane lane,
            Destination destination,
            List<LaneItem> items,
            AttemptOutcome outcome,
            UUID requestId,
            NextStep step) {
        String word = word(outcome);
        int synthetics = (int)
                items.stream().filter(item -> item.event().event().synthetic()).count();
        int acknowledged =
                outcome instanceof AttemptOutcome.Delivered delivered ? delivered.acknowledged() - synthetics : 0;
        boolean failed = isShort(outcome, items)
                || !(outcome instanceof AttemptOutcome.Delivered) && !(outcome instanceof AttemptOutcome.Throttled);
        boolean synthetic = synthetics == items.size();
        recorder.requested(
                Recorder.request(requestId, destination, items, word, outcome.answer()),
                acknowledged,
                failed,
                synthetic);
        Answer answer = outcome.answer();
        LOG.atInfo()
                .addKeyValue("projectId", PrefixedId.PROJECT.format(lane.key.projectId()))
                .addKeyValue("platform", lane.key.platform().layerName())
                .addKeyValue("events", items.size())
                .addKeyValue("outcome", word)
                .addKeyValue("nextStep", step.getClass().getSimpleName())
                .addKeyValue("httpStatus", answer.httpStatus())
                .addKeyValue("platformCode", answer.platformCode())
                .addKeyValue("traceId", answer.traceId())
                .addKeyValue("latencyMs", answer.latency().toMillis())
                .log("attempt.finished");
    }

    private static String word(AttemptOutcome outcome) {
        return switch (outcome) {
            case AttemptOutcome.Delivered delivered -> "forwarded";
            case AttemptOutcome.PartlyRejected partly -> "rejected";
            case AttemptOutcome.Rejected rejected -> "rejected";
            case AttemptOutcome.TooLarge tooLarge -> "rejected";
            case AttemptOutcome.Throttled throttled -> "throttled";
            case AttemptOutcome.Blocked blocked -> "throttled";
            case AttemptOutcome.PartlyStored partly -> "retry";
            case AttemptOutcome.Unavailable unavailable ->
                unavailable.answer().httpStatus() == 0 ? "unreachable" : "retry";
            case AttemptOutcome.Unauthorized unauthorized -> "auth_failed";
            case AttemptOutcome.Misconfigured misconfigured -> "rejected";
        };
    }

    // Probing

    private void probe(DestinationLane lane, Destination destination) {
        try {
            probeOnce(lane, destination);
        } finally {
            lane.probeEnded();
        }
    }

    private void probeOnce(DestinationLane lane, Destination destination) {
        ProbeResult result = lane.connector.probe(destination);
        switch (result) {
            case ProbeResult.Accepted accepted -> recorder.stateChanged(lane.resume(clock.instant()));
            case ProbeResult.TokenRefused refused -> probed(lane, destination, true, refused.answer(), "TOKEN_INVALID");
            case ProbeResult.PixelRefused refused -> probed(lane, destination, true, refused.answer(), "PIXEL_INVALID");
            case ProbeResult.Unknown unknown -> probed(lane, destination, false, unknown.answer(), "PLATFORM_ERROR");
        }
        LOG.atInfo()
                .addKeyValue("projectId", PrefixedId.PROJECT.format(lane.key.projectId()))
                .addKeyValue("platform", lane.key.platform().layerName())
                .addKeyValue("result", result.getClass().getSimpleName())
                .addKeyValue("state", lane.state().phase().wireName())
                .log("probe.finished");
    }

    private void probed(DestinationLane lane, Destination destination, boolean refused, Answer answer, String code) {
        lane.probed(refused, destination, DestinationLane.error(answer, code)).ifPresent(recorder::stateChanged);
    }

    private void sweepWhenDue(DestinationLane lane, Optional<Destination> destination, Instant now) {
        if (lane.beginSweep(now)) {
            spawn(() -> backlog.sweep(lane, destination));
        }
    }
}
