package dev.varve.delivery;

import dev.varve.delivery.DestinationState.LastError;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.Destination;
import dev.varve.destination.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether a lane's platform may be asked now, and what is remembered of it across restarts. Guarded by the lane's
/// lock.
final class LaneHealth {
    /// A pause up to here is worth keeping live events in memory; in a longer one they would take the budget of
    /// lanes that flow.
    static final Duration SHORT_PAUSE = Duration.ofSeconds(10);

    /// As long as the pauses between the blocks that stopped it: every passed probe costs one more trial.
    private static final Duration BLOCKED_INTERVAL = Duration.ofHours(1);

    private static final Duration ERROR_VISIBLE = Duration.ofHours(24);

    /// A request the platform took. `generation`: of the lane when it set out. `remark`: an error that came with it.
    record Success(
            Instant at, int generation, Pace pace, @Nullable LastError remark) {}

    private final Destination.Key key;
    private final DeliverySettings.Probing probing;
    private LaneState state;
    private DestinationState remembered;
    private LaneState.@Nullable Credentials credentials;
    private Instant stateSince;
    /// Asked for by the platform; nothing is sent before, whatever the state.
    private Instant quietUntil = Instant.MIN;

    /// When the platform last took a request.
    private @Nullable Instant takenAt;

    private boolean singly;
    private boolean halved;
    private boolean probeRuns;
    private int failures;
    private int throttles;
    private int blocks;
    private int generation;

    LaneHealth(Destination.Key key, DeliverySettings.Probing probing, DestinationState remembered, Instant now) {
        this.key = key;
        this.probing = probing;
        this.remembered = remembered;
        this.stateSince = now;
        this.takenAt = remembered.lastSuccessAt();
        this.quietUntil = remembered.quietUntil() == null ? Instant.MIN : remembered.quietUntil();
        this.state = LaneState.after(remembered, now);
    }

    // What may be done now

    boolean maySend(Instant now) {
        if (quietUntil.isAfter(now)) {
            return false;
        }
        return switch (state) {
            case LaneState.Flowing() -> true;
            case LaneState.Waiting waiting -> !waiting.until().isAfter(now);
            case LaneState.Held held -> false;
            case LaneState.Stopped stopped -> false;
        };
    }

    /// Whether live events are kept in memory: while the lane flows, and for a short while when it was asked to wait.
    boolean takesLive(Instant now) {
        return switch (state) {
            case LaneState.Flowing() -> !isQuietForLong(now);
            case LaneState.Waiting waiting -> !quietUntil.isBefore(waiting.until()) && !isQuietForLong(now);
            case LaneState.Held held -> false;
            case LaneState.Stopped stopped -> false;
        };
    }

    boolean isQuietForLong(Instant now) {
        return quietUntil.isAfter(now.plus(SHORT_PAUSE));
    }

    Instant quietUntil() {
        return quietUntil;
    }

    /// Held and stopped lanes ask by probes only.
    boolean isProbing() {
        return state instanceof LaneState.Held || state instanceof LaneState.Stopped;
    }

    /// From when on the platform may be asked, by a request or a probe; `Instant.MAX`: the end of a probe decides.
    Instant mayAskAt() {
        return switch (state) {
            case LaneState.Flowing() -> quietUntil;
            case LaneState.Waiting(var until) -> until.isAfter(quietUntil) ? until : quietUntil;
            case LaneState.Held held -> probeRuns ? Instant.MAX : held.nextProbeAt();
            case LaneState.Stopped stopped -> probeRuns ? Instant.MAX : stopped.nextProbeAt();
        };
    }

    /// One request at a time while it is unknown whether the platform is back.
    int mostInFlight(int platformLimit) {
        if (!isFlowing()) {
            return 1;
        }
        return halved ? Math.max(1, platformLimit / 2) : platformLimit;
    }

    /// After a block a single event tries whether it has passed, and so it does where one event may be the trouble.
    int mostEvents(int batch) {
        return blocks > 0 || singly ? 1 : batch;
    }

    /// Until the platform takes something again.
    void sendSingly() {
        singly = true;
    }

    @Nullable
    Instant takenAt() {
        return takenAt;
    }

    boolean isFlowing() {
        return state instanceof LaneState.Flowing;
    }

    LaneState state() {
        return state;
    }

    Instant stateSince() {
        return stateSince;
    }

    int generation() {
        return generation;
    }

    RetryPolicy.LaneFacts facts(List<Duration> throttleLadder) {
        return new RetryPolicy.LaneFacts(failures, throttles, blocks, throttleLadder);
    }

    boolean hasErrorSince(Instant since) {
        LastError error = remembered.lastError();
        return error != null && error.at().isAfter(since);
    }

    // What attempts bring

    /// Answers the state to remember, when it is worth a row. A success of a request that set out before the platform
    /// asked for quiet says nothing of what comes after it.
    Optional<DestinationState> succeeded(Success success) {
        Instant at = success.at();
        takenAt = takenAt == null || takenAt.isBefore(at) ? at : takenAt;
        singly = false;
        halved = success.pace().halved();
        quiet(at.plus(success.pace().pause()));
        boolean outdated = success.generation() != generation && !isFlowing() && quietUntil.isAfter(at);
        if (outdated) {
            return Optional.empty();
        }
        boolean news = success.remark() != null
                || success.pace().pause().isPositive()
                || !isFlowing()
                || remembered.failingSince() != null
                || remembered.lastSuccessAt() == null
                || remembered.lastSuccessAt().plusSeconds(10).isBefore(at);
        failures = 0;
        throttles = 0;
        blocks = 0;
        if (!isFlowing()) {
            enter(new LaneState.Flowing(), at);
        }
        if (!news) {
            return Optional.empty();
        }
        LastError error = success.remark() == null ? keptError(at) : success.remark();
        remembered = new DestinationState(key, standing(at), at, null, error);
        return Optional.of(remembered);
    }

