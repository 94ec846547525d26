package dev.varve.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every event log promises. An implementation's test extends this and says how to open one.
public abstract class EventLogContract {
    protected static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MICROS);
    protected static final RequestOrigin ORIGIN = new RequestOrigin("203.0.113.7", "Agent/1.0");
    protected EventLog log;

    /// Opens a log, a new process as it were, on the storage of the running test class.
    protected abstract EventLog open() throws Exception;

    /// Ends it as the process's end would, but in order.
    protected abstract void close(EventLog log) throws Exception;

    /// Makes `log` look for streams without an owner now.
    protected abstract void adoptOrphans(EventLog log);

    @BeforeEach
    void openLog() throws Exception {
        log = open();
    }

    @AfterEach
    void closeLog() throws Exception {
        close(log);
    }

    @Test
    void givesBackWhatWasAppended() {
        Event event = event("a", NOW, ORIGIN);
        assertThat(append(event).appended()).isEqualTo(1);
        LoggedEvent logged = readAll(log).getFirst();
        assertThat(logged).usingRecursiveComparison().isEqualTo(new LoggedEvent(logged.offset(), NOW, event));
    }

    @Test
    void givesBackEventsThatSayAsLittleAsPossible() {
        Event full = event("a", NOW, RequestOrigin.UNKNOWN);
        Event bare = new Event(
                full.identity(),
                full.occurredAt(),
                EventSource.SERVER,
                true,
                SenderFacts.NONE,
                Consent.UNSTATED,
                new byte[0],
                RequestOrigin.UNKNOWN);
        append(bare);
        assertThat(readAll(log).getFirst().event()).usingRecursiveComparison().isEqualTo(bare);
    }

    @Test
    void keepsTheOriginOfEachEventOfARequest() {
        RequestOrigin other = new RequestOrigin("198.51.100.1", null);
        append(
                event("a", NOW, ORIGIN),
                event("b", NOW, other),
                event("c", NOW, ORIGIN),
                event("d", NOW, RequestOrigin.UNKNOWN));
        assertThat(readAll(log).stream().map(logged -> logged.event().origin()))
                .containsExactly(ORIGIN, other, ORIGIN, RequestOrigin.UNKNOWN);
    }

    @Test
    void keepsTheOriginWhenTheFirstEventOfTheRequestIsADuplicate() {
        Event known = event("a", NOW, RequestOrigin.UNKNOWN);
        append(known);
        append(again(known), event("b", NOW, ORIGIN));
        assertThat(readAll(log).getLast().event().origin()).isEqualTo(ORIGIN);
    }

    @Test
    void storesARepeatedBatchOnce() {
        Event a = event("a", NOW, ORIGIN);
        Event b = event("b", NOW, ORIGIN);
        append(a);
        AppendResult second = append(again(a), b);
        assertThat(second.appended()).isEqualTo(1);
        assertThat(second.duplicates().stream()).containsExactly(0);
        assertThat(ids(readAll(log))).containsExactly(id(a), id(b));
    }

    @Test
    void storesAnEventOnceThatStandsTwiceInABatch() {
        Event a = event("a", NOW, ORIGIN);
        AppendResult result = append(a, again(a));
        assertThat(result.appended()).isEqualTo(1);
        assertThat(result.duplicates().stream()).containsExactly(1);
    }

    @Test
    void recognisesARepeatAfterARestart() throws Exception {
        Event a = event("a", NOW, ORIGIN);
        append(a);
        close(log);
        log = open();
        assertThat(append(again(a)).appended()).isZero();
    }

    @Test
    void recognisesARepeatWithAnotherTime() {
        Event a = event("a", NOW, ORIGIN);
        append(a);
        Event later = new Event(
                a.identity(),
                NOW.plus(Duration.ofDays(3)),
                a.source(),
                false,
                a.sender(),
                a.consent(),
                a.document(),
                a.origin());
        assertThat(append(later).appended()).isZero();
    }

    @Test
    void takesTheSameEventIdFromAnotherApp() {
        Event a = event("a", NOW, ORIGIN);
        EventIdentity identity = a.identity();
        Event other = new Event(
                new EventIdentity(identity.projectId(), identity.appId() + "x", identity.eventId(), identity.name()),
                NOW,
                a.source(),
                false,
                a.sender(),
                a.consent(),
                a.document(),
                a.origin());
        append(a);
        assertThat(append(other).appended()).isEqualTo(1);
    }

    @Test
    void takesAnEmptyBatch() {
        assertThat(append().appended()).isZero();
        assertThat(readAll(log)).isEmpty();
    }

    @Test
    void readsInOrderFromAnOffsetOn() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Event event = event("e" + i, NOW.minus(Duration.ofDays(9L * i)), ORIGIN);
            events.add(event);
            append(event);
        }
        List<LoggedEvent> all = readAll(log);
        assertThat(ids(all)).isEqualTo(events.stream().map(EventLogContract::id).toList());
        assertThat(all.stream().map(LoggedEvent::offset)).isSorted();
        assertThat(ids(log.read(log.ownStreams().getFirst(), all.get(3).offset(), 2)))
                .containsExactly(id(events.get(4)), id(events.get(5)));
        assertThat(log.read(log.ownStreams().getFirst(), all.getLast().offset(), 5))
                .isEmpty();
    }

    @Test
    void readsOnlyTheStreamAskedFor() throws Exception {
        Event mine = event("a", NOW, ORIGIN);
        append(mine);
        EventLog other = open();
        try {
            Event theirs = event("b", NOW, ORIGIN);
            other.append(new EventBatch(NOW, List.of(theirs)));
            assertThat(other.ownStreams().getFirst())
                    .isNotEqualTo(log.ownStreams().getFirst());
            assertThat(ids(readAll(log))).containsExactly(id(mine));
            assertThat(ids(log.read(other.ownStreams().getFirst(), 0, 10))).containsExactly(id(theirs));
        } finally {
            close(other);
        }
    }

    @Test
    void fetchesWhatExistsAndLeavesOutWhatDoesNot() {
        append(event("a", NOW, ORIGIN), event("b", NOW.minus(Duration.ofDays(100)), ORIGIN), event("c", NOW, ORIGIN));
        List<LoggedEvent> all = readAll(log);
        Set<EventRef> refs = Set.of(
                new EventRef(all.get(0).offset(), NOW),
                new EventRef(all.get(1).offset(), NOW.minus(Duration.ofDays(100))),
                new EventRef(all.get(2).offset() + 1_000, NOW));
        assertThat(log.fetch(refs))
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactlyInAnyOrder(all.get(0), all.get(1));
        assertThat(log.fetch(Set.of())).isEmpty();
    }

    @Test
    void endsAReadBeforeLargeDocumentsFillTheMemory() {
        for (int i = 0; i < 5; i++) {
            append(event("large", NOW, ORIGIN, new byte[(int) EventLog.READ_BYTES / 3]));
        }
        List<LoggedEvent> first = readAll(log);
        assertThat(first).hasSize(4);
        assertThat(EventLog.isCut(first, 100_000)).isTrue();
        assertThat(log.read(log.ownStreams().getFirst(), first.getLast().offset(), 10))
                .hasSize(1);
        Set<EventRef> refs =
                first.stream().map(logged -> new EventRef(logged.offset(), NOW)).collect(Collectors.toSet());
        assertThat(ids(log.fetch(refs))).isEqualTo(ids(first));
        append(event("larger", NOW, ORIGIN, new byte[(int) EventLog.READ_BYTES * 2]));
        assertThat(log.read(log.ownStreams().getFirst(), first.getLast().offset() + 1, 10))
                .hasSize(1);
    }

    @Test
    void tellsTheListenerOfEveryNewEventInOrder() throws Exception {
        List<LoggedEvent> heard = new CopyOnWriteArrayList<>();
        CountDownLatch complete = new CountDownLatch(400);
        log.onCommitted(logged -> {
            heard.addAll(logged);
            logged.forEach(event -> complete.countDown());
        });
        appendConcurrently(8, 50);
        assertThat(complete.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(heard.stream().map(LoggedEvent::offset)).isSorted();
        assertThat(heard).usingRecursiveFieldByFieldElementComparator().isEqualTo(readAll(log));
    }

    @Test
    void storesConcurrentAppendsCompletelyAndOnce() throws Exception {
        List<String> sent = appendConcurrently(16, 25);
        assertThat(ids(readAll(log))).containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void letsExactlyOneOfManySendersOfTheSameEventWin() throws Exception {
        Event event = event("a", NOW, ORIGIN);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<AppendResult>> results = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                results.add(threads.submit(() -> append(again(event))));
            }
            int appended = 0;
            for (Future<AppendResult> result : results) {
                appended += result.get().appended();
            }
            assertThat(appended).isEqualTo(1);
        }
        assertThat(readAll(log)).hasSize(1);
    }

    @Test
    void refusesAppendsOnceClosed() throws Exception {
        EventLog closed = open();
        close(closed);
        assertThatThrownBy(() -> closed.append(new EventBatch(NOW, List.of(event("a", NOW, ORIGIN)))))
                .isInstanceOf(EventLogUnavailableException.class);
    }

    @Test
    void adoptsTheStreamOfALogThatEnded() throws Exception {
        EventLog other = open();
        Event theirs = event("a", NOW, ORIGIN);
        other.append(new EventBatch(NOW, List.of(theirs)));
        adoptOrphans(log);
        assertThat(log.heldStreams())
                .contains(log.ownStreams().getFirst())
                .doesNotContain(other.ownStreams().getFirst());
        close(other);
        adoptUntilHeld(other.ownStreams().getFirst());
        assertThat(log.heldStreams())
                .startsWith(log.ownStreams().getFirst())
                .contains(other.ownStreams().getFirst());
        assertThat(ids(log.read(other.ownStreams().getFirst(), 0, 10))).containsExactly(id(theirs));
    }

    /// A database gives up a closed connection's locks a moment later than the connection.
    private void adoptUntilHeld(long stream) throws Exception {
        Instant deadline = Instant.now().plusSeconds(10);
        do {
            adoptOrphans(log);
        } while (!log.heldStreams().contains(stream) && Instant.now().isBefore(deadline));
    }

    protected AppendResult append(Event... events) {
        return log.append(new EventBatch(NOW, List.of(events)));
    }

    protected static List<LoggedEvent> readAll(EventLog log) {
        return log.read(
                log.ownStreams().getFirst(),
                EventLog.firstOffset(log.ownStreams().getFirst()),
                100_000);
    }

    /// A new event; ids are unique over all tests.
    protected static Event event(String label, Instant occurredAt, RequestOrigin origin) {
        return event(label, occurredAt, origin, "{\"properties\":{\"café\":\"€\"}}".getBytes(StandardCharsets.UTF_8));
    }

    private static Event event(String label, Instant occurredAt, RequestOrigin origin, byte[] document) {
        return new Event(
                new EventIdentity(UUID.randomUUID(), "app_test", label + "-" + UUID.randomUUID(), "purchase"),
                occurredAt,
                EventSource.SDK,
                false,
                new SenderFacts("production", "ios", "user-1", "install-1", "session-1"),
                new Consent(true, false),
                document,
                origin);
    }

    /// The same event as a client's retry brings it.
    protected static Event again(Event event) {
        return new Event(
                event.identity(),
                event.occurredAt(),
                event.source(),
                event.synthetic(),
                event.sender(),
                event.consent(),
                event.document().clone(),
                event.origin());
    }

    protected static String id(Event event) {
        return event.identity().eventId();
    }

    protected static List<String> ids(List<LoggedEvent> events) {
        return events.stream().map(logged -> logged.identity().eventId()).toList();
    }

    private List<String> appendConcurrently(int threads, int batches) throws Exception {
        List<String> sent = Collections.synchronizedList(new ArrayList<>());
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                all.add(executor.submit(() -> {
                    for (int i = 0; i < batches; i++) {
                        Event event = event("c", NOW, ORIGIN);
                        append(event);
                        sent.add(id(event));
                    }
                }));
            }
            for (Future<?> future : all) {
                future.get();
            }
        }
        return sent;
    }
}
