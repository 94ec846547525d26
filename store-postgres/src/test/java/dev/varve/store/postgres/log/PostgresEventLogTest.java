package dev.varve.store.postgres.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.RequestOrigin;
import dev.varve.eventlog.AppendResult;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventLogContract;
import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.store.postgres.Eventually;
import dev.varve.store.postgres.PostgresForTests;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PostgresEventLogTest extends EventLogContract {
    private static final Duration SOON = Duration.ofSeconds(15);

    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    @Override
    protected EventLog open() {
        return PostgresEventLog.open(postgres.database(), Clock.systemUTC(), 1);
    }

    @Override
    protected void close(EventLog log) {
        ((PostgresEventLog) log).close();
    }

    @Override
    protected void adoptOrphans(EventLog log) {
        ((PostgresEventLog) log).adoptOrphans();
    }

    @Test
    void neitherDelaysNorSkipsAnythingWhenAnotherProcessHasItsTransactionHeldOpen() throws Exception {
        Event blocked = event("blocked", NOW, ORIGIN);
        Event free = event("free", NOW, ORIGIN);
        PostgresEventLog other = (PostgresEventLog) open();
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
                Connection holder = holdKeyOf(blocked)) {
            Future<AppendResult> waiting = thread.submit(() -> append(blocked));
            Eventually.within(SOON, () -> assertThat(waitingBackends()).isPositive());
            other.append(new EventBatch(NOW, List.of(free)));
            assertThat(ids(readAll(other))).containsExactly(id(free));
            assertThat(waiting.isDone()).isFalse();
            holder.rollback();
            assertThat(waiting.get().appended()).isEqualTo(1);
            assertThat(ids(readAll(log))).containsExactly(id(blocked));
        } finally {
            other.close();
        }
    }

    @Test
    void recognisesAnEventThatAnotherProcessCommitsMeanwhile() throws Exception {
        Event blocked = event("blocked", NOW, ORIGIN);
        Event mine = event("mine", NOW, ORIGIN);
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
                Connection holder = holdKeyOf(blocked)) {
            Future<AppendResult> waiting = thread.submit(() -> append(blocked, mine));
            Eventually.within(SOON, () -> assertThat(waitingBackends()).isPositive());
            holder.commit();
            assertThat(waiting.get().duplicates().stream()).containsExactly(0);
            assertThat(ids(readAll(log))).containsExactly(id(mine));
        }
    }

    @Test
    void answersTruthfullyWhileItsConnectionsAreKilled() throws Exception {
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        Set<String> heard = ConcurrentHashMap.newKeySet();
        log.onCommitted(logged -> heard.addAll(ids(logged)));
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> senders = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                senders.add(threads.submit(() -> sendUntil(done, acknowledged)));
            }
            for (int kill = 1; kill <= 5; kill++) {
                int goal = kill * 100;
                Eventually.within(SOON, () -> assertThat(acknowledged.size()).isGreaterThan(goal));
                killBackends();
            }
            int before = acknowledged.size();
            Eventually.within(SOON, () -> assertThat(acknowledged.size()).isGreaterThan(before + 100));
            done.set(true);
            for (Future<?> sender : senders) {
                sender.get();
            }
        }
        List<String> stored = storedIds();
        assertThat(stored).doesNotHaveDuplicates().containsAll(acknowledged);
        assertThat(stored).containsAll(heard);
    }

    @Test
    void goesOnInANewStreamWhenItsOldOneWasAdopted() throws Exception {
        long old = log.ownStreams().getFirst();
        Event before = event("before", NOW, ORIGIN);
        append(before);
        try (Connection thief = postgres.database().dedicated()) {
            killBackends();
            Eventually.within(
                    SOON, () -> assertThat(StreamLeases.tryLock(thief, old)).isTrue());
            Event after = event("after", NOW, ORIGIN);
            Eventually.within(SOON, () -> append(after));
            assertThat(log.ownStreams().getFirst()).isNotEqualTo(old);
            assertThat(log.heldStreams()).contains(log.ownStreams().getFirst()).doesNotContain(old);
            assertThat(ids(readAll(log))).containsExactly(id(after));
            assertThat(ids(log.read(old, 0, 10))).containsExactly(id(before));
        }
    }

    @Test
    void letsGoOfAStreamThatIsFinished() {
        PostgresEventLog other = (PostgresEventLog) open();
        other.close();
        adoptOrphans(log);
        assertThat(log.heldStreams()).contains(other.ownStreams().getFirst());
        postgres.database()
                .jdbi()
                .useHandle(h -> h.execute(
                        "delete from log_stream where stream = ?",
                        other.ownStreams().getFirst()));
        adoptOrphans(log);
        assertThat(log.heldStreams()).doesNotContain(other.ownStreams().getFirst());
    }

    @Test
    void refusesOnlyTheRequestWhoseTextCannotBeStored() {
        Event good = event("good", NOW, ORIGIN);
        Event bad = new Event(
                new EventIdentity(UUID.randomUUID(), "app_test", "nul\0", "purchase"),
                NOW,
                good.source(),
                false,
                good.sender(),
                good.consent(),
                good.document(),
                good.origin());
        assertThatThrownBy(() -> append(bad)).isInstanceOf(IllegalArgumentException.class);
        assertThat(append(good).appended()).isEqualTo(1);
    }

    @Test
    void keepsEventsOfEveryAgeInPartitionsOfTheirWeek() {
        Event old = event("old", NOW.minus(Duration.ofDays(390)), ORIGIN);
        Event ancient = event("ancient", Instant.parse("1999-01-01T00:00:00Z"), ORIGIN);
        append(old, ancient);
        assertThat(tableOf(old))
                .isEqualTo("event_w" + Partitions.weekOf(old.occurredAt()).format(Partitions.SUFFIX));
        assertThat(tableOf(ancient)).isEqualTo("event_default");
        assertThat(ids(readAll(log))).containsExactly(id(old), id(ancient));
    }

    @Test
    void forgetsMatchingRecordsAfterSevenDaysAndEventsWithTheirKeysAfterFourHundred() {
        Event event = event("e", NOW.minus(Duration.ofDays(30)), ORIGIN);
        Event ancient = event("ancient", NOW.minus(Duration.ofDays(500)), ORIGIN);
        append(event, ancient);
        Retention retention = new Retention(postgres.database(), java.time.Duration.ofDays(7));
        retention.apply(NOW.plus(Duration.ofDays(6)));
        assertThat(ids(readAll(log))).containsExactly(id(event), id(ancient));
        assertThat(readAll(log).getFirst().event().origin()).isEqualTo(ORIGIN);
        retention.apply(NOW.plus(Duration.ofDays(8).plusHours(1)));
        assertThat(readAll(log).getFirst().event().origin()).isEqualTo(RequestOrigin.UNKNOWN);
        retention.apply(NOW.plus(Duration.ofDays(390)));
        assertThat(ids(readAll(log)))
                .as("an absurd time is kept from its arrival on")
                .containsExactly(id(ancient));
        retention.apply(NOW.plus(Duration.ofDays(401)));
        assertThat(ids(readAll(log))).isEmpty();
        try (PostgresEventLog reopened = (PostgresEventLog) open()) {
            assertThat(reopened.append(new EventBatch(NOW, List.of(again(event))))
                            .appended())
                    .isEqualTo(1);
        }
    }

    private void sendUntil(AtomicBoolean done, Set<String> acknowledged) {
        while (!done.get()) {
            Event event = event("k", NOW, ORIGIN);
            try {
                append(event);
                acknowledged.add(id(event));
            } catch (EventLogUnavailableException e) {
                Thread.onSpinWait(); // not acknowledged, so nothing is promised
            }
        }
    }

    private static Connection holdKeyOf(Event event) throws Exception {
        Connection connection = postgres.database().dedicated();
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into event_key (key, log_offset, occurred_at) values (?, 1, now())")) {
            statement.setObject(
                    1, EventKey.of(EventKey.sha256(), event.identity()).toUuid());
            statement.execute();
        }
        return connection;
    }

    private static int waitingBackends() {
        return postgres.database().jdbi().withHandle(h -> h.createQuery(
                        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                .mapTo(Integer.class)
                .one());
    }

    private static void killBackends() {
        postgres.database()
                .jdbi()
                .useHandle(h -> h.createQuery("""
                select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
                where d.datname = current_database() and l.locktype = 'advisory' and l.classid = 7671
                    and l.pid <> pg_backend_pid()""").mapTo(Boolean.class).list());
    }

    private static List<String> storedIds() {
        return postgres.database().jdbi().withHandle(h -> h.createQuery(
                        "select event_id from event where event_id like 'k-%'")
                .mapTo(String.class)
                .list());
    }

    private static String tableOf(Event event) {
        return postgres.database().jdbi().withHandle(h -> h.createQuery(
                        "select tableoid::regclass::text from event where event_id = :id")
                .bind("id", id(event))
                .mapTo(String.class)
                .one());
    }
}
