package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Blocked;
import dev.varve.destination.AttemptOutcome.Misconfigured;
import dev.varve.destination.AttemptOutcome.PartlyRejected;
import dev.varve.destination.AttemptOutcome.PartlyStored;
import dev.varve.destination.AttemptOutcome.Rejected;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.TooLarge;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.AttemptOutcome.Unavailable;
import dev.varve.destination.Destination;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.identity.ConsentLookup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Whatever a platform answers and in whatever order things happen: a lane gives back the memory it took, once, and no
/// event is left without a fate.
class LaneMemoryProperties {
    @Property(tries = 300)
    void afterEverythingSettledTheBudgetIsWhereItWas(
            @ForAll long seed, @ForAll @IntRange(min = 2_000, max = 200_000) int bytes) {
        Run run = new Run(new Random(seed), bytes);
        for (int step = 0; step < 60; step++) {
            run.step();
        }
        run.finish();
        assertThat(run.budget.taken()).isZero();
        assertThat(run.lane.offsetsInMemory()).isEmpty();
        for (long offset = 0; offset < run.offered; offset++) {
            assertThat(run.ledger.receipt(offset, Platform.META).isPresent()
                            || run.ledger.isWaiting(offset, Platform.META))
                    .as("event %d has a fate", offset)
                    .isTrue();
        }
    }

    private static final class Run {
        private final Random random;
        private Instant now = Instant.parse("2026-11-04T12:00:00Z");
        private final FakeConnector meta = new FakeConnector(Platform.META, () -> now);
        private final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
        private final Recorder recorder = new Recorder(ledger, new OpenTwins());
        private final Destination destination = DeliveryFixtures.destination(Platform.META, "token-1");
        private final MemoryBudget budget;
        private final LaneTurns turns = new LaneTurns();
        private final DestinationLane lane;
        private final LaneSender sender;
        private final ItemFates fates = new ItemFates(recorder, new Consenting(ConsentLookup.NONE));
        private long offered;

        Run(Random random, int bytes) {
            this.random = random;
            this.budget = new MemoryBudget(bytes);
            this.lane = new DestinationLane(
                    destination.key(),
                    meta,
                    new DestinationLane.Shared(RelayHarness.AT_ONCE, budget, turns),
                    DestinationState.fresh(destination.key()),
                    now);
            this.sender = new LaneSender(
                    fates,
                    recorder,
                    new RetryPolicy(RelayHarness.AT_ONCE, random),
                    new TokenPauses(),
                    new PlatformLimits.All(),
                    () -> now);
            meta.behaviour = this::answer;
        }

        void step() {
            switch (random.nextInt(6)) {
                case 0 -> offer();
                case 1 -> load();
                case 2 -> fates.spill(lane, lane.drainQueues(), now);
                case 3 -> lane.slowerThan(Duration.ofSeconds(1), now).forEach(i -> recorder.spilled(i, lane.key, now));
                case 4 -> {
                    now = now.plusSeconds(random.nextInt(4_000));
                    lane.resume(now);
                }
                default -> send();
            }
            recorder.flush();
        }

        private void offer() {
            for (int i = random.nextInt(40); i > 0; i--) {
                LaneItem item = DeliveryFixtures.item(offered++, now);
                if (!lane.offer(item)) {
                    recorder.spilled(item, lane.key, now);
                    lane.backlogDue(now);
                }
            }
        }

        private void load() {
            if (!lane.beginLoading(now)) {
                return;
            }
            List<LaneItem> items = new ArrayList<>();
            Set<Long> unwritten = new HashSet<>(recorder.unwritten(lane.key));
            DueQuery query = lane.dueQuery(Optional.of(destination), () -> unwritten, now);
            for (BacklogEntry entry : ledger.due(List.of(0L), lane.key, query)) {
                long offset = entry.event().offset();
                LoggedEvent event = new LoggedEvent(offset, now, DeliveryFixtures.event("e-" + offset, now));
                items.add(new LaneItem(
                        new PreparedEvent(event, "Purchase", new byte[random.nextInt(900)], "", false, List.of()),
                        now,
                        null));
            }
            lane.loaded(items, items.size() == query.max(), now);
        }

        private void send() {
            Instant takenAt = now;
            List<LaneItem> batch = lane.takeBatch(takenAt);
            if (batch.isEmpty()) {
                return;
            }
            try {
                sender.send(lane, destination, batch);
            } catch (IllegalStateException asTheTestSays) {
                assertThat(asTheTestSays).hasMessage("as the test says");
            } finally {
                lane.requestEnded(takenAt);
            }
        }

        private AttemptOutcome answer(List<PreparedEvent> events) {
            var answer = meta.answer(400, 1);
            return switch (random.nextInt(12)) {
                case 0 -> new Rejected(answer, "platform_rejected", 1 + random.nextInt(4));
                case 1 -> new PartlyRejected(answer, Map.of(random.nextInt(events.size() + 1), "platform_rejected"));
                case 2 -> new PartlyStored(answer);
                case 3 -> new TooLarge(answer);
                case 4 -> new Throttled(answer, Optional.empty());
                case 5 -> new Blocked(answer, Duration.ofHours(1));
                case 6 -> new Unavailable(answer, random.nextBoolean(), random.nextInt(3));
                case 7 -> new Unauthorized(answer, Unauthorized.Cause.TOKEN);
                case 8 -> new Misconfigured(answer);
                case 9 -> throw new IllegalStateException("as the test says");
                default -> meta.delivered(events.size());
            };
        }

        void finish() {
            fates.spill(lane, lane.drainQueues(), now);
            recorder.flush();
            recorder.flush();
        }
    }
}
