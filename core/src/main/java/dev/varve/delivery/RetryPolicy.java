package dev.varve.delivery;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.PartlyRejected;
import dev.varve.destination.AttemptOutcome.Rejected;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// Decides what follows an attempt. Pure but for the jitter it is given.
public final class RetryPolicy {
    /// Three tries fit into 15 minutes.
    static final Duration UNKNOWN_CODE_PAUSE = Duration.ofMinutes(5);

    /// How long an event waits that may be why the platform fails.
    static final Duration SET_ASIDE_PAUSE = Duration.ofMinutes(5);

    private static final int SPACED_TRIES = 3;

    static final Duration SHORTEST_THROTTLE = Duration.ofSeconds(1);

    /// After a partial success the same events go once more, with the same ids.
    static final Duration PARTIAL_PAUSE = Duration.ofSeconds(60);

    /// From then on halving costs more requests than asking one by one.
    static final int MOST_GUILTY = 8;

    /// Answers that name guilty events are believed so often, then halving decides.
    static final int MOST_ROUNDS = 8;

    /// Blocks in a row that stop a destination.
    static final int BLOCKS_TO_STOP = 3;

    private static final String REFUSED = "platform_rejected";

    private final DeliverySettings.Backoff backoff;
    private final RandomGenerator jitter;

    public RetryPolicy(DeliverySettings settings, RandomGenerator jitter) {
        this.backoff = settings.backoff();
        this.jitter = jitter;
    }

    /// Of one request. `tries`: of its most tried event, this one included. `guilty`: events of the original batch
    /// that are dead already. `rounds`: answers on it that named guilty events, before this one.
    public record RequestFacts(int events, int tries, int guilty, int rounds, Evidence evidence) {}

    /// Whether the platform works for others, which is what tells a bad event from an outage.
    public enum Evidence {
        /// Nothing has passed since the most tried event was first sent.
        NONE,
        /// Other events have.
        OTHERS_PASSED,
        /// The request's only event failed by itself before, and others have passed since.
        CONDEMNED
    }

    /// Of the lane, before this attempt: what happened in a row. `throttleLadder`: the connector's.
    public record LaneFacts(int failures, int throttles, int blocks, List<Duration> throttleLadder) {
        public LaneFacts {
            throttleLadder = List.copyOf(throttleLadder);
        }
    }

    public NextStep next(AttemptOutcome outcome, RequestFacts request, LaneFacts lane) {
        return switch (outcome) {
            case AttemptOutcome.Delivered delivered -> new NextStep.Settle(delivered.acknowledged(), delivered.notes());
            case PartlyRejected partly -> withoutGuilty(partly, request);
            case Rejected rejected -> rejected(rejected, request);
            case AttemptOutcome.TooLarge tooLarge when request.events() > 1 -> new NextStep.Shrink();
            case AttemptOutcome.TooLarge tooLarge -> new NextStep.GiveUp(REFUSED);
            case Throttled throttled -> new NextStep.Throttle(throttlePause(throttled, lane), throttled.scope());
            case AttemptOutcome.PartlyStored partly -> new NextStep.ResendOnce(PARTIAL_PAUSE, "partial");
            case AttemptOutcome.Blocked blocked
            when lane.blocks() + 1 >= BLOCKS_TO_STOP -> new NextStep.Stop(NextStep.Stop.Why.BLOCKED);
            case AttemptOutcome.Blocked blocked -> new NextStep.Block(blocked.pause());
            case Unavailable unavailable
            when isSuspicious(unavailable, request) -> suspicious(rest(unavailable, lane), request);
            case Unavailable unavailable -> rest(unavailable, lane);
            case AttemptOutcome.Unauthorized unauthorized -> new NextStep.Hold(unauthorized.cause());
            case AttemptOutcome.Misconfigured misconfigured -> new NextStep.Stop(NextStep.Stop.Why.MISCONFIGURED);
        };
    }

    private static NextStep withoutGuilty(PartlyRejected partly, RequestFacts request) {
        boolean namesAny = partly.guilty().keySet().stream().anyMatch(i -> i >= 0 && i < request.events());
        if (!namesAny || (request.rounds() >= MOST_ROUNDS && request.events() > 1)) {
            return search(request, REFUSED);
        }
        return new NextStep.ResendWithout(partly.guilty());
    }

    private NextStep rejected(Rejected rejected, RequestFacts request) {
        if (request.events() > 1 || request.tries() >= rejected.tries()) {
            return search(request, rejected.reason());
        }
        return new NextStep.RetryEvent(
                rejected.tries() <= SPACED_TRIES ? UNKNOWN_CODE_PAUSE : backoff(request.tries() - 1));
    }

    /// The way to the guilty event of a request, or its end when it has only one.
    private static NextStep search(RequestFacts request, String reason) {
        if (request.events() == 1) {
            return new NextStep.GiveUp(reason);
        }
        return request.guilty() > MOST_GUILTY ? new NextStep.SendSingly() : new NextStep.Split();
    }

    private NextStep.Rest rest(Unavailable unavailable, LaneFacts lane) {
        return new NextStep.Rest(backoff(lane.failures()), unavailable.fateUnknown());
    }

    /// In an outage every request becomes suspicious, so an event dies only after it failed twice by itself with
    /// successes of others in between, and a batch is halved only while others pass.
    private static NextStep suspicious(NextStep.Rest rest, RequestFacts request) {
        return switch (request.evidence()) {
            case CONDEMNED -> search(request, REFUSED);
            case OTHERS_PASSED -> request.events() > 1 ? search(request, REFUSED) : setAside(rest);
            case NONE -> request.events() > 1 ? new NextStep.Doubt(rest) : setAside(rest);
        };
    }

    private static NextStep setAside(NextStep.Rest rest) {
        return new NextStep.SetAside(SET_ASIDE_PAUSE, rest.pause());
    }

    private static boolean isSuspicious(Unavailable unavailable, RequestFacts request) {
        return unavailable.maxTries() > 0 && request.tries() >= unavailable.maxTries();
    }

    /// Exponential with full jitter: uniformly between 0 and base × 2^failures, never above the cap, never below
    /// 100 ms.
    Duration backoff(int failures) {
        long ceiling = ladder(backoff.base().toMillis(), failures, backoff.cap().toMillis());
        return Duration.ofMillis(Math.max(100, (long) (jitter.nextDouble() * ceiling)));
    }

    /// Never nothing: a platform that throttles and names no time at all would be asked again without a pause.
    private Duration throttlePause(Throttled throttled, LaneFacts lane) {
        Duration pause = throttled.pause().orElseGet(() -> throttleLadder(lane));
        return pause.compareTo(SHORTEST_THROTTLE) < 0 ? SHORTEST_THROTTLE : pause;
    }

    /// Of a connector that names no pauses: a minute, doubling to the cap.
    private Duration throttleLadder(LaneFacts lane) {
        List<Duration> rungs = lane.throttleLadder();
        return rungs.isEmpty()
                ? Duration.ofMillis(
                        ladder(60_000, lane.throttles(), backoff.cap().toMillis()))
                : rungs.get(Math.min(lane.throttles(), rungs.size() - 1));
    }

    private static long ladder(long base, int failures, long cap) {
        return failures >= 30 ? cap : Math.min(cap, base << failures);
    }
}
