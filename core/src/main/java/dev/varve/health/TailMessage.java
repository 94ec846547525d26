package dev.varve.health;

import dev.varve.health.Timeline.TimelineEntry;
import org.jspecify.annotations.Nullable;

/// What a live tail tells its reader.
public sealed interface TailMessage {
    /// An event was stored. `id`: from here the reader may resume.
    record Appeared(TimelineEntry entry, String id) implements TailMessage {}

    /// A receipt of the event changed.
    record Settled(TimelineEntry entry) implements TailMessage {}

    /// Something is missing here. `dropped`: how many messages; null when nobody counted them.
    record Gap(@Nullable Long dropped) implements TailMessage {}

    /// Nothing happened for as long as the reader wanted to wait.
    record Quiet() implements TailMessage {}

    /// The tail is over.
    record Ended() implements TailMessage {}
}
