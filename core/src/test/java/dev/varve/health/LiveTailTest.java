package dev.varve.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.ReceiptState;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.eventlog.EventLog;
import dev.varve.health.TailMessage.Appeared;
import dev.varve.health.TailMessage.Gap;
import dev.varve.health.Timeline.TimelineEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LiveTailTest {
    private static final UUID PROJECT = UUID.randomUUID();
    private static final Instant START = Instant.parse("2026-11-04T16:00:00Z");

    private final Log log = new Log();
    private Instant now = START;
    private final LiveTail tail = new LiveTail(log, () -> now);

    @Test
    void whatWasThereBeforeIsNotShownAndWhatComesIsShownOnce() throws Exception {
        log.store(1, "old");
        TailSubscription reader = subscribe(Optional.empty());
        log.store(1, "new");
        log.store(2, "other process");
        tail.poll();
        tail.poll();

        assertThat(ids(reader)).containsExactly("new", "other process");
        assertThat(reader.take(Duration.ZERO)).isInstanceOf(TailMessage.Quiet.class);
    }

    @Test
    void aBurstLargerThanAPageIsShownWholeInOnePoll() throws Exception {
        TailSubscription reader = subscribe(Optional.empty());
        for (int i = 0; i < 900; i++) {
            log.store(1 + i % 3, "e" + i);
        }
        tail.poll();

        assertThat(ids(reader)).hasSize(900).doesNotHaveDuplicates();
    }

    @Test
    void aSlowReaderIsToldHowManyMessagesItMissedAndThenGoesOn() throws Exception {
        TailSubscription slow = subscribe(Optional.empty());
        for (int i = 0; i < TailBuffer.MOST_MESSAGES + 300; i++) {
            log.store(1, "e" + i);
        }
        tail.poll();
        for (int i = 0; i < TailBuffer.MOST_MESSAGES; i++) {
            assertThat(slow.take(Duration.ZERO)).isInstanceOf(Appeared.class);
        }

        assertThat(slow.take(Duration.ZERO)).isEqualTo(new Gap(300L));
        log.store(1, "next");
        tail.poll();
        assertThat(ids(slow)).containsExactly("next");
    }

    @Test
    void fromAnyMessageOnAResumeShowsExactlyTheRest() throws Exception {
        TailSubscription reader = subscribe(Optional.empty());
        List<String> resumeIds = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            log.store(1 + i % 2, "e" + i);
            if (i % 7 == 0) {
                tail.poll();
            }
        }
        tail.poll();
        for (TailMessage message = reader.take(Duration.ZERO);
                message instanceof Appeared shown;
                message = reader.take(Duration.ZERO)) {
            resumeIds.add(shown.id());
            names.add(shown.entry().logged().identity().eventId());
        }
        reader.close();

        for (int i = 0; i < names.size(); i++) {
            try (TailSubscription resumed = subscribe(TailPosition.parse(resumeIds.get(i)))) {
                assertThat(ids(resumed)).containsExactlyInAnyOrderElementsOf(names.subList(i + 1, names.size()));
            }
        }
    }

    @Test
    void aResumeIsPossibleForFiveMinutes() throws Exception {
        TailPosition position = log.end().seenAt(now);
        log.store(1, "missed");
        now = START.plus(LiveTail.RESUMABLE);
        assertThat(ids(subscribe(Optional.of(position)))).containsExactly("missed");

        now = now.plusMillis(1);
        assertThat(subscribe(Optional.of(position)).take(Duration.ZERO)).isEqualTo(new Gap(null));
    }

    /// Else anybody could have the whole log walked through.
    @Test
    void aPositionThatOnlyClaimsToBeRecentIsRefused() throws Exception {
        log.store(1, "ancient");
        now = START.plus(Duration.ofHours(1));
        TailPosition forged = new TailPosition(now, Map.of(1L, EventLog.firstOffset(1)));

        assertThat(subscribe(Optional.of(forged)).take(Duration.ZERO)).isEqualTo(new Gap(null));
    }

    @Test
    void aChangedReceiptIsToldForFiveMinutes() throws Exception {
        TailSubscription reader = subscribe(Optional.empty());
        log.store(1, "e1");
        log.store(1, "e2");
        tail.poll();
        ids(reader);

        log.settle(0, ReceiptState.RETRYING);
        tail.poll();
        assertThat(reader.take(Duration.ZERO)).isInstanceOf(TailMessage.Settled.class);
        log.settle(0, ReceiptState.FORWARDED);
        tail.poll();
        tail.poll();
        assertThat(reader.take(Duration.ZERO)).isInstanceOf(TailMessage.Settled.class);
        assertThat(reader.take(Duration.ZERO)).isInstanceOf(TailMessage.Quiet.class);

        now = now.plus(TailWatch.TIME).plusMillis(1);
        log.settle(1, ReceiptState.FORWARDED);
        tail.poll();
        assertThat(reader.take(Duration.ZERO)).isInstanceOf(TailMessage.Quiet.class);
    }

    @Test
    void theLogIsLeftAloneWhileNobodyReads() {
        try (TailSubscription reader = subscribe(Optional.empty())) {
            assertThat(tail.readers()).isEqualTo(1);
            reader.end();
        }
        log.isBroken = true;
        tail.poll();

        assertThat(tail.readers()).isZero();
        assertThat(log.failures).isZero();
    }

    @Test
    void afterAFailureOfTheStoreThePollGoesOnWhereItStopped() throws Exception {
        TailSubscription reader = subscribe(Optional.empty());
        log.store(1, "e1");
        log.isBroken = true;
        tail.poll();
        log.isBroken = false;
        tail.poll();

        assertThat(log.failures).isEqualTo(1);
        assertThat(ids(reader)).containsExactly("e1");
    }

    @Test
    void anEndedReaderHearsNothingMore() throws Exception {
        TailSubscription reader = subscribe(Optional.empty());
        log.store(1, "e1");
        tail.poll();
        reader.end();

        assertThat(reader.take(Duration.ofHours(1))).isInstanceOf(TailMessage.Ended.class);
    }

    private TailSubscription subscribe(Optional<TailPosition> resume) {
        return tail.subscribe(PROJECT, Timeline.Filter.NONE, resume);
    }

    /// Of the events that wait now.
    private static List<String> ids(TailSubscription reader) throws InterruptedException {
        List<String> ids = new ArrayList<>();
        for (TailMessage message = reader.take(Duration.ZERO);
                message instanceof Appeared shown;
                message = reader.take(Duration.ZERO)) {
            ids.add(shown.entry().logged().identity().eventId());
        }
        return ids;
    }

    /// Streams 1 to 3 in memory.
    private final class Log implements EventTail {
        private final TreeMap<Long, TimelineEntry> entries = new TreeMap<>();
        private final List<Long> order = new ArrayList<>();
        boolean isBroken;
        int failures;

        void store(long stream, String eventId) {
            long offset = last(stream) + 1;
            Event event = new Event(
                    new EventIdentity(PROJECT, "app_a", eventId, "purchase"),
                    now,
                    EventSource.SDK,
                    false,
                    SenderFacts.NONE,
                    Consent.UNSTATED,
                    new byte[10],
                    RequestOrigin.UNKNOWN);
            entries.put(
                    offset,
                    new TimelineEntry(new LoggedEvent(offset, now, event), List.of(receipt(ReceiptState.PENDING))));
            order.add(offset);
        }

        /// The receipt of the event that was stored as the `index`th.
        void settle(int index, ReceiptState state) {
            entries.computeIfPresent(
                    order.get(index), (_, old) -> new TimelineEntry(old.logged(), List.of(receipt(state))));
        }

        private Receipt receipt(ReceiptState state) {
            return new Receipt(Platform.META, state, null, null, null, List.of());
        }

        private long last(long stream) {
            Long before = entries.lowerKey(EventLog.firstOffset(stream + 1));
            return before == null ? EventLog.firstOffset(stream) : Math.max(before, EventLog.firstOffset(stream));
        }

        @Override
        public TailPosition end() {
            return new TailPosition(now, Map.of(1L, last(1), 2L, last(2), 3L, last(3)));
        }

        @Override
        public Slice after(Set<UUID> projects, TailPosition after, int limit) {
            if (isBroken) {
                failures++;
                throw new IllegalStateException("planted");
            }
            List<TimelineEntry> found = new ArrayList<>();
            Map<Long, Long> reached = new TreeMap<>();
            boolean isCut = false;
            for (long stream = 1; stream <= 3; stream++) {
                List<TimelineEntry> page =
                        behind(after, stream).stream().limit(limit).toList();
                found.addAll(page);
                isCut |= page.size() == limit;
                reached.put(
                        stream, page.size() == limit ? page.getLast().logged().offset() : last(stream));
            }
            return new Slice(found, new TailPosition(now, reached), isCut);
        }

        private List<TimelineEntry> behind(TailPosition after, long stream) {
            return List.copyOf(entries.subMap(
                            after.of(stream).orElse(EventLog.firstOffset(stream)) + 1, EventLog.firstOffset(stream + 1))
                    .values());
        }

        @Override
        public Optional<Instant> arrivalAfter(TailPosition after) {
            return List.of(1L, 2L, 3L).stream()
                    .flatMap(stream -> behind(after, stream).stream())
                    .map(entry -> entry.logged().receivedAt())
                    .min(Instant::compareTo);
        }

        @Override
        public List<TimelineEntry> now(List<LoggedEvent> events) {
            return events.stream()
                    .map(event -> Objects.requireNonNull(entries.get(event.offset())))
                    .toList();
        }
    }
}
