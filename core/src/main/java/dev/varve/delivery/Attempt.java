package dev.varve.delivery;

import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Destination;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/// One request and what came of it.
record Attempt(Shipment shipment, AttemptOutcome outcome, UUID requestId) {
    /// What is sent together. `generation`: of the lane when it sets out.
    record Shipment(DestinationLane lane, Destination destination, List<LaneItem> items, Hunt hunt, int generation) {}

    /// The search for guilty events in what the lane put together as one batch. For one thread.
    static final class Hunt {
        int guilty;
        int rounds;
        /// Part of the batch was taken.
        boolean hasPassed;
    }

    DestinationLane lane() {
        return shipment.lane();
    }

    Destination destination() {
        return shipment.destination();
    }

    List<LaneItem> items() {
        return shipment.items();
    }

    Hunt hunt() {
        return shipment.hunt();
    }

    int generation() {
        return shipment.generation();
    }

    Answer answer() {
        return outcome.answer();
    }

    /// The platform counted fewer than it was sent.
    boolean isShort() {
        return outcome instanceof AttemptOutcome.Delivered delivered && delivered.acknowledged() < items().size();
    }

    RetryPolicy.RequestFacts facts() {
        LaneItem mostTried = items().stream()
                .max(Comparator.comparingInt(item -> item.attempts))
                .orElseThrow();
        return new RetryPolicy.RequestFacts(
                items().size(), mostTried.attempts, hunt().guilty, hunt().rounds, lane().evidence(mostTried));
    }
}
