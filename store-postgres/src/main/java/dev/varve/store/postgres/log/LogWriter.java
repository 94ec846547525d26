package dev.varve.store.postgres.log;

import dev.varve.event.LoggedEvent;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.store.postgres.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes one stream. Whatever has gathered in the queue while its last group was written becomes
/// the next group, one transaction, one answer to all.
final class LogWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
    private static final Duration DOWN_TOLERANCE = Duration.ofSeconds(2);
    /// Since the request came. A second longer than a writer tries by itself.
    private static final Duration TAKEN_PATIENCE = AppendQueue.ANSWER_WAIT.plusSeconds(1);

    private static final Duration RECONNECT_WAIT = Duration.ofSeconds(1);
    private static final long POLL_MILLIS = 100;
    private static final Duration PING = Duration.ofSeconds(1);
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String DEADLOCK = "40P01";

    private final Database database;
    private final Partitions partitions;
    private final AppendQueue queue;
    private final LongAdder groups = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final Thread thread;

    private volatile Consumer<List<LoggedEvent>> listener = logged -> {};
    private volatile long stream;
    private volatile boolean connected;
    private volatile long downSince;
    private volatile @Nullable Group underWay;

    // Below: the writer's thread only.
    private WriterSession session;
    private long next;
    private boolean continueStream = true;
    private long lastContact = System.nanoTime();

    LogWriter(Database database, Partitions partitions, AppendQueue queue) throws SQLException {
        this.database = database;
        this.partitions = partitions;
        this.queue = queue;
        this.session = WriterSession.open(database, null, false);
        this.next = EventLog.firstOffset(session.stream()) + 1;
        this.stream = session.stream();
        this.connected = true;
        this.thread = Thread.ofPlatform().name("log-writer").start(this::run);
    }

    void onCommitted(Consumer<List<LoggedEvent>> newListener) {
        listener = newListener;
    }

    long stream() {
        return stream;
    }

    /// Whether the session that holds the stream's lease stands.
    boolean isConnected() {
        return connected;
    }

    /// Whether requests have waited too long for this writer's connection.
    boolean isDown() {
        long since = downSince;
        return since != 0 && System.nanoTime() - since > DOWN_TOLERANCE.toNanos();
    }

    /// Refuses requests that this writer has taken and cannot get rid of, because the database stands still under it.
    /// They may turn out to be stored. For any thread.
    void refuseOverdue() {
        Group group = underWay;
        if (group != null) {
            group.refuseOverdue(TAKEN_PATIENCE);
        }
    }

    long groups() {
        return groups.sum();
    }

    long events() {
        return events.sum();
    }

    /// Waits until what was queued is written, then ends the session and with it the stream's lease. The queue must be
    /// closed before.
    @Override
    public void close() {
        try {
            thread.join(AppendQueue.ANSWER_WAIT);
            connected = false;
            session.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            LOG.debug("the writer's connection was gone already", e);
        }
    }

    private void run() {
        while (!queue.isDrained()) {
            try {
                step();
            } catch (InterruptedException e) {
                LOG.warn("the log's writer ignores an interrupt; close() ends it");
            } catch (RuntimeException e) {
                LOG.error("the log's writer goes on after an unexpected failure", e);
            }
            if (queue.isClosed() && !connected) {
                return; // another writer may still have a connection
            }
        }
    }

    /// A writer without connection takes nothing: what waits is for the others.
    private void step() throws InterruptedException {
        if (!connected && !reconnect(System.nanoTime() + RECONNECT_WAIT.toNanos())) {
            return;
        }
        Group group = queue.take(POLL_MILLIS);
        if (group == null) {
            ping();
            return;
        }
        underWay = group;
        try {
            store(group);
        } catch (RuntimeException e) {
            group.fail(new EventLogUnavailableException("unexpected failure of the log's writer", e));
            throw e;
        } finally {
            underWay = null;
        }
    }

    /// Tries until the group is stored, or ten seconds are over, or the database refuses it.
    private void store(Group group) throws InterruptedException {
        long deadline = System.nanoTime() + AppendQueue.ANSWER_WAIT.toNanos();
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
        handOver(logged);
        group.succeed(); // the moment of acknowledgement: the transaction is committed
    }

    /// Before the acknowledgement, so that an event sent in answer to it, which another writer may take, comes later.
    private void handOver(List<LoggedEvent> logged) {
        if (!logged.isEmpty() && EventLog.streamOf(logged.getFirst().offset()) == stream) {
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
                if (session.stream() != stream) {
                    next = EventLog.firstOffset(session.stream()) + 1;
                    stream = session.stream();
                }
                continueStream = true;
                downSince = 0;
                connected = true;
                LOG.info("the log's writer is connected again, stream={}", stream);
                return true;
            } catch (SQLException e) {
                if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) > deadline || queue.isClosed()) {
                    return false;
                }
                TimeUnit.MILLISECONDS.sleep(pause);
                pause = Math.min(2 * pause, 1_000);
            }
        }
    }
}
