package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome.Unauthorized.Cause;
import dev.varve.destination.Destination;
import dev.varve.destination.Pace;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/// A step looks at the lanes that have something to do, and at no others; and no lane that could do something is passed
/// over, also when nobody looks at all of them.
class LaneTurnsTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final Duration LINGER = DeliverySettings.DEFAULT.linger();

    private final FakeConnector meta = new FakeConnector(Platform.META, () -> NOW);
    private final Lanes lanes =
            new Lanes(new InMemoryDeliveryLedger(), DeliverySettings.DEFAULT, new MemoryBudget(64 << 20), () -> NOW);

    private List<DestinationLane> open(int count) {
        List<DestinationLane> opened = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            opened.add(lanes.lane(new Destination.Key(new UUID(0, i), Platform.META), meta));
        }
        return opened;
    }

    @Test
    void ofThousandsOfLanesOnlyTheBusyOnesAreLookedAt() {
        List<DestinationLane> opened = open(3_000);
        DestinationLane sending = opened.get(7);
        DestinationLane full = opened.get(1_234);
        DestinationLane loading = opened.get(2_999);
        assertThat(lanes.due(1, NOW)).isEmpty();
        sending.offer(DeliveryFixtures.item(1, NOW));
        for (int i = 0; i < 200; i++) {
            full.offer(DeliveryFixtures.item(i, NOW));
        }
        loading.backlogDue(NOW);
        assertThat(lanes.due(2, NOW)).containsExactlyInAnyOrder(full, loading);
        assertThat(lanes.due(3, NOW))
                .as("what was looked at and not reported again")
                .isEmpty();
        assertThat(lanes.due(4, NOW.plus(LINGER).minusMillis(1))).isEmpty();
        assertThat(lanes.due(5, NOW.plus(LINGER))).containsExactly(sending);
        assertThat(lanes.all(6, NOW)).hasSize(3_000);
    }

    @Test
    void anotherLaneIsTheFirstEveryTime() {
        List<DestinationLane> opened = open(5);
        List<DestinationLane> first = new ArrayList<>();
        for (int turn = 0; turn < 5; turn++) {
            opened.forEach(lane -> lane.backlogDue(NOW));
            first.add(lanes.due(turn, NOW).getFirst());
        }
        assertThat(first).containsExactlyInAnyOrderElementsOf(opened);
    }

    @Test
    void aLaneThatRestsIsLeftAloneUntilItsTimeHasCome() {
        DestinationLane lane = open(1).getFirst();
        lane.backlogDue(NOW);
        lane.rest(NOW.plusSeconds(30), lane.generation(), error(NOW));
        assertThat(lanes.due(1, NOW)).containsExactly(lane);
        lanes.lookAgain(lane, lane.nextLookAt(NOW));
        assertThat(lanes.due(2, NOW.plusSeconds(29))).isEmpty();
        assertThat(lanes.due(3, NOW.plusSeconds(30))).containsExactly(lane);
    }

    private static DestinationState.LastError error(Instant at) {
        return new DestinationState.LastError(at, "PLATFORM_ERROR", "refused", 190);
    }

    @Property(tries = 500)
    void aLaneThatIsNotDueHasNothingItCouldDo(@ForAll long seed) {
        Run run = new Run(new Random(seed));
        for (int step = 0; step < 80; step++) {
            run.step();
            run.look();
        }
    }

    /// One lane and everything that may happen to it. Nobody ever looks at all lanes.
    private static final class Run {
        private final Random random;
        private final FakeConnector meta = new FakeConnector(Platform.META, () -> NOW);
        private final Lanes lanes;
        private final DestinationLane lane;
        private final Destination destination = DeliveryFixtures.destination(Platform.META, "token-1");
        private final Deque<Instant> requests = new ArrayDeque<>();
        private Instant now = NOW;
        private boolean loads;
        private boolean probes;
        private long offset;

        Run(Random random) {
            this.random = random;
            this.lanes = new Lanes(
                    new InMemoryDeliveryLedger(), DeliverySettings.DEFAULT, new MemoryBudget(64 << 20), () -> now);
            this.lane = lanes.lane(destination.key(), meta);
        }

        void step() {
            switch (random.nextInt(9)) {
                case 0 -> {
                    for (int i = random.nextInt(250); i >= 0; i--) {
                        lane.offer(DeliveryFixtures.item(++offset, now));
                    }
                }
                case 1 -> lane.backlogDue(now.plusMillis(random.nextInt(2_000)));
                case 2 -> endLoad();
                case 3 -> endProbe();
                case 4, 5 -> endRequest();
                default -> now = now.plusMillis(random.nextInt(3_000));
            }
        }

        private void endLoad() {
            if (loads) {
                loads = false;
                Instant at = now;
                List<LaneItem> items = random.nextBoolean()
                        ? List.of()
                        : List.of(new LaneItem(DeliveryFixtures.item(++offset, at).prepared, at, null));
                lane.loaded(items, random.nextBoolean(), now);
            }
        }

        private void endProbe() {
            if (probes) {
                probes = false;
                if (random.nextBoolean()) {
                    lane.resume(now);
                } else {
                    lane.probeRefused(destination, error(now));
                }
                lane.probeEnded();
            }
        }

        private void endRequest() {
            Instant takenAt = requests.pollFirst();
            if (takenAt == null) {
                return;
            }
            int generation = lane.generation();
            Instant until = now.plusMillis(random.nextInt(20_000));
            switch (random.nextInt(7)) {
                case 0 -> lane.rest(until, generation, error(now));
                case 1 -> lane.throttle(until, generation, error(now));
                case 2 -> lane.block(until, generation, error(now));
                case 3 -> lane.hold(Cause.TOKEN, destination, error(now));
                case 4 -> lane.stop(LaneState.Broken.CONFIGURATION, destination, error(now));
                default -> lane.succeeded(new LaneHealth.Success(now, generation, Pace.FULL, null));
            }
            if (random.nextBoolean()) {
                lane.drainQueues().forEach(lane::forget);
            }
            lane.requestEnded(takenAt);
        }

        /// What a step of the relay does with the lane; without its turn it must have nothing to do.
        void look() {
            boolean due = lanes.due(1, now).contains(lane);
            boolean acted = act();
            assertThat(due || !acted)
                    .as("%s at %s, acting only in its turn", lane.state(), now)
                    .isTrue();
            if (due) {
                lanes.lookAgain(lane, lane.nextLookAt(now));
            }
        }

        private boolean act() {
            boolean acted = false;
            if (lane.beginProbe(now)) {
                probes = true;
                acted = true;
            }
            if (lane.beginLoading(now)) {
                loads = true;
                acted = true;
            }
            while (!lane.takeBatch(now).isEmpty()) {
                requests.addLast(now);
                acted = true;
            }
            return acted;
        }
    }
}
