package dev.varve.delivery;

import dev.varve.delivery.Attempt.Hunt;
import dev.varve.delivery.Attempt.Shipment;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.Destination;
import dev.varve.destination.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Sends one batch of a lane and carries out what the policy says, until every event of it has a fate. Blocks for as
/// long as the platform takes. Thread-safe.
final class LaneSender {
    private static final String SHORT_COUNT = "platform acknowledged fewer events than sent";

    private final Recorder recorder;
    private final RetryPolicy policy;
    private final TokenPauses pauses;
    private final PlatformLimits.All limits;
    private final InstantSource clock;
    private final ItemFates fates;
    private final AttemptJournal journal;

    LaneSender(
            ItemFates fates,
            Recorder recorder,
            RetryPolicy policy,
            TokenPauses pauses,
            PlatformLimits.All limits,
            InstantSource clock) {
        this.recorder = recorder;
        this.policy = policy;
        this.pauses = pauses;
        this.limits = limits;
        this.clock = clock;
        this.fates = fates;
        this.journal = new AttemptJournal(recorder);
    }

    void send(DestinationLane lane, Destination destination, List<LaneItem> batch) {
        try {
            send(new Shipment(lane, destination, batch, new Hunt(), lane.generation()));
        } catch (RuntimeException | Error e) {
            // Those that were settled before it went wrong stay settled.
            fates.spill(lane, batch, clock.instant().plusSeconds(5));
            throw e;
        }
    }

    private void send(Shipment planned) {
        Instant start = clock.instant();
        List<LaneItem> items = fates.dropWithheld(planned.lane(), fates.dropTooOld(planned, start), start);
        Instant quietUntil = pauses.until(planned.destination());
        if (quietUntil.isAfter(start)) {
            fates.spill(planned.lane(), items, quietUntil);
            return;
        }
        if (items.isEmpty()) {
            return;
        }
        for (LaneItem item : items) {
            item.attempts++;
            item.firstAttemptAt = item.firstAttemptAt == null ? start : item.firstAttemptAt;
        }
        Shipment shipment =
                new Shipment(planned.lane(), planned.destination(), items, planned.hunt(), planned.generation());
        AttemptOutcome outcome = planned.lane()
                .connector
                .send(
                        planned.destination(),
                        items.stream().map(item -> item.prepared).toList());
        Attempt attempt = new Attempt(shipment, outcome, UUID.randomUUID());
        NextStep step = policy.next(outcome, attempt.facts(), planned.lane().facts());
        journal.finished(attempt, step);
        carryOut(attempt, step);
    }

    private void carryOut(Attempt attempt, NextStep step) {
        switch (step) {
            case NextStep.Settle settle -> settle(attempt, settle.notes());
            case NextStep.ResendWithout(var guilty) -> resendWithout(attempt, guilty);
            case NextStep.Split() -> split(attempt);
            case NextStep.SendSingly() -> sendSingly(attempt);
            case NextStep.Shrink() -> {
                attempt.lane().shrinkBatches();
                split(attempt);
            }
            case NextStep.GiveUp(var reason) -> giveUp(attempt, attempt.items().getFirst(), reason);
            case NextStep.RetryEvent(var after) -> fates.retryLater(attempt, attempt.items(), after);
            case NextStep.ResendOnce(var after, var note) -> resendOnce(attempt, after, note);
            case NextStep.Rest rest -> rest(attempt, rest);
            case NextStep.Doubt(var rest) -> {
                attempt.lane().sendSingly();
                rest(attempt, rest);
            }
            case NextStep.SetAside(var waits, var pause) -> setAside(attempt, waits, pause);
            case NextStep.Throttle(var pause, var scope) -> throttle(attempt, pause, scope);
            case NextStep.Block(var pause) -> block(attempt, pause);
            case NextStep.Hold(var cause) -> hold(attempt, cause);
            case NextStep.Stop(var why) -> stop(attempt, why);
        }
    }

    // Taken

    private void settle(Attempt attempt, List<String> notes) {
        fates.forwarded(attempt, attempt.items(), notes);
        succeeded(attempt);
    }

    /// TikTok keeps what it can of a request and names nobody: the same once more, then it has what it will ever have.
    private void resendOnce(Attempt attempt, Duration after, String note) {
        List<LaneItem> repeated = new ArrayList<>();
        List<LaneItem> first = new ArrayList<>();
        for (LaneItem item : attempt.items()) {
            (attempt.lane().isPartlyStoredAgain(item) ? repeated : first).add(item);
        }
        fates.forwarded(attempt, repeated, List.of(note));
        fates.retryLater(attempt, first, after);
        succeeded(attempt);
    }

    private void succeeded(Attempt attempt) {
        attempt.hunt().hasPassed = true;
        Pace pace = attempt.outcome() instanceof AttemptOutcome.Delivered delivered ? delivered.pace() : Pace.FULL;
        attempt.lane()
                .succeeded(new LaneHealth.Success(attempt.answer().at(), attempt.generation(), pace, remark(attempt)))
                .ifPresent(recorder::stateChanged);
    }

    /// Which ones the platform missed nobody knows, so nothing is sent again; people are told.
    private static DestinationState.@Nullable LastError remark(Attempt attempt) {
        return attempt.isShort()
                ? new DestinationState.LastError(
                        attempt.answer().at(),
                        "PLATFORM_ERROR",
                        SHORT_COUNT,
                        attempt.answer().platformCode())
                : null;
    }

