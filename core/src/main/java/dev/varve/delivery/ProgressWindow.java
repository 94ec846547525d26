package dev.varve.delivery;

import java.util.ArrayDeque;
import java.util.Deque;

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

    /// One read event; `remaining` platforms still lack a receipt or a place in the backlog.
    static final class Tracked {
        final long offset;
        int remaining;

        Tracked(long offset) {
            this.offset = offset;
        }
    }

    void add(Tracked tracked) {
        open.addLast(tracked);
    }

    /// Drops what is done and tells the offset up to which everything is.
    long advance() {
        while (!open.isEmpty() && open.peekFirst().remaining == 0) {
            position = open.removeFirst().offset;
        }
        return position;
    }

    int size() {
        return open.size();
    }
}
