package dev.varve.delivery;

import dev.varve.destination.AttemptOutcome;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// Decides what follows an attempt. Pure but for the jitter it is given.
public final class RetryPolicy {
    static final Duration UNKNOWN_CODE_PAUSE = Duration.ofMinutes(5);
    static final Duration SHORTEST_THROTTLE = Duration.ofSeconds(1);

    /// After a partial success the same events go once more, with the same ids.
    static final Duration PARTIAL_PAUSE = Duration.ofSeconds(60);

    private final DeliverySettings settings;
    private final RandomGenerator jitter;

    public RetryPolicy(DeliverySettings settings, RandomGenerator jitter) {
        this.settings = settings;
        this.jitter = jitter;
    }

    /// `events`: in the request. `failures`: of the lane in a row before this one. `tries`: of the only event of
    /// the request, this one included.
    public NextStep next(AttemptOutcome outcome, int events, int failures, int tries) {
        return switch (outcome) {
            case AttemptOutcome.Delivered delivered -> new NextStep.Settle(delivered.acknowledged());
            case AttemptOutcome.PartlyRejected partly
            when partly.guilty().keySet().stream().noneMatch(i -> i >= 0 && i < events) ->
                split(events, "platform_rejected");
            case AttemptOutcome.PartlyRejected partly -> new NextStep.ResendWithout(partly.guilty());
            case AttemptOutcome.Rejected rejected when events > 1 -> new NextStep.Split();
            case AttemptOutcome.Rejected rejected
            when tries >= rejected.tries() -> new NextStep.GiveUp(rejected.reason());
            case AttemptOutcome.Rejected rejected -> new NextStep.RetryEvent(UNKNOWN_CODE_PAUSE);
            case AttemptOutcome.TooLarge tooLarge when events > 1 -> new NextStep.Shrink();
            case AttemptOutcome.TooLarge tooLarge -> new NextStep.GiveUp("platform_rejected");
            case AttemptOutcome.Throttled throttled ->
                new NextStep.Rest(throttlePause(throttled, failures), false, false);
            case AttemptOutcome.PartlyStored partly -> new NextStep.RetryEvent(PARTIAL_PAUSE);
            case AttemptOutcome.Blocked blocked -> new NextStep.Rest(blocked.pause(), false, false);
            case AttemptOutcome.Unavailable unavailable ->
                new NextStep.Rest(backoff(failures), true, unavailable.fateUnknown());
            case AttemptOutcome.Unauthorized unauthorized -> new NextStep.Hold(unauthorized.cause());
            case AttemptOutcome.Misconfigured misconfigured -> new NextStep.Stop();
        };
    }

    private static NextStep split(int events, String reason) {
        return events > 1 ? new NextStep.Split() : new NextStep.GiveUp(reason);
    }

    /// Exponential with full jitter: uniformly between 0 and base × 2^failures, never above the cap, never below
    /// 100 ms.
    Duration backoff(int failures) {
        long ceiling = ladder(
                settings.backoffBase().toMillis(),
                failures,
                settings.backoffCap().toMillis());
        return Duration.ofMillis(Math.max(100, (long) (jitter.nextDouble() * ceiling)));
    }

    /// Never nothing: a platform that throttles and names no time at all would be asked again without a pause.
    private Duration throttlePause(AttemptOutcome.Throttled throttled, int failures) {
        Duration pause = throttled.pause().orElseGet(() -> throttleLadder(failures));
        return pause.compareTo(SHORTEST_THROTTLE) < 0 ? SHORTEST_THROTTLE : pause;
    }

    /// Without a hint of the platform: a minute, doubling to the cap.
    private Duration throttleLadder(int failures) {
        return Duration.ofMillis(ladder(60_000, failures, settings.backoffCap().toMillis()));
    }

    private static long ladder(long base, int failures, long cap) {
        return failures >= 30 ? cap : Math.min(cap, base << failures);
    }
}
