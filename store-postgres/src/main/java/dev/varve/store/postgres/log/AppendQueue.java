package dev.varve.store.postgres.log;

import dev.varve.eventlog.AppendResult;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLogUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Requests on their way to the writers, bounded by bytes: what is queued and what is not answered yet. Whichever
/// writer is free takes what has gathered. Thread-safe.
final class AppendQueue {
    /// How long a request waits for a writer, and a writer for its connection.
    static final Duration ANSWER_WAIT = Duration.ofSeconds(10);

    private static final int CAPACITY_BYTES = 32 << 20;
    private static final int GROUP_BYTES = 6 << 20; // some 10,000 events: larger ones only make the waiting longer
    private static final Duration ROOM_WAIT = Duration.ofSeconds(2);

    private final LinkedBlockingQueue<PendingAppend> queue = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(CAPACITY_BYTES);
    private volatile boolean closed;
    /// Set before the queue is emptied for the last time: whoever comes later sees it.
    private volatile boolean ended;

    /// Waits until a writer has answered.
    AppendResult append(EventBatch batch) {
        if (batch.events().isEmpty()) {
            return new AppendResult(0, new BitSet());
        }
        if (closed) {
            throw new EventLogUnavailableException("the event log is closed");
        }
        PendingAppend request = new PendingAppend(batch);
        int permits = Math.min(request.bytes(), CAPACITY_BYTES);
        reserve(permits);
        try {
            queue.add(request);
            if (ended && request.abandon()) {
                throw new EventLogUnavailableException("the event log is closed");
            }
            return await(request);
        } finally {
            room.release(permits);
        }
    }

    /// The next group for the calling writer, or null when nothing came in `millis`.
    @Nullable
    Group take(long millis) throws InterruptedException {
        PendingAppend first = queue.poll(millis, TimeUnit.MILLISECONDS);
        if (first == null) {
            return null;
        }
        List<PendingAppend> taken = new ArrayList<>();
        int bytes = 0;
        for (@Nullable PendingAppend request = first; request != null; request = queue.poll()) {
            if (request.take()) {
                taken.add(request);
                bytes += request.bytes();
            }
            if (bytes >= GROUP_BYTES) {
                break;
            }
        }
        return taken.isEmpty() ? null : new Group(taken);
    }

    /// Refuses queued requests that no writer got to in ten seconds. Called every second.
    void withdrawStale() {
        long oldest = System.nanoTime() - ANSWER_WAIT.toNanos();
        for (PendingAppend request : queue) {
            if (request.queuedNanos() - oldest < 0 && request.abandon()) {
                request.answer().completeExceptionally(new EventLogUnavailableException("the event log is too slow"));
            }
        }
    }

    /// Takes no more requests; what is queued is still written.
    void close() {
        closed = true;
    }

    boolean isDrained() {
        return closed && queue.isEmpty();
    }

    boolean isClosed() {
        return closed;
    }

    /// No writer is left: refuses the rest.
    void end() {
        ended = true;
        new Group(new ArrayList<>(queue)).fail(new EventLogUnavailableException("the event log is closed"));
    }

    int requests() {
        return queue.size();
    }

    int bytes() {
        return CAPACITY_BYTES - room.availablePermits();
    }

    private void reserve(int permits) {
        try {
            if (!room.tryAcquire(permits, ROOM_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new EventLogUnavailableException("the event log's queue is full");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EventLogUnavailableException("interrupted before the events were stored", e);
        }
    }

    /// Waits without a timer of its own, which would cost every request a wake-up of the timer thread: a writer
    /// answers whatever it has taken, and `withdrawStale` ends what none took.
    private static AppendResult await(PendingAppend request) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return request.answer().get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new EventLogUnavailableException("the events could not be stored", e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
