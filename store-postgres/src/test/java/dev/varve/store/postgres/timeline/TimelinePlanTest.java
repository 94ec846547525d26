package dev.varve.store.postgres.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.event.LoggedEvent;
import dev.varve.health.Timeline;
import dev.varve.health.Timeline.Filter;
import dev.varve.health.Timeline.Position;
import dev.varve.health.Timeline.Query;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.log.Partitions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a page reads depends on the page, not on how much is stored beside it.
class TimelinePlanTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final int WEEKS = 12;
    private static final int ROWS = 200_000;
    private static final int PAGE = 50;
    /// Each name of an app may be looked for in each week.
    private static final int MOST_SCANS = 2_000;
    private static final List<String> APPS = List.of("busy", "sibling", "quiet", "silent");

    private static UUID project;
    private static Connection connection;
    private static Jdbi jdbi;
    private static Timeline timeline;

    enum Shape {
        EVERYTHING(Filter.NONE),
        BUSY_APP(of("busy", Set.of(), null)),
        QUIET_APP(of("quiet", Set.of(), null)),
        SILENT_APP(of("silent", Set.of(), null)),
        FREQUENT_NAME(of(null, Set.of("name-1"), null)),
        RARE_NAME(of(null, Set.of("rare"), null)),
        RARE_NAME_OF_AN_APP(of("busy", Set.of("rare"), null)),
        ABSENT_NAME(of(null, Set.of("absent"), null)),
        NAME_THAT_IS_FREQUENT_IN_A_SIBLING(of("sibling", Set.of("name-1"), null)),
        TEN_NAMES(of(null, names(10, "name-"), null)),
        FIFTY_NAMES_WITH_ONE_THAT_IS_RARE(of(null, with(names(49, "absent-"), "rare"), null)),
        RARE_USER(of(null, Set.of(), "user-7")),
        ABSENT_USER(of(null, Set.of(), "nobody")),
        USER_AND_NAME(of(null, Set.of("name-1"), "user-7")),
        USER_AND_APP(of("busy", Set.of(), "user-7")),
        PROBES_TOO(new Filter(Optional.empty(), Set.of(), Optional.empty(), true));

        private final Filter filter;

        Shape(Filter filter) {
            this.filter = filter;
        }

        /// A page of each app, and the events themselves; more for many names, which are read in shares of a page.
        private long mostRows() {
            return PAGE * (filter.names().size() > 1 ? 14L : APPS.size() + 2L);
        }

        private static Filter of(@Nullable String app, Set<String> names, @Nullable String user) {
            return new Filter(Optional.ofNullable(app), names, Optional.ofNullable(user), false);
        }

        private static Set<String> names(int count, String prefix) {
            return IntStream.range(0, count).mapToObj(i -> prefix + i).collect(Collectors.toSet());
        }

        private static Set<String> with(Set<String> names, String name) {
            names.add(name);
            return names;
        }
    }

    @BeforeAll
    static void fill() throws SQLException {
        for (int week = 0; week < WEEKS; week++) {
            Instant then = NOW.minus(Duration.ofDays(7L * week));
            new Partitions(postgres.database(), Clock.fixed(then, ZoneOffset.UTC)).ensureAroundNow();
        }
        connection = postgres.database().dedicated();
        jdbi = Jdbi.create(connection);
        timeline = new PostgresTimeline(jdbi, InstantSource.fixed(NOW));
        project = ProjectRows.insert(jdbi, APPS);
        insertEvents();
    }

    /// One in 500 events is the quiet app's, one in 25 its sibling's, where `name-1` never occurs. A rare name occurs
    /// 10 times in all; a user sends about 60 events.
    private static void insertEvents() {
        jdbi.useHandle(handle -> {
            handle.createUpdate("""
                            insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name,
                                source, synthetic, user_id, document)
                            select n, :now - (:rows - n) * :weeks * interval '1 week' / :rows, :now, :project, app, n::text,
                                case when n % 20000 = 9 then 'rare' when app = 'sibling' then 'name-2'
                                    else 'name-' || n % 7 % 5 end,
                                0, n % 5000 = 0, case when n % 3 = 0 then 'user-' || n % 1111 end, '{}'
                            from generate_series(1, :rows) n, lateral (
                                select case when n % 500 = 3 then 'quiet' when n % 25 = 4 then 'sibling' else 'busy' end
                                    as app) a""")
                    .bind("now", NOW.atOffset(ZoneOffset.UTC))
                    .bind("rows", ROWS)
                    .bind("weeks", WEEKS)
                    .bind("project", project)
                    .execute();
            handle.execute("analyze event");
        });
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void aPageReadsAFewTimesWhatItShows(Shape shape) {
        assertReadsLittle(shape, new Query(project, shape.filter, Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void soItDoesBetweenTwoMoments(Shape shape) {
        Instant since = NOW.minus(Duration.ofDays(40));
        Instant until = NOW.minus(Duration.ofDays(10));
        assertReadsLittle(shape, new Query(project, shape.filter, Optional.of(since), Optional.of(until)));
    }

    /// The first page and the hundredth, or the last.
    private static void assertReadsLittle(Shape shape, Query query) {
        Optional<Position> after = Optional.empty();
        for (int number = 1; number <= 100; number++) {
            Optional<Position> behind = after;
            Cost before = Cost.now(jdbi);
            List<LoggedEvent> page = page(query, behind);
            Cost cost = Cost.now(jdbi).minus(before);
            assertThat(cost.rows()).as(shape + ", page " + number).isLessThan(shape.mostRows());
            assertThat(cost.scans()).as(shape + ", page " + number).isLessThan(MOST_SCANS);
            if (page.size() < PAGE) {
                return;
            }
            LoggedEvent last = page.getLast();
            after = Optional.of(
                    new Position(last.event().occurredAt(), last.identity().eventId(), last.offset()));
        }
    }

    private static List<LoggedEvent> page(Query query, Optional<Position> after) {
        return timeline.page(query, after, PAGE).stream()
                .map(Timeline.TimelineEntry::logged)
                .toList();
    }

    @Test
    void theObservedNamesReadAFewRowsPerName() {
        assertThat(rowsOf(() -> timeline.observedNames(project, "busy", Duration.ofDays(7), 100)))
                .isLessThan(100);
    }

    private static long rowsOf(Supplier<List<String>> read) {
        Cost before = Cost.now(jdbi);
        assertThat(read.get()).hasSizeGreaterThan(4);
        return Cost.now(jdbi).minus(before).rows();
    }
}
