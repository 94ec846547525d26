package dev.varve.delivery;

import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/// The events of one stream that were read and are not all settled yet, in offset order. Guarded by the recorder's
/// lock.
///
/// The position it tells never passes an event that still has something to settle, so a crash repeats only what
/// lies behind it.
final class ProgressWindow {
    private final Deque<Tracked> open = new ArrayDeque<>();
    private long position;

    ProgressWindow(long position) {
        this.position = position;
    }

    /// One read event; `remaining` platforms still lack a receipt or a place in the backlog. `off`: platforms that get
    /// neither.
    static final class Tracked {
        final long offset;
        final Arrival arrival;
        final Set<Platform> off;
        int remaining;
        /// Its stream was let go before it was done: whoever reads the stream next settles it.
        boolean abandoned;

        Tracked(LoggedEvent event, Set<Platform> off, int remaining) {
            this.offset = event.offset();
            this.arrival = new Arrival(
                    event.identity().projectId(),
                    event.identity().appId(),
                    event.receivedAt(),
                    event.event().synthetic());
            this.off = off.isEmpty() ? Set.of() : Set.copyOf(off);
            this.remaining = remaining;
        }
    }

    /// What an event counts as, without its document.
    record Arrival(UUID projectId, String appId, Instant receivedAt, boolean synthetic) {}

    void add(Tracked tracked) {
        open.addLast(tracked);
    }

    /// Drops what is done, telling each, and answers the offset up to which everything is.
    long advance(Consumer<Tracked> passed) {
        while (!open.isEmpty() && open.peekFirst().remaining == 0) {
            Tracked done = open.removeFirst();
            position = done.offset;
            passed.accept(done);
        }
        return position;
    }

    void abandon() {
        open.forEach(tracked -> tracked.abandoned = true);
        open.clear();
    }

    int size() {
        return open.size();
    }
}
