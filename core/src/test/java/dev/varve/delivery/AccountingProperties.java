package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.FailingLedger.Failure;
import dev.varve.destination.Destination;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/// In every state the ledger ever stands in, the counts explain every real event that was accepted: also after crashes,
/// lost answers and replays.
class AccountingProperties {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:30Z");
    private static final long STREAM = 1;
    private static final int EVENTS = 12;
    /// One event of these is a probe, and one is off for every platform.
    private static final int PROBE = 3;
    private static final int UNKNOWN_APP = 5;

    enum Step {
        PLAN,
        PLAN_MORE,
        PLAN_WITH_A_PLATFORM_OFF,
        PLAN_WITH_A_SKIP,
        PLAN_WITH_A_REFUSAL,
        FORWARD,
        SKIP,
        DIE,
        SPILL,
        SECURE,
        LOAD,
        SETTLE_FROM_BACKLOG,
        VANISH,
        REFUSE_FROM_BACKLOG,
        REPLAY,
        FLUSH,
        FLUSH_MORE,
        FLUSH_FAILS,
        FLUSH_ANSWER_IS_LOST,
        CRASH
    }

    @Property(tries = 3000)
    void everyCommittedStateIsExplained(
            @ForAll @Size(max = 80) List<Step> steps, @ForAll @Size(80) List<Byte> choices) {
        World world = new World();
        for (int i = 0; i < steps.size(); i++) {
            world.run(steps.get(i), choices.get(i) & 0xff);
            world.checkSums();
        }
        world.finish();
        world.checkSums();
        for (Platform platform : Platform.values()) {
            assertThat(world.ledger.countAll(platform, RollupKey.ACCEPTED)).isEqualTo(EVENTS - 1);
            assertThat(world.ledger.backlogSize(platform)).isZero();
        }
        assertThat(world.ledger.count(RollupKey.SETTLED)).isEqualTo(world.ledger.count(RollupKey.SENT));
        assertThat(world.ledger.deadLetters()).hasSize(world.ledger.receipts(ReceiptState.DEAD));
    }

    private static boolean isProbe(long offset) {
        return offset == EventLog.firstOffset(STREAM) + PROBE;
    }

    private static LoggedEvent event(long offset) {
        Event event = DeliveryFixtures.event("e-" + offset, NOW);
        return new LoggedEvent(offset, NOW, isProbe(offset) ? probe(event) : event);
    }

    private static Event probe(Event event) {
        return new Event(
                event.identity(),
                event.occurredAt(),
                event.source(),
                true,
                event.sender(),
                event.consent(),
                event.document(),
                event.origin());
    }

    private record Held(LaneItem item, Platform platform) {
        Destination.Key key() {
            return key(platform);
        }

        static Destination.Key key(Platform platform) {
            return new Destination.Key(DeliveryFixtures.PROJECT, platform);
        }
    }

    private static final class World {
        final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();
        private final FailingLedger failing = new FailingLedger(ledger);
        private final List<Held> inMemory = new ArrayList<>();
        private Recorder recorder = new Recorder(failing, new OpenTwins());
        private long readTo = recorder.open(STREAM);

        void run(Step step, int choice) {
            Platform platform = Platform.values()[choice % Platform.values().length];
            switch (step) {
                case PLAN, PLAN_MORE -> plan(Set.of(), Step.PLAN, platform);
                case PLAN_WITH_A_PLATFORM_OFF -> plan(Set.of(platform), Step.PLAN, platform);
                case PLAN_WITH_A_SKIP, PLAN_WITH_A_REFUSAL -> plan(Set.of(), step, platform);
                case FORWARD -> take(choice, this::forward);
                case SKIP -> take(choice, held -> recorder.skipped(held.item(), held.key(), "too_old", NOW));
                case DIE ->
                    take(
                            choice,
                            held -> recorder.dead(
                                    held.item(), letter(held.item().event(), held.key())));
                case SPILL -> take(choice, held -> recorder.spilled(held.item(), held.key(), NOW));
                case SECURE -> {
                    if (!inMemory.isEmpty()) {
                        Held held = inMemory.get(choice % inMemory.size());
                        recorder.secured(held.item(), held.key(), NOW);
                    }
                }
                case LOAD -> due(platform).forEach(entry -> inMemory.add(restored(entry, platform)));
                case SETTLE_FROM_BACKLOG ->
                    due(platform)
                            .forEach(entry -> recorder.settledFromBacklog(
                                    entry, event(entry.event().offset()), "disabled", NOW));
                case VANISH ->
                    due(platform).stream()
                            .filter(entry -> !isProbe(entry.event().offset()))
                            .forEach(entry -> recorder.vanished(entry, NOW));
                case REFUSE_FROM_BACKLOG ->
                    due(platform)
                            .forEach(entry -> recorder.refusedFromBacklog(
                                    entry, letter(event(entry.event().offset()), entry.destination()), "Purchase"));
                case REPLAY ->
                    ledger.deadLetters().stream()
                            .limit(choice % 3)
                            .forEach(letter -> ledger.replay(
                                    letter.event().offset(),
                                    letter.destination().platform(),
                                    NOW));
                case FLUSH, FLUSH_MORE -> flush(Failure.NONE);
                case FLUSH_FAILS -> flush(Failure.BEFORE);
                case FLUSH_ANSWER_IS_LOST -> flush(Failure.AFTER);
                case CRASH -> crash();
            }
        }

