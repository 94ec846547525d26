package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final Answer ANSWER = new Answer(Instant.EPOCH, Duration.ZERO, 500, null, null, null);
    private final RetryPolicy policy = new RetryPolicy(DeliverySettings.DEFAULT, RandomGenerator.getDefault());

    @Property
    void backoffStaysBetweenItsFloorAndTheCap(@ForAll @IntRange(min = 0, max = 1_000_000) int failures) {
        assertThat(policy.backoff(failures)).isBetween(Duration.ofMillis(100), Duration.ofMinutes(15));
    }

    @Property
    void backoffNeverExceedsBaseTimesTwoToTheFailures(@ForAll @IntRange(min = 0, max = 8) int failures) {
        assertThat(policy.backoff(failures)).isLessThanOrEqualTo(Duration.ofSeconds(2L << failures));
    }

    @Test
    void aRefusedBatchIsSplitAndARefusedEventGivenUp() {
        AttemptOutcome refused = new AttemptOutcome.Rejected(ANSWER, "missing_currency", 1);
        assertThat(policy.next(refused, 8, 0, 1)).isInstanceOf(NextStep.Split.class);
        assertThat(policy.next(refused, 1, 0, 1)).isEqualTo(new NextStep.GiveUp("missing_currency"));
    }

    @Test
    void anEventRefusedWithAnUnknownCodeIsTriedThreeTimes() {
        AttemptOutcome unknown = new AttemptOutcome.Rejected(ANSWER, "platform_rejected", 3);
        assertThat(policy.next(unknown, 1, 0, 1)).isInstanceOf(NextStep.RetryEvent.class);
        assertThat(policy.next(unknown, 1, 0, 2)).isInstanceOf(NextStep.RetryEvent.class);
        assertThat(policy.next(unknown, 1, 0, 3)).isEqualTo(new NextStep.GiveUp("platform_rejected"));
    }

    @Test
    void aThrottleWaitsAsLongAsThePlatformAsksAndCountsAsNoAttempt() {
        AttemptOutcome throttled = new AttemptOutcome.Throttled(ANSWER, Optional.of(Duration.ofMinutes(3)));
        assertThat(policy.next(throttled, 5, 2, 1)).isEqualTo(new NextStep.Rest(Duration.ofMinutes(3), false, false));
    }

    @Test
    void aThrottleOfNoTimeStillPauses() {
        AttemptOutcome throttled = new AttemptOutcome.Throttled(ANSWER, Optional.of(Duration.ZERO));
        assertThat(policy.next(throttled, 5, 2, 1)).isEqualTo(new NextStep.Rest(Duration.ofSeconds(1), false, false));
    }

    @Test
    void guiltyEventsThatAreNotInTheRequestAreLookedForByHalving() {
        AttemptOutcome refused = new AttemptOutcome.PartlyRejected(ANSWER, Map.of(7, "platform_rejected"));
        assertThat(policy.next(refused, 5, 0, 1)).isInstanceOf(NextStep.Split.class);
        assertThat(policy.next(refused, 1, 0, 1)).isInstanceOf(NextStep.GiveUp.class);
    }

    @Test
    void partlyStoredEventsGoOnceMoreAfterAMinuteWhileTheLaneGoesOn() {
        assertThat(policy.next(new AttemptOutcome.PartlyStored(ANSWER), 5, 0, 1))
                .isEqualTo(new NextStep.RetryEvent(Duration.ofSeconds(60)));
    }

    @Test
    void aThrottleWithoutHintDoublesFromAMinuteToTheCap() {
        AttemptOutcome throttled = new AttemptOutcome.Throttled(ANSWER, Optional.empty());
        assertThat(policy.next(throttled, 5, 0, 1)).isEqualTo(new NextStep.Rest(Duration.ofMinutes(1), false, false));
        assertThat(policy.next(throttled, 5, 9, 1)).isEqualTo(new NextStep.Rest(Duration.ofMinutes(15), false, false));
    }

    @Test
    void guiltyEventsAreTakenOutAndTheRestResent() {
        AttemptOutcome partly = new AttemptOutcome.PartlyRejected(ANSWER, Map.of(2, "platform_rejected"));
        assertThat(policy.next(partly, 5, 0, 1)).isEqualTo(new NextStep.ResendWithout(Map.of(2, "platform_rejected")));
    }

    @Test
    void aRefusalThatNamesNobodyIsSplit() {
        assertThat(policy.next(new AttemptOutcome.PartlyRejected(ANSWER, Map.of()), 5, 0, 1))
                .isInstanceOf(NextStep.Split.class);
    }
}