    /// The platform fails. Failures of requests that set out before the last change of state count once only.
    DestinationState rest(Instant until, int sentInGeneration, LastError error) {
        if (sentInGeneration == generation) {
            failures++;
            enter(new LaneState.Waiting(until), error.at());
        }
        return remember(error);
    }

    DestinationState throttle(Instant until, int sentInGeneration, LastError error) {
        quiet(until);
        if (sentInGeneration == generation) {
            throttles++;
            enter(new LaneState.Waiting(until), error.at());
        }
        return remember(error);
    }

    DestinationState block(Instant until, int sentInGeneration, LastError error) {
        quiet(until);
        if (sentInGeneration == generation) {
            blocks++;
            enter(new LaneState.Waiting(until), error.at());
        }
        return remember(error);
    }

    private void quiet(Instant until) {
        quietUntil = until.isAfter(quietUntil) ? until : quietUntil;
    }

    DestinationState hold(Unauthorized.Cause cause, Destination destination, LastError error) {
        if (!(state instanceof LaneState.Held) && !(state instanceof LaneState.Stopped)) {
            credentials = LaneState.Credentials.of(destination);
            enter(LaneState.Held.first(cause, error.at(), probing.confirmationDelays()), error.at());
        }
        return remember(error);
    }

    DestinationState stop(LaneState.Broken reason, Destination destination, LastError error) {
        credentials = LaneState.Credentials.of(destination);
        enter(new LaneState.Stopped(reason, nextProbe(error.at())), error.at());
        return remember(error);
    }

    private Instant nextProbe(Instant now) {
        boolean isLonger = blocks > 0 && BLOCKED_INTERVAL.compareTo(probing.stoppedInterval()) > 0;
        return now.plus(isLonger ? BLOCKED_INTERVAL : probing.stoppedInterval());
    }

    /// After a passed probe: one request decides. Blocks stay counted, as a probe does not see them.
    DestinationState resume(Instant now) {
        failures = 0;
        credentials = null;
        enter(new LaneState.Waiting(now), now);
        remembered = new DestinationState(key, flowing(now), remembered.lastSuccessAt(), null, remembered.lastError());
        return remembered;
    }

    /// With other credentials nothing that was learned holds any more.
    DestinationState startOver(Instant now) {
        throttles = 0;
        blocks = 0;
        singly = false;
        halved = false;
        quietUntil = Instant.MIN;
        return resume(now);
    }

    // Probes

    /// True when a held or stopped lane has other credentials now.
    boolean hasNewCredentials(Destination destination) {
        return credentials != null && !credentials.equals(LaneState.Credentials.of(destination));
    }

    boolean beginProbe(Instant now) {
        boolean due = !probeRuns
                && switch (state) {
                    case LaneState.Held held -> !held.nextProbeAt().isAfter(now);
                    case LaneState.Stopped stopped -> !stopped.nextProbeAt().isAfter(now);
                    case LaneState.Flowing() -> false;
                    case LaneState.Waiting waiting -> false;
                };
        probeRuns |= due;
        return due;
    }

    void probeEnded() {
        probeRuns = false;
    }

    /// The platform refused again. Answers the state to remember when that confirms it.
    Optional<DestinationState> probeRefused(Destination destination, LastError error) {
        return probed(1, destination, error);
    }

    /// A probe that could not tell.
    void probeUnclear(Destination destination, LastError error) {
        probed(0, destination, error);
    }

    private Optional<DestinationState> probed(int refusals, Destination destination, LastError error) {
        return switch (state) {
            case LaneState.Held held -> probedWhileHeld(held, refusals, destination, error);
            case LaneState.Stopped stopped -> {
                state = new LaneState.Stopped(stopped.reason(), nextProbe(error.at()));
                credentials = LaneState.Credentials.of(destination);
                yield Optional.empty();
            }
            case LaneState.Flowing() -> Optional.empty();
            case LaneState.Waiting waiting -> Optional.empty();
        };
    }

    private Optional<DestinationState> probedWhileHeld(
            LaneState.Held held, int refusals, Destination destination, LastError error) {
        LaneState.Held next = held.probed(refusals, error.at(), probing.confirmationDelays());
        if (next.isConfirmed(probing.confirmationDelays())) {
            return Optional.of(stop(LaneState.Broken.valueOf(held.cause().name()), destination, error));
        }
        state = next;
        return Optional.empty();
    }

    // Memory

    private void enter(LaneState next, Instant now) {
        state = next;
        stateSince = now;
        generation++;
    }

    private DestinationState remember(LastError error) {
        Instant failingSince = remembered.failingSince() == null ? error.at() : remembered.failingSince();
        remembered = new DestinationState(key, standing(error.at()), remembered.lastSuccessAt(), failingSince, error);
        return remembered;
    }

    private DestinationState.Standing standing(Instant now) {
        String broken =
                state instanceof LaneState.Stopped stopped ? stopped.reason().name() : null;
        return new DestinationState.Standing(state.phase(), broken, quietUntil.isAfter(now) ? quietUntil : null);
    }

    /// To others a destination that tries itself after a probe works again.
    private DestinationState.Standing flowing(Instant now) {
        DestinationState.Standing standing = standing(now);
        return new DestinationState.Standing(DestinationState.Phase.FLOWING, null, standing.quietUntil());
    }

    /// An error stays visible for a day after recovery.
    private @Nullable LastError keptError(Instant now) {
        LastError error = remembered.lastError();
        return error != null && error.at().plus(ERROR_VISIBLE).isAfter(now) ? error : null;
    }
}
