package dev.varve.delivery;

import dev.varve.event.LoggedEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Fresh events on their way from the log's writer to the reader of the own stream: bounded by their number and by the
/// bytes of their documents. When it overflows it is emptied and stays shut until the reader has caught up from the
// log,
/// which holds the same events. Thread-safe.
final class Handover {
    static final int LIMIT = 10_000;

    /// Events and the bytes taken for them, which whoever gets the group releases.
    record Group(List<LoggedEvent> events, long bytes) {}

    private final MemoryBudget memory;
    private final Deque<Group> groups = new ArrayDeque<>();
    private int events;
    private boolean overflowed = true;

    Handover(MemoryBudget memory) {
        this.memory = memory;
    }

    /// Never blocks.
    synchronized void offer(List<LoggedEvent> group) {
        if (overflowed || group.isEmpty()) {
            return;
        }
        long bytes = bytesOf(group);
        if (events + group.size() > LIMIT || !memory.tryTake(bytes)) {
            overflow();
            return;
        }
        groups.addLast(new Group(group, bytes));
        events += group.size();
        notifyAll();
    }

    private static long bytesOf(List<LoggedEvent> group) {
        long bytes = 0;
        for (LoggedEvent event : group) {
            bytes += event.event().document().length;
        }
        return bytes;
    }

    synchronized @Nullable Group poll() {
        Group group = groups.pollFirst();
        if (group != null) {
            events -= group.events().size();
        }
        return group;
    }

    void release(Group group) {
        memory.release(group.bytes());
    }

    synchronized void overflow() {
        overflowed = true;
        groups.forEach(this::release);
        groups.clear();
        events = 0;
    }

    synchronized boolean isOverflowed() {
        return overflowed;
    }

    /// What is committed from now on is handed over.
    synchronized void reopen() {
        overflowed = false;
    }

    synchronized void await(long millis) throws InterruptedException {
        if (groups.isEmpty()) {
            wait(millis);
        }
    }
}
