package dev.varve.store.postgres.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.health.Timeline;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.log.Partitions;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the timeline shows is what sorting and filtering all events by hand shows, page by page.
class PostgresTimelineTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final Comparator<LoggedEvent> NEWEST_FIRST = Comparator.comparing(
                    PostgresTimelineTest::shownAt, Comparator.reverseOrder())
            .thenComparing(
                    event -> event.identity().eventId().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned)
            .thenComparing(LoggedEvent::offset);
    private static final List<String> NAMES = List.of("opened", "bought", "Opened", "", "bought ");
    /// In the order of bytes the full-width tilde stands before what lies beyond it, in that of Java's chars behind.
    private static final List<String> IDS = List.of("a", "B", "b", "é", "\uFF5E", "\uD83D\uDE00", "a-1", "a1", "");

    private static final AtomicLong NEXT_OFFSET = new AtomicLong(1);

    private final Random random = new Random();
    private final List<String> apps =
            IntStream.range(0, 6).mapToObj(i -> "app_" + UUID.randomUUID()).toList();
    private final UUID project = ProjectRows.insert(postgres.database().jdbi(), apps);
    private final String foreignApp = "app_" + UUID.randomUUID();
    private final UUID foreign = ProjectRows.insert(postgres.database().jdbi(), List.of(foreignApp));
    private final List<LoggedEvent> events = new ArrayList<>();
    private final Timeline timeline = new PostgresTimeline(postgres.database().jdbi(), InstantSource.fixed(NOW));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyFilterPagesThroughWhatSortingByHandFinds(long seed) {
        random.setSeed(seed);
        fill(500);
        for (int i = 0; i < 60; i++) {
            Timeline.Query query = query();
            int pageSize = 1 + random.nextInt(7);
            List<Long> expected = events.stream()
                    .filter(event -> event.identity().projectId().equals(project) && isIn(event, query))
                    .sorted(NEWEST_FIRST)
                    .map(LoggedEvent::offset)
                    .toList();
            assertThat(walk(query, pageSize)).as(pageSize + " of " + query).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void theObservedNamesAreThoseOfTheAppsRealEventsNewestFirst(long seed) {
        random.setSeed(seed);
        fill(500);
        for (int i = 0; i < 30; i++) {
            String app = pick(apps);
            Duration window = Duration.ofHours(1 + random.nextInt(24 * 60));
            int limit = 1 + random.nextInt(6);
            List<String> expected = events.stream()
                    .filter(event -> event.identity().appId().equals(app)
                            && !event.event().synthetic()
                            && !event.event().occurredAt().isBefore(NOW.minus(window)))
                    .sorted(Comparator.comparing(
                                    (LoggedEvent event) -> event.event().occurredAt(), Comparator.reverseOrder())
                            .thenComparing(event -> event.event().name()))
                    .map(event -> event.event().name())
                    .distinct()
                    .limit(limit)
                    .toList();
            assertThat(timeline.observedNames(project, app, window, limit))
                    .as(app + " " + window)
                    .isEqualTo(expected);
        }
    }

    @Test
    void anAppOfAnotherProjectHasNoEventsHere() {
        fill(50);
        Timeline.Filter filter = new Timeline.Filter(Optional.of(foreignApp), Set.of(), Optional.empty(), true);

        assertThat(walk(new Timeline.Query(project, filter, Optional.empty(), Optional.empty()), 5))
                .isEmpty();
        assertThat(walk(new Timeline.Query(foreign, filter, Optional.empty(), Optional.empty()), 5))
                .isNotEmpty();
    }

    private static boolean isIn(LoggedEvent event, Timeline.Query query) {
        Instant at = shownAt(event);
        return query.filter().takes(event.event())
                && query.since().filter(at::isBefore).isEmpty()
                && query.until().filter(until -> !at.isBefore(until)).isEmpty();
    }

    /// Stored times may be finer than what is shown, asked for and paged by.
    private static Instant shownAt(LoggedEvent event) {
        return event.event().occurredAt().truncatedTo(ChronoUnit.MILLIS);
    }

    private List<Long> walk(Timeline.Query query, int pageSize) {
        List<Long> seen = new ArrayList<>();
        Optional<Timeline.Position> after = Optional.empty();
        do {
            List<LoggedEvent> page = timeline.page(query, after, pageSize).stream()
                    .map(Timeline.TimelineEntry::logged)
                    .toList();
            page.forEach(event -> seen.add(event.offset()));
            after = page.size() < pageSize ? Optional.empty() : Optional.of(position(page.getLast()));
        } while (after.isPresent());
        return seen;
    }

    private static Timeline.Position position(LoggedEvent event) {
        return new Timeline.Position(shownAt(event), event.identity().eventId(), event.offset());
    }

    private Timeline.Query query() {
        Set<String> names = new HashSet<>();
        for (int i = random.nextInt(5) - 1; i > 0; i--) {
            names.add(random.nextInt(5) == 0 ? "absent" : pick(NAMES));
        }
        return new Timeline.Query(
                project,
                new Timeline.Filter(
                        sometimes(random.nextInt(8) == 0 ? foreignApp : pick(apps)),
                        names,
                        sometimes("user-" + random.nextInt(4)),
                        random.nextBoolean()),
                sometimes(time()),
                sometimes(time()));
    }

    private <T> Optional<T> sometimes(T value) {
        return random.nextInt(3) == 0 ? Optional.of(value) : Optional.empty();
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /// One of few: half of them of these weeks, some in the future, some older than any partition.
    private Instant time() {
        return switch (random.nextInt(10)) {
            case 0 -> NOW.plus(Duration.ofDays(random.nextInt(30)));
            case 1 -> NOW.minus(Duration.ofDays(400 + random.nextInt(60)));
            case 2, 3 -> NOW.minus(Duration.ofDays(random.nextInt(300)));
            case 4, 5, 6 -> NOW.minusNanos(300_000L * random.nextInt(9));
            default -> NOW.minus(Duration.ofHours(6L * random.nextInt(60)));
        };
    }

    /// The first apps send most, and half of all events are of an instant of another.
    private void fill(int count) {
        for (int weeks = 0; weeks < 30; weeks += 2) {
            Instant then = NOW.minus(Duration.ofDays(7L * weeks));
            new Partitions(postgres.database(), Clock.fixed(then, ZoneOffset.UTC)).ensureAroundNow();
        }
        long first = NEXT_OFFSET.getAndAdd(count);
        for (int i = 0; i < count; i++) {
            boolean isForeign = random.nextInt(10) == 0;
            String app = isForeign ? foreignApp : apps.get(Math.min(random.nextInt(6), random.nextInt(6)));
            Instant at = i == 0 || random.nextBoolean()
                    ? time()
                    : pick(events).event().occurredAt();
            String user = random.nextInt(3) == 0 ? null : "user-" + random.nextInt(3);
            events.add(new LoggedEvent(
                    first + i,
                    NOW,
                    new Event(
                            new EventIdentity(isForeign ? foreign : project, app, pick(IDS), pick(NAMES)),
                            at,
                            EventSource.SDK,
                            random.nextInt(5) == 0,
                            new SenderFacts(null, null, user, null, null),
                            Consent.UNSTATED,
                            "{}".getBytes(StandardCharsets.UTF_8),
                            RequestOrigin.UNKNOWN)));
        }
        insert();
    }

    private void insert() {
        postgres.database().jdbi().useHandle(handle -> {
            PreparedBatch batch = handle.prepareBatch("""
                    insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name, source,
                        synthetic, user_id, document)
                    values (:offset, :at, :at, :project, :app, :id, :name, 0, :synthetic, :user, '{}')""");
            for (LoggedEvent event : events) {
                batch.bind("offset", event.offset())
                        .bind("at", event.event().occurredAt().atOffset(ZoneOffset.UTC))
                        .bind("project", event.identity().projectId())
                        .bind("app", event.identity().appId())
                        .bind("id", event.identity().eventId())
                        .bind("name", event.event().name())
                        .bind("synthetic", event.event().synthetic())
                        .bind("user", event.event().sender().userId())
                        .add();
            }
            batch.execute();
        });
    }
}
