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
/// Appends of all threads are committed in groups by one writer, see [LogWriter]. [#ownStream()] can change: when
/// the writer's connection was lost and its stream's lease with it, and somebody else adopted the stream, the
/// writer goes on in a new one. Times are kept in microseconds; finer digits are cut.
///
/// An answer of `EventLogUnavailableException` after the database went away in the middle of a commit may concern
/// events that turn out to be stored; a repeat of the batch is then recognised.
public final class PostgresEventLog implements EventLog, Component, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresEventLog.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int TICKS_PER_PARTITION_CHECK = 600;

    private final Partitions partitions;
    private final LogWriter writer;
    private final StreamLeases leases;
    private final ReadEvents read;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread keeper;

    /// Opens a new stream of the migrated `database`. Uses two connections besides the pool's.
    ///
    /// @throws EventLogUnavailableException when the database does not answer
    public static PostgresEventLog open(Database database, Clock clock) {
        Partitions partitions = new Partitions(database, clock);
        partitions.ensureAroundNow();
        try {
            return new PostgresEventLog(database, partitions, new LogWriter(database, partitions));
        } catch (SQLException e) {
            throw new EventLogUnavailableException("the event log could not be opened", e);
        }
    }

    private PostgresEventLog(Database database, Partitions partitions, LogWriter writer) {
        this.partitions = partitions;
        this.writer = writer;
        this.leases = new StreamLeases(database);
        this.read = new ReadEvents(database);
        this.keeper = Thread.ofPlatform().daemon().name("log-leases").start(this::keep);
    }

    @Override
    public AppendResult append(EventBatch batch) {
        return writer.append(batch);
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
        if (writer.isConnected()) {
            held.add(writer.ownStream());
        }
        held.addAll(leases.held());
        return List.copyOf(held);
    }

    @Override
    public long ownStream() {
        return writer.ownStream();
    }

    @Override
    public void onCommitted(Consumer<List<LoggedEvent>> listener) {
        writer.onCommitted(listener);
    }

    /// Looks for streams whose process is gone and takes their leases. Happens every second by itself.
    public void adoptOrphans() {
        leases.adoptOrphans(writer.ownStream());
    }

    @Override
    public String name() {
        return "event-log";
    }

    @Override
    public CheckResult check() {
        return writer.isConnected()
                ? new CheckResult.Passed("takes events, " + writer.queuedRequests() + " requests queued")
                : new CheckResult.Failed("no connection to the database, events are refused");
    }

    /// Transactions committed since the start.
    public long committedGroups() {
        return writer.groups();
    }

    /// Events stored since the start, without duplicates.
    public long committedEvents() {
        return writer.events();
    }

    public int queuedRequests() {
        return writer.queuedRequests();
    }

    /// Memory that queued and unanswered requests occupy, about.
    public int queuedBytes() {
        return writer.queuedBytes();
    }

    /// Stores what is queued, then gives up all leases. Appends are refused from now on.
    @Override
    public void close() {
        closing.countDown();
        writer.close();
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

    private void keepOnce(int tick) {
        writer.withdrawStale();
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
