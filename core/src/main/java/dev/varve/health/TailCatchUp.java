package dev.varve.health;

import dev.varve.health.TailMessage.Appeared;
import dev.varve.health.Timeline.TimelineEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/// What a resuming reader missed: from where it stopped to where the live tail took it up. Read page by page as the
/// reader takes it, so it needs no room. For one thread.
final class TailCatchUp {
    private static final int PAGE = 200;

    private final EventTail log;
    private final UUID projectId;
    private final Timeline.Filter filter;
    private final TailPosition until;
    private final Consumer<TimelineEntry> shown;
    private final Deque<TailMessage> page = new ArrayDeque<>();
    private TailPosition position;
    private boolean isAtEnd;

    /// `shown` hears of every event before its message is taken.
    TailCatchUp(EventTail log, UUID projectId, Timeline.Filter filter, Bounds bounds, Consumer<TimelineEntry> shown) {
        this.log = log;
        this.projectId = projectId;
        this.filter = filter;
        this.position = bounds.from();
        this.until = bounds.until();
        this.shown = shown;
    }

    record Bounds(TailPosition from, TailPosition until) {}

    /// Empty when the reader has caught up.
    Optional<TailMessage> next() {
        while (page.isEmpty() && !isAtEnd) {
            readPage();
        }
        return Optional.ofNullable(page.poll());
    }

    private void readPage() {
        EventTail.Slice slice = log.after(Set.of(projectId), position, PAGE);
        for (TimelineEntry entry : slice.entries()) {
            long offset = entry.logged().offset();
            position = position.past(offset);
            if (until.covers(offset) && filter.takes(entry.logged().event())) {
                shown.accept(entry);
                page.add(new Appeared(entry, position.seenAt(until.at()).text()));
            }
        }
        isAtEnd = !slice.isCut();
        position = slice.end();
    }
}
