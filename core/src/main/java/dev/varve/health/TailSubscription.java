package dev.varve.health;

import dev.varve.health.Timeline.TimelineEntry;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One reader of the live tail. `take` is for the reader's thread alone; the others are thread-safe.
public final class TailSubscription implements AutoCloseable {
    private final UUID projectId;
    private final Timeline.Filter filter;
    private final TailBuffer buffer = new TailBuffer();
    private final Consumer<TailSubscription> leaving;
    private @Nullable TailCatchUp missed;

    TailSubscription(UUID projectId, Timeline.Filter filter, Consumer<TailSubscription> leaving) {
        this.projectId = projectId;
        this.filter = filter;
        this.leaving = leaving;
    }

    UUID projectId() {
        return projectId;
    }

    void begin(TailCatchUp first) {
        missed = first;
    }

    void offer(TimelineEntry entry, TailMessage message) {
        if (entry.logged().identity().projectId().equals(projectId)
                && filter.takes(entry.logged().event())) {
            buffer.offer(message);
        }
    }

    void offer(TailMessage.Gap gap) {
        buffer.offer(gap);
    }

    /// The next message, `Quiet` when there is none for `patience`.
    public TailMessage take(Duration patience) throws InterruptedException {
        if (missed != null && !buffer.isEnded()) {
            Optional<TailMessage> old = missed.next();
            if (old.isPresent()) {
                return old.get();
            }
            missed = null;
        }
        return buffer.take(patience);
    }

    /// The reader gets `Ended` next, also when it waits now.
    public void end() {
        buffer.end();
    }

    /// Leaves the tail.
    @Override
    public void close() {
        leaving.accept(this);
    }
}
