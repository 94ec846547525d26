package dev.varve.delivery;

import dev.varve.destination.PreparedEvent;
import dev.varve.event.LoggedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One event on its way to one destination. Mutable; owned by its lane, changed under the lane's lock.
final class LaneItem {
    /// What an item weighs besides its bytes: the objects around them.
    private static final int OVERHEAD_BYTES = 800;

    final PreparedEvent prepared;
    final Instant queuedAt;
    /// Null when the item came from the backlog.
    final ProgressWindow.@Nullable Tracked tracked;

    /// Has a row in the backlog, which its settlement must remove.
    boolean inBacklog;

    /// Has its receipt; whatever else is reported of it later is void. Guarded by the recorder's lock.
    boolean settled;

    /// What this item holds so that its like from another app waits; null when there can be none.
    Twin.@Nullable Key twin;

    /// Goes by itself, because it may be why the platform fails.
    boolean suspected;

    int attempts;

    @Nullable
    Instant firstAttemptAt;

    private List<String> notes;

    LaneItem(PreparedEvent prepared, Instant queuedAt, ProgressWindow.@Nullable Tracked tracked) {
        this.prepared = prepared;
        this.queuedAt = queuedAt;
        this.tracked = tracked;
        this.inBacklog = tracked == null;
        this.notes = prepared.notes();
    }

    LoggedEvent event() {
        return prepared.event();
    }

    /// Whatever is reported of it is void: it has its receipt, or is somebody else's.
    boolean isDone() {
        return settled || (tracked != null && tracked.abandoned && !inBacklog);
    }

    /// Must not share a request.
    boolean single() {
        return suspected || prepared.single();
    }

    long offset() {
        return prepared.event().offset();
    }

    /// What it takes of the memory budget.
    long bytes() {
        return (long) OVERHEAD_BYTES
                + prepared.payload().length
                + event().event().document().length;
    }

    /// For the receipt: those of the mapping and those of the platform's answer.
    List<String> notes() {
        return notes;
    }

    void addNotes(List<String> more) {
        if (!more.isEmpty()) {
            notes = new ArrayList<>(notes);
            notes.addAll(more);
        }
    }
}
