package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome.Unauthorized.Cause;
import dev.varve.destination.Destination;
import dev.varve.destination.Pace;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DestinationLaneTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private final Destination destination = DeliveryFixtures.destination(Platform.META, "token-1");
    private final FakeConnector connector = new FakeConnector(Platform.META, InstantSource.fixed(NOW));
    private final MemoryBudget budget = new MemoryBudget(64 << 20);
    private final LaneTurns turns = new LaneTurns();
    private final DestinationLane lane = lane(DestinationState.fresh(destination.key()));

    private DestinationLane lane(DestinationState before) {
        return new DestinationLane(
                destination.key(),
                connector,
                new DestinationLane.Shared(DeliverySettings.DEFAULT, budget, turns),
                before,
                NOW);
    }

    private static DestinationState.LastError errorAt(Instant at) {
        return new DestinationState.LastError(at, "PLATFORM_ERROR", "refused", 190);
    }

    private LaneHealth.Success success(Instant at) {
        return new LaneHealth.Success(at, lane.generation(), Pace.FULL, null);
    }

    private void offer(int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(lane.offer(DeliveryFixtures.item(i, NOW))).isTrue();
        }
    }

    @Test
    void aFewEventsWaitForTheLingerTimeAndAFullBatchDoesNot() {
        offer(0, 3);
        assertThat(lane.takeBatch(NOW)).isEmpty();
        assertThat(lane.takeBatch(NOW.plusMillis(200))).hasSize(3);
        offer(10, 215);
        assertThat(lane.takeBatch(NOW)).hasSize(200);
    }

    @Test
    void noMoreRequestsTravelAtOnceThanThePlatformAllows() {
        offer(0, 1200);
        for (int i = 0; i < 4; i++) {
            assertThat(lane.takeBatch(NOW)).hasSize(200);
        }
        assertThat(lane.takeBatch(NOW)).isEmpty();
        lane.requestEnded(NOW);
        assertThat(lane.takeBatch(NOW)).hasSize(200);
    }

    /// The answer arrives while the ledger's news are looked through, so the event is in none of them.
    @Test
    void whatIsSettledWhileALoadBeginsIsNotLoadedAgain() {
        LaneItem item = DeliveryFixtures.item(7, NOW);
        lane.offer(item);
        DueQuery query = lane.dueQuery(
                Optional.of(destination),
                () -> {
                    lane.forget(item);
                    return Set.of();
                },
                NOW);
        assertThat(query.held()).containsExactly(7L);
    }

    @Test
    void aFullQueueSendsFurtherEventsToTheLedger() {
        offer(0, LaneQueues.LIVE_LIMIT);
        assertThat(lane.offer(DeliveryFixtures.item(9_999, NOW))).isFalse();
    }

    @Test
    void aRestingLaneTakesNothingAndThenTriesOneRequest() {
        offer(0, 600);
        lane.takeBatch(NOW);
        lane.rest(NOW.plusSeconds(5), lane.generation(), errorAt(NOW));
        lane.requestEnded(NOW);
        assertThat(lane.offer(DeliveryFixtures.item(700, NOW))).isFalse();
        assertThat(lane.takeBatch(NOW.plusSeconds(4))).isEmpty();
        assertThat(lane.takeBatch(NOW.plusSeconds(5))).isNotEmpty();
        assertThat(lane.takeBatch(NOW.plusSeconds(5))).isEmpty();
    }

    @Test
    void failuresOfRequestsThatTravelledTogetherCountOnce() {
        int generation = lane.generation();
        lane.rest(NOW.plusSeconds(1), generation, errorAt(NOW));
        lane.rest(NOW.plusSeconds(1), generation, errorAt(NOW));
        assertThat(lane.facts().failures()).isEqualTo(1);
        lane.rest(NOW.plusSeconds(2), lane.generation(), errorAt(NOW));
        assertThat(lane.facts().failures()).isEqualTo(2);
    }

    @Test
    void aRefusedTokenStopsTheLaneOnlyAfterTwoAgreeingProbes() {
        lane.hold(Cause.TOKEN, destination, errorAt(NOW));
        assertThat(lane.beginProbe(NOW.plusSeconds(29))).isFalse();
        assertThat(lane.beginProbe(NOW.plusSeconds(30))).isTrue();
        assertThat(lane.probeRefused(destination, errorAt(NOW.plusSeconds(30)))).isEmpty();
        lane.probeEnded();
        assertThat(lane.state()).isInstanceOf(LaneState.Held.class);
        assertThat(lane.beginProbe(NOW.plusSeconds(150))).isTrue();
        assertThat(lane.probeRefused(destination, errorAt(NOW.plusSeconds(150))))
                .get()
                .extracting(DestinationState::phase, DestinationState::brokenReason)
                .containsExactly(DestinationState.Phase.STOPPED, "TOKEN");
    }

    @Test
    void aProbeThatCannotTellConfirmsNothing() {
        lane.hold(Cause.TOKEN, destination, errorAt(NOW));
        Instant at = NOW;
        for (int i = 0; i < 5; i++) {
            at = at.plusSeconds(600);
            assertThat(lane.beginProbe(at)).isTrue();
            lane.probeUnclear(destination, errorAt(at));
            lane.probeEnded();
        }
        assertThat(lane.state()).isInstanceOf(LaneState.Held.class);
    }

    @Test
    void aRefusedPermissionNeedsThreeProbes() {
        lane.hold(Cause.PERMISSION, destination, errorAt(NOW));
        Instant at = NOW;
        for (int i = 0; i < 3; i++) {
            assertThat(lane.state()).isInstanceOf(LaneState.Held.class);
            at = at.plusSeconds(600);
            assertThat(lane.beginProbe(at)).isTrue();
            lane.probeRefused(destination, errorAt(at));
            lane.probeEnded();
        }
        assertThat(lane.state()).isInstanceOf(LaneState.Stopped.class);
    }

    @Test
    void newCredentialsAreNoticedByAStoppedLane() {
        lane.stop(LaneState.Broken.TOKEN, destination, errorAt(NOW));
        assertThat(lane.hasNewCredentials(destination)).isFalse();
        assertThat(lane.hasNewCredentials(DeliveryFixtures.destination(Platform.META, "token-2")))
                .isTrue();
        lane.resume(NOW);
        offerNothing();
        assertThat(lane.state()).isInstanceOf(LaneState.Waiting.class);
    }

    private void offerNothing() {
        assertThat(lane.offer(DeliveryFixtures.item(1, NOW))).isFalse();
    }

    @Test
    void aStoppedLaneStaysStoppedAcrossARestartAndProbesAtOnce() {
        DestinationState stopped = lane.stop(LaneState.Broken.TOKEN, destination, errorAt(NOW));
        DestinationLane restarted = lane(stopped);
        assertThat(restarted.state()).isInstanceOf(LaneState.Stopped.class);
        assertThat(restarted.beginProbe(NOW)).isTrue();
    }

    @Test
    void aPauseThePlatformAskedForOutlivesARestart() {
        DestinationLane restarted = lane(lane.throttle(NOW.plusSeconds(600), lane.generation(), errorAt(NOW)));
        restarted.backlogDue(NOW);
        assertThat(restarted.beginLoading(NOW.plusSeconds(599))).isFalse();
        assertThat(restarted.beginLoading(NOW.plusSeconds(600))).isTrue();
    }

    @Test
    void storedAndLiveEventsTakeTurns() {
        offer(0, 400);
        LaneItem stored = DeliveryFixtures.item(5_000, NOW);
        lane.loaded(List.of(stored), false, NOW);
        List<LaneItem> first = lane.takeBatch(NOW);
        List<LaneItem> second = lane.takeBatch(NOW);
        assertThat(first).doesNotContain(stored);
        assertThat(second).containsExactly(stored);
    }

    @Test
    void batchesThatWereTooLargeGrowAgainAfterEnoughSuccesses() {
        lane.shrinkBatches();
        for (int i = 0; i < BatchSize.SUCCESSES_TO_GROW; i++) {
            lane.succeeded(success(NOW));
        }
        offer(0, 300);
        assertThat(lane.takeBatch(NOW)).hasSize(200);
    }

    @Test
    void aRestingLaneWithNothingToSendIsIdle() {
        lane.rest(NOW.plusSeconds(1), lane.generation(), errorAt(NOW));
        assertThat(lane.isIdle()).isTrue();
        lane.backlogDue(NOW);
        assertThat(lane.isIdle()).isFalse();
    }

    @Test
    void whatIsLoadedWhileTheLaneIsStoppedStaysInTheLedgerOnly() {
        lane.backlogDue(NOW);
        assertThat(lane.beginLoading(NOW)).isTrue();
        lane.stop(LaneState.Broken.CONFIGURATION, destination, errorAt(NOW));
        LaneItem loaded = DeliveryFixtures.item(1, NOW);
        assertThat(lane.loaded(List.of(loaded), false, NOW)).containsExactly(loaded);
        assertThat(lane.offsetsInMemory()).isEmpty();
        lane.resume(NOW);
        assertThat(lane.beginLoading(NOW)).isTrue();
    }

    @Test
    void anEventThatIsInMemoryAlreadyIsNotLoadedAgain() {
        offer(1, 2);
        lane.loaded(List.of(DeliveryFixtures.item(1, NOW)), false, NOW);
        assertThat(lane.takeBatch(NOW.plusSeconds(1))).hasSize(1);
        lane.requestEnded(NOW);
        assertThat(lane.takeBatch(NOW.plusSeconds(1))).isEmpty();
    }

    @Test
    void anErrorStaysVisibleAfterRecovery() {
        lane.rest(NOW.plusSeconds(1), lane.generation(), errorAt(NOW));
        assertThat(lane.succeeded(success(NOW.plusSeconds(2)))).get().satisfies(state -> {
            assertThat(state.lastError()).isNotNull();
            assertThat(state.failingSince()).isNull();
        });
    }

    @Test
    void aPlatformThatFindsItMuchGetsHalfTheRequestsUntilItSaysOtherwise() {
        lane.succeeded(new LaneHealth.Success(NOW, lane.generation(), Pace.HALF, null));
        offer(0, 1200);
        assertThat(lane.takeBatch(NOW)).isNotEmpty();
        assertThat(lane.takeBatch(NOW)).isNotEmpty();
        assertThat(lane.takeBatch(NOW)).isEmpty();
        lane.succeeded(success(NOW));
        assertThat(lane.takeBatch(NOW)).isNotEmpty();
    }

    @Test
    void aPauseAfterASuccessIsKeptAndIsNoFailure() {
        offer(0, 400);
        Pace pause = new Pace(false, Duration.ofSeconds(60));
        lane.succeeded(new LaneHealth.Success(NOW, lane.generation(), pause, null));
        assertThat(lane.takeBatch(NOW.plusSeconds(59))).isEmpty();
        assertThat(lane.state()).isInstanceOf(LaneState.Flowing.class);
        assertThat(lane.facts().failures()).isZero();
        assertThat(lane.takeBatch(NOW.plusSeconds(60))).isNotEmpty();
    }

    @Test
    void aSuccessThatSetOutBeforeAThrottleDoesNotEndIt() {
        offer(0, 400);
        LaneHealth.Success late = success(NOW);
        lane.throttle(NOW.plusSeconds(60), lane.generation(), errorAt(NOW));
        assertThat(lane.succeeded(late)).isEmpty();
        assertThat(lane.takeBatch(NOW.plusSeconds(59))).isEmpty();
        assertThat(lane.facts().throttles()).isEqualTo(1);
    }

    @Test
    void theLongestOfSeveralPausesCounts() {
        offer(0, 400);
        int generation = lane.generation();
        lane.rest(NOW.plusSeconds(2), generation, errorAt(NOW));
        lane.throttle(NOW.plusSeconds(60), generation, errorAt(NOW));
        assertThat(lane.takeBatch(NOW.plusSeconds(59))).isEmpty();
        assertThat(lane.takeBatch(NOW.plusSeconds(60))).isNotEmpty();
    }

    @Test
    void aLaneThatTriesWhetherItsPlatformIsBackLoadsOneRequestsWorth() {
        lane.rest(NOW, lane.generation(), errorAt(NOW));
        lane.backlogDue(NOW);
        assertThat(lane.beginLoading(NOW)).isTrue();
        assertThat(lane.dueQuery(Optional.of(destination), Set::of, NOW).max()).isEqualTo(200);
    }

    @Test
    void eventsAreUrgentTwelveHoursBeforeTheirWindowCloses() {
        assertThat(lane.dueQuery(Optional.of(destination), Set::of, NOW).urgentUntil())
                .isEqualTo(NOW.minus(Duration.ofDays(7)).plus(Duration.ofHours(12)));
    }

    @Test
    void storedEventsHaveMemoryThatFreshOnesCannotTake() {
        budget.tryTake(64 << 20);
        assertThat(lane.offer(DeliveryFixtures.item(1, NOW))).isFalse();
        lane.backlogDue(NOW);
        assertThat(lane.beginLoading(NOW)).isTrue();
    }

    @Test
    void withoutMemoryStoredEventsStayInTheLedger() {
        budget.forStored().tryTake(32 << 20);
        lane.backlogDue(NOW);
        assertThat(lane.beginLoading(NOW)).isFalse();
        budget.forStored().release(32 << 20);
        assertThat(lane.beginLoading(NOW)).isTrue();
    }

    @Test
    void aLaneWithoutWorkForTenMinutesRetiresAndThenTakesNothing() {
        offer(0, 1);
        lane.takeBatch(NOW.plusSeconds(1)).forEach(lane::forget);
        assertThat(lane.retire(NOW.plus(Duration.ofMinutes(11))))
                .as("a request is on its way")
                .isFalse();
        lane.requestEnded(NOW.plusSeconds(1));
        assertThat(lane.retire(NOW.plus(Duration.ofMinutes(9)))).isFalse();
        assertThat(lane.retire(NOW.plus(Duration.ofMinutes(10)))).isTrue();
        assertThat(lane.isRetired()).isTrue();
        assertThat(lane.offer(DeliveryFixtures.item(1, NOW))).isFalse();
    }

    @Test
    void aLaneInTroubleRetiresWhenNothingWaitsForItAndTheTroubleIsOld() {
        lane.rest(NOW, lane.generation(), errorAt(NOW));
        assertThat(lane.retire(NOW.plus(Duration.ofMinutes(9)))).isFalse();
        lane.backlogDue(NOW);
        assertThat(lane.retire(NOW.plus(Duration.ofHours(1))))
                .as("something waits")
                .isFalse();
        lane.nothingWaits();
        assertThat(lane.retire(NOW.plus(Duration.ofHours(1)))).isTrue();
    }

    @Test
    void aStoppedLaneGoesOnProbingUntilItsDestinationIsGone() {
        lane.stop(LaneState.Broken.TOKEN, destination, errorAt(NOW));
        assertThat(lane.retire(NOW.plus(Duration.ofHours(1)))).isFalse();
        lane.backlogDue(NOW);
        assertThat(lane.abandon()).isFalse();
        lane.nothingWaits();
        assertThat(lane.abandon()).isTrue();
    }
}