    // Refused

    private void resendWithout(Attempt attempt, Map<Integer, String> guilty) {
        attempt.hunt().rounds++;
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

    private void sendSingly(Attempt attempt) {
        attempt.items().forEach(item -> resend(attempt, List.of(item)));
    }

    private void giveUp(Attempt attempt, LaneItem item, String reason) {
        attempt.hunt().guilty++;
        fates.giveUp(attempt, item, reason);
    }

    /// Sends part of a refused request. The refusal was another event's fault, so it does not count as a try.
    private void resend(Attempt attempt, List<LaneItem> items) {
        if (items.isEmpty()) {
            return;
        }
        uncount(items);
        DestinationLane lane = attempt.lane();
        Instant now = clock.instant();
        boolean unchanged = lane.generation() == attempt.generation();
        if ((unchanged || lane.isFlowing()) && !lane.quietUntil().isAfter(now)) {
            limits.of(lane.connector).rate.overdraw(now);
            send(new Shipment(lane, attempt.destination(), items, attempt.hunt(), lane.generation()));
        } else {
            fates.spill(lane, items, now);
        }
    }

    private static void uncount(List<LaneItem> items) {
        items.forEach(item -> item.attempts--);
    }

    // Not now

    private void rest(Attempt attempt, NextStep.Rest rest) {
        Instant until = attempt.answer().at().plus(rest.pause());
        String code = attempt.answer().httpStatus() == 0 ? "PLATFORM_UNREACHABLE" : "PLATFORM_ERROR";
        recorder.stateChanged(attempt.lane().rest(until, attempt.generation(), error(attempt, code)));
        fates.retryLater(attempt, rest.fateUnknown() ? fates.giveUpUnknown(attempt) : attempt.items(), rest.pause());
        fates.spill(attempt.lane(), attempt.lane().drainQueues(), until);
    }

    /// Of a batch of which other parts passed, the search goes on; else this may be an outage.
    private void setAside(Attempt attempt, Duration waits, Duration pause) {
        Instant at = attempt.answer().at();
        DestinationLane lane = attempt.lane();
        attempt.items().forEach(item -> lane.suspect(item, at));
        fates.retryLater(attempt, attempt.items(), waits);
        if (!attempt.hunt().hasPassed) {
            Instant until = at.plus(pause);
            lane.sendSingly();
            recorder.stateChanged(lane.rest(until, attempt.generation(), error(attempt, "PLATFORM_ERROR")));
            fates.spill(lane, lane.drainQueues(), until);
        }
    }

    private void throttle(Attempt attempt, Duration pause, Throttled.Scope scope) {
        Instant at = attempt.answer().at();
        Instant until = at.plus(pause);
        switch (scope) {
            case TOKEN -> pauses.pause(attempt.destination(), until, at);
            case DESTINATION -> {}
        }
        limits.of(attempt.lane().connector).rate.slowDown(at);
        recorder.stateChanged(attempt.lane().throttle(until, attempt.generation(), error(attempt, "PLATFORM_ERROR")));
        uncount(attempt.items());
        fates.spill(attempt.lane(), attempt.items(), until);
        spillQueuesDuringLongPause(attempt, until);
    }

    private void block(Attempt attempt, Duration pause) {
        Instant until = attempt.answer().at().plus(pause);
        recorder.stateChanged(attempt.lane().block(until, attempt.generation(), error(attempt, "PLATFORM_ERROR")));
        uncount(attempt.items());
        fates.spill(attempt.lane(), attempt.items(), until);
        spillQueuesDuringLongPause(attempt, until);
    }

    private void spillQueuesDuringLongPause(Attempt attempt, Instant until) {
        if (until.isAfter(clock.instant().plus(LaneHealth.SHORT_PAUSE))) {
            fates.spill(attempt.lane(), attempt.lane().drainQueues(), until);
        }
    }

    private void hold(Attempt attempt, Unauthorized.Cause cause) {
        uncount(attempt.items());
        recorder.stateChanged(attempt.lane().hold(cause, attempt.destination(), error(attempt, LaneProbe.code(cause))));
        spillAll(attempt);
    }

    private void stop(Attempt attempt, NextStep.Stop.Why why) {
        LaneState.Broken broken =
                switch (why) {
                    case MISCONFIGURED -> LaneState.Broken.CONFIGURATION;
                    case BLOCKED -> LaneState.Broken.PERMISSION;
                };
        String code =
                switch (why) {
                    case MISCONFIGURED -> "PIXEL_INVALID";
                    case BLOCKED -> "PLATFORM_ERROR";
                };
        uncount(attempt.items());
        recorder.stateChanged(attempt.lane().stop(broken, attempt.destination(), error(attempt, code)));
        spillAll(attempt);
    }

    private void spillAll(Attempt attempt) {
        Instant now = clock.instant();
        fates.spill(attempt.lane(), attempt.items(), now);
        fates.spill(attempt.lane(), attempt.lane().drainQueues(), now);
    }

    private static DestinationState.LastError error(Attempt attempt, String code) {
        return DestinationLane.error(attempt.answer(), code);
    }
}
