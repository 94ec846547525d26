package dev.varve.store.postgres.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.eventlog.AppendResult;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
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
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Two writers on one queue, each with a stream of its own.
final class LogWritersTest {
    private static final Instant NOW = Instant.parse("2026-11-04T16:00:00Z");
    private static final Duration SOON = Duration.ofSeconds(15);

    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private PostgresEventLog log;

    @BeforeEach
    void open() {
        log = PostgresEventLog.open(postgres.database(), Clock.systemUTC(), 2);
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void shareTheWorkAndStoreEverythingOnce() throws Exception {
        Queue<List<Long>> groups = new ConcurrentLinkedQueue<>();
        log.onCommitted(
                logged -> groups.add(logged.stream().map(LoggedEvent::offset).toList()));
        int senders = 8;
        int requests = 100;
        AppendResults results = new AppendResults();
        sendFrom(senders, sender -> {
            for (int i = 0; i < requests; i++) {
                // Every second event has the id that the neighbour sends at the same time.
                results.add(log.append(new EventBatch(
                        NOW, List.of(event("own-" + sender + "-" + i), event("both-" + sender / 2 + "-" + i)))));
            }
        });
        int different = senders * requests + senders / 2 * requests;
        assertThat(results.appended()).isEqualTo(different);
        List<Long> streams = log.ownStreams();
        assertThat(streams).hasSize(2).doesNotHaveDuplicates();
        List<LoggedEvent> stored =
                streams.stream().flatMap(s -> all(s).stream()).toList();
        assertThat(stored.stream().map(e -> e.event().identity().eventId()))
                .hasSize(different)
                .doesNotHaveDuplicates();
        for (long stream : streams) {
            List<Long> offsets = all(stream).stream().map(LoggedEvent::offset).toList();
            assertThat(offsets).as("both writers took their part").isNotEmpty();
            List<Long> heard = groups.stream()
                    .filter(group -> EventLog.streamOf(group.getFirst()) == stream)
                    .flatMap(List::stream)
                    .toList();
            assertThat(heard).as("in offset order, each group of one stream").isEqualTo(offsets);
        }
    }

    @Test
    void handOverBeforeTheyAcknowledge() throws Exception {
        Set<String> heard = ConcurrentHashMap.newKeySet();
        log.onCommitted(
                logged -> logged.forEach(e -> heard.add(e.event().identity().eventId())));
        Set<String> late = ConcurrentHashMap.newKeySet();
        sendFrom(4, sender -> {
            for (int i = 0; i < 100; i++) {
                String id = "h-" + sender + "-" + i;
                log.append(new EventBatch(NOW, List.of(event(id))));
                if (!heard.contains(id)) {
                    late.add(id);
                }
            }
        });
        assertThat(late).isEmpty();
    }

    @Test
    void whileOneIsHeldUpByALockTheOtherGoesOn() throws Exception {
        Event blocked = event("blocked");
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
                Connection holder = holdKeyOf(blocked)) {
            Future<AppendResult> waiting = thread.submit(() -> log.append(new EventBatch(NOW, List.of(blocked))));
            Eventually.within(SOON, () -> assertThat(waitingBackends()).isPositive());
            assertThat(log.append(new EventBatch(NOW, List.of(event("free")))).appended())
                    .isEqualTo(1);
            assertThat(waiting.isDone()).isFalse();
            holder.rollback();
            assertThat(waiting.get().appended()).isEqualTo(1);
        }
    }

    @Test
    void whenOneLosesItsConnectionTheOtherTakesWhatComes() throws Exception {
        List<Long> before = log.ownStreams();
        try (Connection thief = postgres.database().dedicated()) {
            killWriterOf(before.getFirst());
            Eventually.within(SOON, () -> assertThat(StreamLeases.tryLock(thief, before.getFirst()))
                    .isTrue());
            for (int i = 0; i < 50; i++) {
                assertThat(log.append(new EventBatch(NOW, List.of(event("k-" + i))))
                                .appended())
                        .isEqualTo(1);
            }
            Eventually.within(SOON, () -> assertThat(log.heldStreams())
                    .as("a new stream beside the one that was not lost")
                    .contains(before.getLast())
                    .doesNotContain(before.getFirst())
                    .hasSize(2));
        }
    }

    @Test
    void refuseWhenBothAreGone() {
        log.close();
        assertThatThrownBy(() -> log.append(new EventBatch(NOW, List.of(event("late")))))
                .isInstanceOf(EventLogUnavailableException.class);
    }

    @Test
    void leaveBothStreamsToWhoeverAdoptsThem() throws Exception {
        List<Long> streams = log.ownStreams();
        try (PostgresEventLog other = PostgresEventLog.open(postgres.database(), Clock.systemUTC(), 2)) {
            other.adoptOrphans();
            assertThat(other.heldStreams()).doesNotContainAnyElementsOf(streams);
            log.close();
            Eventually.within(SOON, () -> {
                other.adoptOrphans();
                return assertThat(other.heldStreams()).containsAll(streams).containsAll(other.ownStreams());
            });
        }
    }

    private static final class AppendResults {
        private final Queue<AppendResult> results = new ConcurrentLinkedQueue<>();

        void add(AppendResult result) {
            results.add(result);
        }

        int appended() {
            return results.stream().mapToInt(AppendResult::appended).sum();
        }
    }

    private interface Sending {
        void from(int sender);
    }

    private static void sendFrom(int senders, Sending sending) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                int sender = i;
                running.add(threads.submit(() -> sending.from(sender)));
            }
            for (Future<?> sender : running) {
                sender.get();
            }
        }
    }

    private List<LoggedEvent> all(long stream) {
        return log.read(stream, EventLog.firstOffset(stream), 100_000);
    }

    private static Event event(String id) {
        return new Event(
                new EventIdentity(UUID.fromString("553b1ece-d8be-4051-be35-1cb962aae2e8"), "app_test", id, "purchase"),
                NOW,
                EventSource.SDK,
                false,
                SenderFacts.NONE,
                Consent.UNSTATED,
                new byte[0],
                RequestOrigin.UNKNOWN);
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

    private static void killWriterOf(long stream) {
        postgres.database().jdbi().useHandle(h -> h.createQuery("""
                select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
                where d.datname = current_database() and l.locktype = 'advisory' and l.classid = 7671
                    and l.objid = :stream""")
                .bind("stream", stream)
                .mapTo(Boolean.class)
                .list());
    }
}
