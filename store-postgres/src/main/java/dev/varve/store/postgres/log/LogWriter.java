package dev.varve.store.postgres.log;

import dev.varve.event.LoggedEvent;
import dev.varve.eventlog.AppendResult;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.store.postgres.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes this process's stream. Requests wait in a queue bounded by bytes; whatever has gathered
/// there while the last group was written becomes the next group, one transaction, one answer to all.
final class LogWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
    private static final int QUEUE_BYTES = 32 << 20;
    private static final int GROUP_BYTES = 6 << 20; // some 10,000 events: larger ones only make the waiting longer
    private static final Duration QUEUE_WAIT = Duration.ofSeconds(2);
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(10);
    private static final Duration DOWN_TOLERANCE = Duration.ofSeconds(2);
    private static final Duration PING = Duration.ofSeconds(1);
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String DEADLOCK = "40P01";

    private final Database database;
    private final Partitions partitions;
    private final LinkedBlockingQueue<PendingAppend> queue = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(QUEUE_BYTES);
    private final LongAdder groups = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final Thread thread;

    private volatile Consumer<List<LoggedEvent>> listener = logged -> {};
    private volatile long ownStream;
    private volatile boolean connected;
    private volatile long downSince;
    private volatile boolean closed;
    /// Set before the queue is emptied for the last time: whoever comes later sees it.
    private volatile boolean ended;

    // Below: the writer's thread only.
    private WriterSession session;
    private long next;
    private boolean continueStream = true;
    private long lastContact = System.nanoTime();

    LogWriter(Database database, Partitions partitions) throws SQLException {
        this.database = database;
        this.partitions = partitions;
        this.session = WriterSession.open(database, null, false);
        this.next = EventLog.firstOffset(session.stream()) + 1;
        this.ownStream = session.stream();
        this.connected = true;
        this.thread = Thread.ofPlatform().name("log-writer").start(this::run);
    }

    AppendResult append(EventBatch batch) {
        if (batch.events().isEmpty()) {
            return new AppendResult(0, new BitSet());
        }
        refuseWhileDown();
        PendingAppend request = new PendingAppend(batch);
        int permits = Math.min(request.bytes(), QUEUE_BYTES);
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

    void onCommitted(Consumer<List<LoggedEvent>> newListener) {
        listener = newListener;
    }

    long ownStream() {
        return ownStream;
    }

    /// Whether the session that holds the own stream's lease stands.
    boolean isConnected() {
        return connected;
    }

    long groups() {
        return groups.sum();
    }

    long events() {
        return events.sum();
    }

    int queuedRequests() {
        return queue.size();
    }

    int queuedBytes() {
        return QUEUE_BYTES - room.availablePermits();
    }

    /// Writes what is queued, then ends the session and with it the stream's lease.
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(ANSWER_WAIT);
            connected = false;
            session.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            LOG.debug("the writer's connection was gone already", e);
        }
    }

    private void refuseWhileDown() {
        if (closed) {
            throw new EventLogUnavailableException("the event log is closed");
        }
        long since = downSince;
        if (since != 0 && System.nanoTime() - since > DOWN_TOLERANCE.toNanos()) {
            throw new EventLogUnavailableException("the event log has no connection to its database");
        }
    }

    private void reserve(int permits) {
        try {
            if (!room.tryAcquire(permits, QUEUE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new EventLogUnavailableException("the event log's queue is full");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EventLogUnavailableException("interrupted before the events were stored", e);
        }
    }

    /// Waits without a timer of its own, which would cost every request a wake-up of the timer thread: the writer
    /// answers whatever it has taken, and `withdrawStale` ends what it never took.
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

    /// Refuses queued requests that the writer did not get to in ten seconds. Called every second.
    void withdrawStale() {
        long oldest = System.nanoTime() - ANSWER_WAIT.toNanos();
        for (PendingAppend request : queue) {
            if (request.queuedNanos() - oldest < 0 && request.abandon()) {
                request.answer().completeExceptionally(new EventLogUnavailableException("the event log is too slow"));
            }
        }
    }

    private void run() {
        while (!closed || !queue.isEmpty()) {
            try {
                PendingAppend first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    ping();
                } else {
                    gather(first);
                }
            } catch (InterruptedException e) {
                LOG.warn("the log's writer ignores an interrupt; close() ends it");
            } catch (RuntimeException e) {
                LOG.error("the log's writer goes on after an unexpected failure", e);
            }
        }
        ended = true;
        Group late = new Group(new ArrayList<>(queue));
        late.fail(new EventLogUnavailableException("the event log is closed"));
    }

    private void gather(PendingAppend first) throws InterruptedException {
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
        if (taken.isEmpty()) {
            return;
        }
        Group group = new Group(taken);
        try {
            store(group);
        } catch (RuntimeException e) {
            group.fail(new EventLogUnavailableException("unexpected failure of the log's writer", e));
            throw e;
        }
    }

    /// Tries until the group is stored, or ten seconds are over, or the database refuses it.
    private void store(Group group) throws InterruptedException {
        long deadline = System.nanoTime() + ANSWER_WAIT.toNanos();
        boolean carefully = false;
        boolean doubtful = false;
        while (true) {
            if (!connected && !reconnect(deadline)) {
                continueStream &= !doubtful; // then the events are found by whoever adopts the stream
                group.fail(new EventLogUnavailableException("the event log has no connection to its database"));
                return;
            }
            boolean committing = false;
            try {
                if (doubtful && session.isStored(group)) {
                    finish(group);
                    return;
                }
                doubtful = false;
                next = group.number(next);
                partitions.ensure(group.occurredAt());
                if (carefully) {
                    session.copyNewOnly(group);
                } else {
                    session.copyOptimistically(group);
                }
                committing = true;
                session.commit();
                finish(group);
                return;
            } catch (SQLException e) {
                doubtful |= committing;
                if (isBroken(e)) {
                    LOG.warn("the log's writer lost its connection: {}", e.getMessage());
                } else if (isConflict(e) && System.nanoTime() < deadline) {
                    carefully = true;
                } else {
                    refuse(group, e);
                    return;
                }
            }
        }
    }

    private static boolean isConflict(SQLException e) {
        return UNIQUE_VIOLATION.equals(e.getSQLState()) || DEADLOCK.equals(e.getSQLState());
    }

    private boolean isBroken(SQLException e) {
        String state = e.getSQLState();
        boolean lost = state != null && (state.startsWith("08") || state.startsWith("57P"));
        if (lost || !session.isAlive()) {
            markDown();
            return true;
        }
        return false;
    }

    /// One request that the database cannot take must not drag the others of its group down.
    private void refuse(Group group, SQLException reason) throws InterruptedException {
        String state = reason.getSQLState();
        if (state != null
                && (state.startsWith("22") || state.startsWith("23"))
                && group.requests().size() > 1) {
            for (PendingAppend request : group.requests()) {
                store(new Group(List.of(request)));
            }
            return;
        }
        LOG.atError()
                .addKeyValue("requests", group.requests().size())
                .addKeyValue("sqlState", state)
                .log("group.refused");
        group.fail(new EventLogUnavailableException("the database refused the events (" + state + ")"));
    }

    private void finish(Group group) {
        lastContact = System.nanoTime();
        List<LoggedEvent> logged = group.logged();
        groups.increment();
        events.add(logged.size());
        group.succeed(); // the moment of acknowledgement: the transaction is committed
        if (!logged.isEmpty() && EventLog.streamOf(logged.getFirst().offset()) == ownStream) {
            try {
                listener.accept(logged);
            } catch (RuntimeException e) {
                LOG.error("the log's listener failed", e);
            }
        }
    }

    private void ping() throws InterruptedException {
        if (!connected) {
            reconnect(System.nanoTime());
        } else if (System.nanoTime() - lastContact > PING.toNanos()) {
            lastContact = System.nanoTime();
            if (!session.isAlive()) {
                markDown();
            }
        }
    }

    private void markDown() {
        connected = false;
        downSince = System.nanoTime();
        try {
            session.close();
        } catch (SQLException e) {
            LOG.debug("the writer's connection was gone already", e);
        }
    }

    /// Tries at least once, until `deadline`.
    private boolean reconnect(long deadline) throws InterruptedException {
        long pause = 50;
        while (true) {
            try {
                session = WriterSession.open(database, session, continueStream);
                if (session.stream() != ownStream) {
                    next = EventLog.firstOffset(session.stream()) + 1;
                    ownStream = session.stream();
                }
                continueStream = true;
                downSince = 0;
                connected = true;
                LOG.info("the log's writer is connected again, stream={}", ownStream);
                return true;
            } catch (SQLException e) {
                if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) > deadline || closed) {
                    return false;
                }
                TimeUnit.MILLISECONDS.sleep(pause);
                pause = Math.min(2 * pause, 1_000);
            }
        }
    }
}
