package dev.varve.store.postgres.log;

import dev.varve.component.CheckResult;
import dev.varve.component.Component;
import dev.varve.event.LoggedEvent;
import dev.varve.eventlog.AppendResult;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.eventlog.EventRef;
import dev.varve.store.postgres.Database;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The event log in PostgreSQL.
///
/// Appends of all threads are committed in groups, see [LogWriter]: PostgreSQL works with one process per connection,
/// so two writers let it use two cores, and one copies while the other waits for the disk. [#ownStreams()] can change:
/// when a writer's connection was lost and its stream's lease with it, and somebody else adopted the stream, the writer
/// goes on in a new one. Times are kept in microseconds; finer digits are cut.
///
/// An answer of `EventLogUnavailableException` after the database went away in the middle of a commit may concern
/// events that turn out to be stored; a repeat of the batch is then recognised.
public final class PostgresEventLog implements EventLog, Component, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresEventLog.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int WRITERS = 2;
    private static final int TICKS_PER_PARTITION_CHECK = 600;

    private final Partitions partitions;
    private final AppendQueue queue;
    private final List<LogWriter> writers;
    private final StreamLeases leases;
    private final ReadEvents read;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread keeper;

    /// Opens new streams of the migrated `database`. Uses three connections besides the pool's.
    ///
    /// @throws EventLogUnavailableException when the database does not answer
    public static PostgresEventLog open(Database database, Clock clock) {
        return open(database, clock, WRITERS);
    }

    static PostgresEventLog open(Database database, Clock clock, int writers) {
        Partitions partitions = new Partitions(database, clock);
        partitions.ensureAroundNow();
        AppendQueue queue = new AppendQueue();
        List<LogWriter> opened = new ArrayList<>();
        try {
            for (int i = 0; i < writers; i++) {
                opened.add(new LogWriter(database, partitions, queue));
            }
        } catch (SQLException e) {
            queue.close();
            opened.forEach(LogWriter::close);
            throw new EventLogUnavailableException("the event log could not be opened", e);
        }
        return new PostgresEventLog(database, partitions, queue, opened);
    }

    private PostgresEventLog(Database database, Partitions partitions, AppendQueue queue, List<LogWriter> writers) {
        this.partitions = partitions;
        this.queue = queue;
        this.writers = List.copyOf(writers);
        this.leases = new StreamLeases(database);
        this.read = new ReadEvents(database);
        this.keeper = Thread.ofPlatform().daemon().name("log-leases").start(this::keep);
        Thread.ofPlatform().daemon().name("log-patience").start(this::refuseLate);
    }

    @Override
    public AppendResult append(EventBatch batch) {
        if (writers.stream().allMatch(LogWriter::isDown)) {
            throw new EventLogUnavailableException("the event log has no connection to its database");
        }
        return queue.append(batch);
    }

    @Override
    public List<LoggedEvent> read(long stream, long after, int max) {
        return read.after(stream, after, max);
    }

    @Override
    public List<LoggedEvent> fetch(Set<EventRef> refs) {
        return read.at(refs);
    }

    @Override
    public List<Long> heldStreams() {
        List<Long> held = new ArrayList<>();
        for (LogWriter writer : writers) {
            if (writer.isConnected()) {
                held.add(writer.stream());
            }
        }
        held.addAll(leases.held());
        return List.copyOf(held);
    }

    @Override
    public List<Long> ownStreams() {
        return writers.stream().map(LogWriter::stream).toList();
    }

    @Override
    public void onCommitted(Consumer<List<LoggedEvent>> listener) {
        writers.forEach(writer -> writer.onCommitted(listener));
    }

    /// Looks for streams whose process is gone and takes their leases. Happens every second by itself.
    public void adoptOrphans() {
        leases.adoptOrphans(Set.copyOf(ownStreams()));
    }

    @Override
    public String name() {
        return "event-log";
    }

    @Override
    public CheckResult check() {
        long connected = writers.stream().filter(LogWriter::isConnected).count();
        return connected > 0
                ? new CheckResult.Passed("takes events, " + queue.requests() + " requests queued, " + connected + " of "
                        + writers.size() + " writers connected")
                : new CheckResult.Failed("no connection to the database, events are refused");
    }

    /// Transactions committed since the start.
    public long committedGroups() {
        return writers.stream().mapToLong(LogWriter::groups).sum();
    }

    /// Events stored since the start, without duplicates.
    public long committedEvents() {
        return writers.stream().mapToLong(LogWriter::events).sum();
    }

    public int queuedRequests() {
        return queue.requests();
    }

    /// Memory that queued and unanswered requests occupy, about.
    public int queuedBytes() {
        return queue.bytes();
    }

    /// Stores what is queued, then gives up all leases. Appends are refused from now on.
    @Override
    public void close() {
        closing.countDown();
        queue.close();
        writers.forEach(LogWriter::close);
        queue.end();
        closed.countDown();
        try {
            keeper.join(TICK.multipliedBy(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        leases.close();
    }

    private void keep() {
        int tick = 0;
        try {
            while (!closing.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                keepOnce(++tick);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// On a thread that waits for no database.
    private void refuseLate() {
        try {
            while (!closed.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                queue.withdrawStale();
                writers.forEach(LogWriter::refuseOverdue);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keepOnce(int tick) {
        try {
            adoptOrphans();
            if (tick % TICKS_PER_PARTITION_CHECK == 0) {
                partitions.ensureAroundNow();
            }
        } catch (RuntimeException e) {
            LOG.error("the log's leases could not be looked after this time", e);
        }
    }
}