        private void plan(Set<Platform> off, Step how, Platform special) {
            if (readTo == EventLog.firstOffset(STREAM) + EVENTS) {
                return;
            }
            LoggedEvent event = event(++readTo);
            boolean isUnknown = readTo == EventLog.firstOffset(STREAM) + UNKNOWN_APP;
            Set<Platform> open = EnumSet.allOf(Platform.class);
            open.removeIf(platform -> recorder.wasRecovered(event.offset(), platform));
            Set<Platform> offNow = new HashSet<>(isUnknown ? open : off);
            offNow.retainAll(open);
            open.removeAll(offNow);
            ProgressWindow.Tracked tracked = recorder.track(event, offNow, open.size());
            for (Platform platform : open) {
                Destination.Key key = Held.key(platform);
                if (platform == special && how == Step.PLAN_WITH_A_SKIP) {
                    recorder.skipped(tracked, event, key, "consent", NOW);
                } else if (platform == special && how == Step.PLAN_WITH_A_REFUSAL) {
                    recorder.refused(tracked, letter(event, key), "Purchase");
                } else {
                    inMemory.add(new Held(item(event, tracked), platform));
                }
            }
        }

        private static LaneItem item(
                LoggedEvent event, ProgressWindow.@org.jspecify.annotations.Nullable Tracked tracked) {
            return new LaneItem(new PreparedEvent(event, "Purchase", new byte[2], "", false, List.of()), NOW, tracked);
        }

        private static Held restored(BacklogEntry entry, Platform platform) {
            return new Held(item(event(entry.event().offset()), null), platform);
        }

        private static DeadLetter letter(LoggedEvent event, Destination.Key key) {
            return new DeadLetter(
                    event,
                    key,
                    "missing_currency",
                    "VALIDATION",
                    new DeadLetter.Failure(1, NOW, NOW, "as the test says", null),
                    NOW.plusSeconds(60));
        }

        private void take(int choice, java.util.function.Consumer<Held> fate) {
            if (!inMemory.isEmpty()) {
                fate.accept(inMemory.remove(choice % inMemory.size()));
            }
        }

        private void forward(Held held) {
            recorder.forwarded(held.item(), held.key(), UUID.randomUUID(), NOW);
        }

        /// As a lane asks: what is in memory or not written yet is left out.
        private List<BacklogEntry> due(Platform platform) {
            Set<Long> held = recorder.unwritten(Held.key(platform));
            inMemory.stream()
                    .filter(each -> each.platform() == platform)
                    .forEach(each -> held.add(each.item().offset()));
            return ledger.due(List.of(STREAM), Held.key(platform), DeliveryFixtures.query(NOW, 5, held));
        }

        private void flush(Failure failure) {
            failing.failure = failure;
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
                plan(Set.of(), Step.PLAN, Platform.META);
                for (Platform platform : Platform.values()) {
                    due(platform).forEach(entry -> inMemory.add(restored(entry, platform)));
                }
                inMemory.forEach(this::forward);
                inMemory.clear();
                recorder.flush();
            }
        }

        /// What is recorded beyond the position is counted where it ended, and not as accepted yet.
        void checkSums() {
            for (Platform platform : Platform.values()) {
                long beyond = ledger.entriesAfter(STREAM, ledger.position(STREAM)).stream()
                        .filter(entry -> entry.platform() == platform && !isProbe(entry.offset()))
                        .count();
                long waitingProbes = ledger.isWaiting(EventLog.firstOffset(STREAM) + PROBE, platform) ? 1 : 0;
                assertThat(ledger.countAll(platform, RollupKey.ACCEPTED) + beyond)
                        .as("%s adds up", platform)
                        .isEqualTo(ledger.countAll(platform, RollupKey.SETTLED)
                                + ledger.countAll(platform, RollupKey.SKIPPED_PREFIX)
                                + ledger.countAll(platform, RollupKey.DEAD_PREFIX)
                                + ledger.backlogSize(platform)
                                - waitingProbes);
            }
        }
    }
}
