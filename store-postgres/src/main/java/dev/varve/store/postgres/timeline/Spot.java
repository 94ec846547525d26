package dev.varve.store.postgres.timeline;

import dev.varve.health.Timeline.Position;
import dev.varve.store.postgres.ShownTime;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;

/// Where an event stands in the timeline, in full precision, and the number of the key that led to it.
record Spot(int key, Position position) {
    /// As the timeline is ordered: newest first, then by the bytes of the event id.
    static final Comparator<Spot> NEWEST_FIRST = Comparator.comparing(Spot::shownAt, Comparator.reverseOrder())
            .thenComparing(spot -> spot.position().eventId().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned)
            .thenComparing(spot -> spot.position().offset());

    Instant shownAt() {
        return ShownTime.of(position.occurredAt());
    }
}
