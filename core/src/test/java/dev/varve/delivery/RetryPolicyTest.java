package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.RetryPolicy.Evidence;
import dev.varve.delivery.RetryPolicy.LaneFacts;
import dev.varve.delivery.RetryPolicy.RequestFacts;
import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Blocked;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.Misconfigured;
import dev.varve.destination.AttemptOutcome.PartlyRejected;
import dev.varve.destination.AttemptOutcome.PartlyStored;
import dev.varve.destination.AttemptOutcome.Rejected;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.TooLarge;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.AttemptOutcome.Unavailable;
import dev.varve.destination.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final Answer ANSWER = new Answer(Instant.EPOCH, Duration.ZERO, 500, null, null, null);
    private static final List<Duration> LADDER =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30));
    private final RetryPolicy policy = new RetryPolicy(DeliverySettings.DEFAULT, RandomGenerator.getDefault());

    private NextStep next(AttemptOutcome outcome, int events, int tries) {
        return policy.next(
                outcome, new RequestFacts(events, tries, 0, 0, Evidence.NONE), new LaneFacts(0, 0, 0, LADDER));
    }

    @Property
    void backoffStaysBetweenItsFloorAndTheCap(@ForAll @IntRange(min = 0, max = 1_000_000) int failures) {
        assertThat(policy.backoff(failures)).isBetween(Duration.ofMillis(100), Duration.ofMinutes(15));
    }

    @Property
    void backoffNeverExceedsBaseTimesTwoToTheFailures(@ForAll @IntRange(min = 0, max = 8) int failures) {
        assertThat(policy.backoff(failures)).isLessThanOrEqualTo(Duration.ofSeconds(2L << failures));
    }

    /// The switch names every outcome, so that a new one must say here which steps may follow it.
    @Property
    void everyOutcomeIsFollowedByAStepOfItsKind(
            @ForAll("outcomes") AttemptOutcome outcome,
            @ForAll("requests") RequestFacts request,
            @ForAll("lanes") LaneFacts lane) {
        NextStep step = policy.next(outcome, request, lane);
        List<Class<? extends NextStep>> allowed =
                switch (outcome) {
                    case Delivered delivered -> List.of(NextStep.Settle.class);
                    case PartlyRejected partly ->
                        List.of(
                                NextStep.ResendWithout.class,
                                NextStep.Split.class,
                                NextStep.SendSingly.class,
                                NextStep.GiveUp.class);
                    case Rejected rejected ->
                        List.of(
                                NextStep.Split.class,
                                NextStep.SendSingly.class,
                                NextStep.RetryEvent.class,
                                NextStep.GiveUp.class);
                    case PartlyStored partly -> List.of(NextStep.ResendOnce.class);
                    case TooLarge large -> List.of(NextStep.Shrink.class, NextStep.GiveUp.class);
                    case Throttled throttled -> List.of(NextStep.Throttle.class);
                    case Blocked blocked -> List.of(NextStep.Block.class, NextStep.Stop.class);
                    case Unavailable away ->
                        List.of(
                                NextStep.Rest.class,
                                NextStep.Doubt.class,
                                NextStep.SetAside.class,
                                NextStep.Split.class,
                                NextStep.SendSingly.class,
                                NextStep.GiveUp.class);
                    case Unauthorized refused -> List.of(NextStep.Hold.class);
                    case Misconfigured wrong -> List.of(NextStep.Stop.class);
                };
        assertThat(step.getClass()).isIn(allowed);
        assertThat(isSearch(step)).as("only several events are divided").isFalse();
        assertThat(isSplitting(step)).as("%s of %s", step, request).matches(splits -> !splits || request.events() > 1);
        assertThat(step).matches(s -> !(s instanceof NextStep.GiveUp) || request.events() == 1);
    }

    private static boolean isSearch(NextStep step) {
        return step instanceof NextStep.ResendWithout without
                && without.guilty().isEmpty();
    }

    private static boolean isSplitting(NextStep step) {
        return step instanceof NextStep.Split || step instanceof NextStep.SendSingly || step instanceof NextStep.Shrink;
    }

    @Provide
    Arbitrary<AttemptOutcome> outcomes() {
        Arbitrary<Duration> pauses = Arbitraries.integers().between(0, 100_000).map(Duration::ofSeconds);
        return Arbitraries.oneOf(
                Arbitraries.integers().between(0, 1000).map(n -> new Delivered(ANSWER, n)),
                Arbitraries.maps(Arbitraries.integers().between(-2, 1200), Arbitraries.just("platform_rejected"))
                        .ofMaxSize(12)
                        .map(guilty -> new PartlyRejected(ANSWER, guilty)),
                Arbitraries.integers().between(1, 6).map(tries -> new Rejected(ANSWER, "missing_currency", tries)),
                Arbitraries.just(new PartlyStored(ANSWER)),
                Arbitraries.just(new TooLarge(ANSWER)),
                Combinators.combine(pauses.optional(), Arbitraries.of(Throttled.Scope.class))
                        .as((pause, scope) -> new Throttled(ANSWER, pause, scope)),
                pauses.map(pause -> new Blocked(ANSWER, pause)),
                Combinators.combine(
                                Arbitraries.of(true, false),
                                Arbitraries.integers().between(0, 6))
                        .as((unknown, tries) -> new Unavailable(ANSWER, unknown, tries)),
                Arbitraries.of(Unauthorized.Cause.class).map(cause -> new Unauthorized(ANSWER, cause)),
                Arbitraries.just(new Misconfigured(ANSWER)));
    }

    @Provide
    Arbitrary<RequestFacts> requests() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 1000),
                        Arbitraries.integers().between(1, 50),
                        Arbitraries.integers().between(0, 20),
                        Arbitraries.integers().between(0, 20),
                        Arbitraries.of(Evidence.class))
                .as(RequestFacts::new);
    }

    @Provide
    Arbitrary<LaneFacts> lanes() {
        Arbitrary<Integer> counts = Arbitraries.integers().between(0, 10_000);
        return Combinators.combine(counts, counts, counts, Arbitraries.of(List.<Duration>of(), LADDER))
                .as(LaneFacts::new);
    }

    @Test
    void aRefusedBatchIsSplitAndARefusedEventGivenUp() {
        AttemptOutcome refused = new Rejected(ANSWER, "missing_currency", 1);
        assertThat(next(refused, 8, 1)).isInstanceOf(NextStep.Split.class);
        assertThat(next(refused, 1, 1)).isEqualTo(new NextStep.GiveUp("missing_currency"));
    }

    @Test
    void anEventRefusedWithAnUnknownCodeIsTriedThreeTimesWithinFifteenMinutes() {
        AttemptOutcome unknown = new Rejected(ANSWER, "platform_rejected", 3);
        assertThat(next(unknown, 1, 1)).isEqualTo(new NextStep.RetryEvent(Duration.ofMinutes(5)));
        assertThat(next(unknown, 1, 2)).isEqualTo(new NextStep.RetryEvent(Duration.ofMinutes(5)));
        assertThat(next(unknown, 1, 3)).isEqualTo(new NextStep.GiveUp("platform_rejected"));
    }

    @Test
    void moreThanThreeTriesAreSpacedByTheBackoff() {
        AttemptOutcome unknown = new Rejected(ANSWER, "platform_rejected", 5);
        assertThat(next(unknown, 1, 4))
                .isInstanceOfSatisfying(NextStep.RetryEvent.class, retry -> assertThat(retry.after())
                        .isBetween(Duration.ofMillis(100), Duration.ofSeconds(16)));
        assertThat(next(unknown, 1, 5)).isEqualTo(new NextStep.GiveUp("platform_rejected"));
    }

    @Test
    void moreThanEightGuiltyEventsOfABatchEndTheHalving() {
        AttemptOutcome refused = new Rejected(ANSWER, "missing_currency", 1);
        LaneFacts lane = new LaneFacts(0, 0, 0, LADDER);
        assertThat(policy.next(refused, new RequestFacts(100, 1, 8, 0, Evidence.NONE), lane))
                .isInstanceOf(NextStep.Split.class);
        assertThat(policy.next(refused, new RequestFacts(100, 1, 9, 0, Evidence.NONE), lane))
                .isInstanceOf(NextStep.SendSingly.class);
    }

    @Test
    void aThrottleWaitsAsLongAsThePlatformAsks() {
        AttemptOutcome throttled = new Throttled(ANSWER, Optional.of(Duration.ofMinutes(3)), Throttled.Scope.TOKEN);
        assertThat(next(throttled, 5, 1))
                .isEqualTo(new NextStep.Throttle(Duration.ofMinutes(3), Throttled.Scope.TOKEN));
    }

    @Test
    void aThrottleOfNoTimeStillPauses() {
        AttemptOutcome throttled = new Throttled(ANSWER, Optional.of(Duration.ZERO));
        assertThat(next(throttled, 5, 1))
                .isEqualTo(new NextStep.Throttle(Duration.ofSeconds(1), Throttled.Scope.DESTINATION));
    }

    @Test
    void aThrottleWithoutHintClimbsTheConnectorsLadderAndStaysOnItsLastRung() {
        assertThat(List.of(0, 1, 2, 3, 99))
                .extracting(n -> throttlePause(n, LADDER))
                .containsExactly(1L, 5L, 30L, 30L, 30L);
    }

    @Test
    void aThrottleWithoutHintOrLadderDoublesFromAMinuteToTheCap() {
        assertThat(List.of(0, 1, 9))
                .extracting(n -> throttlePause(n, List.of()))
                .containsExactly(60L, 120L, 900L);
    }

    private long throttlePause(int throttles, List<Duration> ladder) {
        NextStep step = policy.next(
                new Throttled(ANSWER, Optional.empty()),
                new RequestFacts(5, 1, 0, 0, Evidence.NONE),
                new LaneFacts(0, throttles, 0, ladder));
        return ((NextStep.Throttle) step).pause().toSeconds();
    }

    @Test
    void theThirdBlockInARowStopsTheDestination() {
        AttemptOutcome blocked = new Blocked(ANSWER, Duration.ofHours(1));
        RequestFacts request = new RequestFacts(1, 1, 0, 0, Evidence.NONE);
        assertThat(policy.next(blocked, request, new LaneFacts(0, 0, 1, LADDER)))
                .isEqualTo(new NextStep.Block(Duration.ofHours(1)));
        assertThat(policy.next(blocked, request, new LaneFacts(0, 0, 2, LADDER)))
                .isEqualTo(new NextStep.Stop(NextStep.Stop.Why.BLOCKED));
    }

    private Class<?> suspicious(int events, int tries, Evidence evidence) {
        return policy.next(
                        new Unavailable(ANSWER, false, 5),
                        new RequestFacts(events, tries, 0, 0, evidence),
                        new LaneFacts(0, 0, 0, LADDER))
                .getClass();
    }

    @Test
    void aFailureThatAnEventMayCauseIsSearchedForWhileOthersPass() {
        assertThat(suspicious(8, 4, Evidence.OTHERS_PASSED)).isEqualTo(NextStep.Rest.class);
        assertThat(suspicious(8, 5, Evidence.OTHERS_PASSED)).isEqualTo(NextStep.Split.class);
        assertThat(suspicious(1, 5, Evidence.OTHERS_PASSED)).isEqualTo(NextStep.SetAside.class);
        assertThat(suspicious(1, 5, Evidence.CONDEMNED)).isEqualTo(NextStep.GiveUp.class);
    }

    @Test
    void whereNothingPassesNoEventIsCondemned() {
        assertThat(suspicious(8, 5, Evidence.NONE)).isEqualTo(NextStep.Doubt.class);
        assertThat(suspicious(1, 5, Evidence.NONE)).isEqualTo(NextStep.SetAside.class);
        assertThat(next(new Unavailable(ANSWER, false), 1, 5_000)).isInstanceOf(NextStep.Rest.class);
    }

    @Test
    void guiltyEventsThatAreNotInTheRequestAreLookedForByHalving() {
        AttemptOutcome refused = new PartlyRejected(ANSWER, Map.of(7, "platform_rejected"));
        assertThat(next(refused, 5, 1)).isInstanceOf(NextStep.Split.class);
        assertThat(next(refused, 1, 1)).isInstanceOf(NextStep.GiveUp.class);
    }

    @Test
    void afterEightAnswersThatNameGuiltyEventsHalvingDecides() {
        AttemptOutcome partly = new PartlyRejected(ANSWER, Map.of(2, "platform_rejected"));
        LaneFacts lane = new LaneFacts(0, 0, 0, LADDER);
        assertThat(policy.next(partly, new RequestFacts(5, 1, 7, 7, Evidence.NONE), lane))
                .isEqualTo(new NextStep.ResendWithout(Map.of(2, "platform_rejected")));
        assertThat(policy.next(partly, new RequestFacts(5, 1, 8, 8, Evidence.NONE), lane))
                .isInstanceOf(NextStep.Split.class);
    }

    @Test
    void partlyStoredEventsGoOnceMoreAfterAMinuteWhileTheLaneGoesOn() {
        assertThat(next(new PartlyStored(ANSWER), 5, 1))
                .isEqualTo(new NextStep.ResendOnce(Duration.ofSeconds(60), "partial"));
    }

    @Test
    void notesOfADeliveryReachTheReceipts() {
        assertThat(next(new Delivered(ANSWER, 5, Pace.FULL, List.of("partial")), 5, 1))
                .isEqualTo(new NextStep.Settle(5, List.of("partial")));
    }

    @Test
    void aRefusalThatNamesNobodyIsSplit() {
        assertThat(next(new PartlyRejected(ANSWER, Map.of()), 5, 1)).isInstanceOf(NextStep.Split.class);
    }
}
