package dev.varve.delivery;

import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The lanes of a process: one per destination that has had something to do. Thread-safe.
final class Lanes {
    private final DeliveryLedger ledger;
    private final LaneTurns turns = new LaneTurns();
    private final DestinationLane.Shared shared;
    private final InstantSource clock;
    private final Map<Destination.Key, DestinationLane> lanes = new ConcurrentHashMap<>();

    Lanes(DeliveryLedger ledger, DeliverySettings settings, MemoryBudget memory, InstantSource clock) {
        this.ledger = ledger;
        this.shared = new DestinationLane.Shared(settings, memory, turns);
        this.clock = clock;
    }

    /// The destination's lane, opened with what the ledger remembers of it.
    DestinationLane lane(Destination.Key key, Connector connector) {
        DestinationLane lane = lanes.get(key);
        if (lane == null || lane.isRetired()) {
            DestinationState before = ledger.state(key).orElseGet(() -> DestinationState.fresh(key));
            lane = lanes.compute(
                    key,
                    (k, there) -> there == null || there.isRetired()
                            ? new DestinationLane(k, connector, shared, before, clock.instant())
                            : there);
        }
        return lane;
    }

    /// Lets go of a lane that has had nothing to do for long.
    void retireIdle(DestinationLane lane, Instant now) {
        if (lane.retire(now)) {
            lanes.remove(lane.key, lane);
        }
    }

    /// Lets go of the lane of a deleted or archived project when nothing waits for it.
    void retireAbandoned(DestinationLane lane) {
        if (lane.abandon()) {
            lanes.remove(lane.key, lane);
        }
    }

    /// Those that need a look now, beginning at another one for every `turn`.
    List<DestinationLane> due(int turn, Instant now) {
        List<DestinationLane> due = turns.take(turn, now);
        due.removeIf(DestinationLane::isRetired);
        return due;
    }

    /// All of them, in the same manner.
    List<DestinationLane> all(int turn, Instant now) {
        turns.take(turn, now);
        List<DestinationLane> order = new ArrayList<>(lanes.values());
        Collections.rotate(order, turn);
        return order;
    }

    /// Nothing waits for a moment to come.
    boolean areAtRest() {
        return turns.isEmpty();
    }

    /// The lane was looked at and needs no other look before `at`.
    void lookAgain(DestinationLane lane, Instant at) {
        turns.lookAt(lane, at);
    }

    int size() {
        return lanes.size();
    }

    long count(Platform platform, DestinationState.Phase phase) {
        return lanes.values().stream()
                .filter(lane -> lane.key.platform() == platform && lane.state().phase() == phase)
                .count();
    }
}
