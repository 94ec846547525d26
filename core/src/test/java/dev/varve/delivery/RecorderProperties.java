package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.FailingLedger.Failure;
import dev.varve.destination.Destination;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/// Whatever order planning, answers, spilling, writing and crashes come in, no (event, platform) is lost.
class RecorderProperties {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final long STREAM = 1;
    private static final int EVENTS = 12;

    enum Step {
        PLAN,
        PLAN_MORE,
        FORWARD,
        SKIP,
        SPILL,
        /// As when a look for slow events races with the answer to them.
        FORWARD_AND_SPILL,
        LOAD,
        FLUSH,
        FLUSH_FAILS,
        FLUSH_ANSWER_IS_LOST,
        CRASH
    }

    @Property(tries = 2000)
    void noPositionPassesAnythingUnrecordedAndNothingIsLost(
            @ForAll @Size(max = 60) List<Step> steps, @ForAll @Size(60) List<Byte> choices) {
        World world = new World();
        for (int i = 0; i < steps.size(); i++) {
            world.run(steps.get(i), choices.get(i) & 0xff);
            world.checkPosition();
        }
        world.finish();
        world.checkPosition();
        assertThat(world.ledger.receipts(ReceiptState.FORWARDED) + world.ledger.receipts(ReceiptState.SKIPPED))
                .isEqualTo(2 * EVENTS);
        assertThat(world.ledger.backlogSize()).isZero();
        assertThat(world.ledger.position(STREAM)).isEqualTo(EventLog.firstOffset(STREAM) + EVENTS);
        assertThat(world.ledger.count(RollupKey.SENT)).isEqualTo(world.ledger.receipts(ReceiptState.FORWARDED));
        assertThat(world.ledger.count(RollupKey.ELIGIBLE)).isBetween(world.forwarded(), 2L * EVENTS);
    }

    private record Held(LaneItem item, Platform platform) {
        Destination.Key key() {
            return new Destination.Key(DeliveryFixtures.PROJECT, platform);
        }
    }

    private static final class World {
        final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
        private final List<Held> inMemory = new ArrayList<>();
        private final FailingLedger failing = new FailingLedger(ledger);
        private Recorder recorder = new Recorder(failing, new OpenTwins());
        private long readTo = recorder.open(STREAM);

        long forwarded() {
            return ledger.receipts(ReceiptState.FORWARDED);
        }

        void run(Step step, int choice) {
            switch (step) {
                case PLAN, PLAN_MORE -> plan();
                case FORWARD -> take(choice).ifPresent(this::forward);
                case SKIP -> take(choice).ifPresent(held -> recorder.skipped(held.item(), held.key(), "too_old", NOW));
                case SPILL -> {
                    if (choice % 2 == 0) {
                        take(choice).ifPresent(this::spill);
                    } else if (!inMemory.isEmpty()) {
                        spill(inMemory.get(choice % inMemory.size()));
                    }
                }
                case FORWARD_AND_SPILL ->
                    take(choice).ifPresent(held -> {
                        forward(held);
                        if (choice % 3 == 0) {
                            recorder.flush();
                        }
                        spill(held);
                    });
                case LOAD -> load(Platform.values()[choice % Platform.values().length]);
                case FLUSH -> flush(Failure.NONE);
                case FLUSH_FAILS -> flush(Failure.BEFORE);
                case FLUSH_ANSWER_IS_LOST -> flush(Failure.AFTER);
                case CRASH -> crash();
            }
        }

        private void plan() {
            if (readTo == EventLog.firstOffset(STREAM) + EVENTS) {
                return;
            }
            LoggedEvent event = new LoggedEvent(++readTo, NOW, DeliveryFixtures.event("e-" + readTo, NOW));
            List<Platform> platforms = List.of(Platform.META, Platform.TIKTOK).stream()
                    .filter(platform -> !recorder.wasRecovered(event.offset(), platform))
                    .toList();
            ProgressWindow.Tracked tracked = recorder.track(event, Set.of(), platforms.size());
            platforms.forEach(platform -> inMemory.add(new Held(item(event, tracked), platform)));
        }

        private static LaneItem item(LoggedEvent event, ProgressWindow.Tracked tracked) {
            return new LaneItem(new PreparedEvent(event, "Purchase", new byte[2], "", false, List.of()), NOW, tracked);
        }

        private Optional<Held> take(int choice) {
            return inMemory.isEmpty() ? Optional.empty() : Optional.of(inMemory.remove(choice % inMemory.size()));
        }

        private void forward(Held held) {
            recorder.forwarded(held.item(), held.key(), UUID.randomUUID(), NOW);
        }

        private void spill(Held held) {
            recorder.secured(held.item(), held.key(), NOW);
        }

        /// As a lane does it: what is in memory or not written yet is left out.
        private void load(Platform platform) {
            Destination.Key key = new Destination.Key(DeliveryFixtures.PROJECT, platform);
            Set<Long> held = recorder.unwritten(key);
            inMemory.stream()
                    .filter(each -> each.platform() == platform)
                    .forEach(each -> held.add(each.item().offset()));
            for (BacklogEntry entry : ledger.due(List.of(STREAM), key, DeliveryFixtures.query(NOW, 5, held))) {
                long offset = entry.event().offset();
                LoggedEvent event = new LoggedEvent(offset, NOW, DeliveryFixtures.event("e-" + offset, NOW));
                PreparedEvent prepared = new PreparedEvent(event, "Purchase", new byte[2], "", false, List.of());
                inMemory.add(new Held(new LaneItem(prepared, NOW, null), platform));
            }
        }

        private void flush(Failure next) {
            failing.failure = next;
            recorder.flush();
            failing.failure = Failure.NONE;
        }

        private void crash() {
            inMemory.clear();
            recorder = new Recorder(failing, new OpenTwins());
            readTo = recorder.open(STREAM);
        }

        void finish() {
            for (int round = 0; round < 2 * EVENTS; round++) {
                plan();
                load(Platform.META);
                load(Platform.TIKTOK);
                inMemory.forEach(this::forward);
                inMemory.clear();
                recorder.flush();
            }
        }

        void checkPosition() {
            for (long offset = EventLog.firstOffset(STREAM) + 1; offset <= ledger.position(STREAM); offset++) {
                for (Platform platform : List.of(Platform.META, Platform.TIKTOK)) {
                    assertThat(ledger.receipt(offset, platform).isPresent() || ledger.isWaiting(offset, platform))
                            .as("%d on %s is recorded", offset, platform)
                            .isTrue();
                }
            }
        }
    }
}
