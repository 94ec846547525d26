package dev.varve.delivery;

import dev.varve.event.LoggedEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Fresh events on their way from the log's writers to the reader of the own streams: bounded by their number
/// and by the bytes of their documents. When it overflows it is emptied and stays shut until the reader has
/// caught up from the log, which holds the same events. Thread-safe.
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
        if (groups.size() == 1 || isEnough()) {
            notifyAll();
        }
    }

    private boolean isEnough() {
        return events >= LogReader.CHUNK;
    }

    private static long bytesOf(List<LoggedEvent> group) {
        long bytes = 0;
        for (LoggedEvent event : group) {
            bytes += event.event().document().length;
        }
        return bytes;
    }

    /// The groups that waited longest, in the order in which they came: as many as fit into a chunk, but one at least.
    synchronized List<Group> take() {
        List<Group> taken = new ArrayList<>();
        int size = 0;
        long bytes = 0;
        for (Group group = groups.peekFirst(); group != null; group = groups.peekFirst()) {
            size += group.events().size();
            bytes += group.bytes();
            if (!taken.isEmpty() && (size > LogReader.CHUNK || bytes > LogReader.GROUP_BYTES)) {
                break;
            }
            taken.add(groups.removeFirst());
            events -= group.events().size();
        }
        return taken;
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

    /// Lets what waits grow to a chunk, for so long at most. Returns at once when nothing waits.
    synchronized void gather(long atMostNanos) throws InterruptedException {
        long until = System.nanoTime() + atMostNanos;
        for (long left = atMostNanos; left > 0 && !groups.isEmpty() && !isEnough(); left = until - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    synchronized void await(long millis) throws InterruptedException {
        if (groups.isEmpty()) {
            wait(millis);
        }
    }
}
