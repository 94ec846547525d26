package dev.varve.store.postgres.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.event.Platform;
import dev.varve.store.postgres.PostgresForTests;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What capi-status reads of a busy project does not grow with its apps, nor with the minutes of the day.
class CapiReadingsPlanTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant HOUR = Instant.parse("2026-11-04T12:00:30Z");
    private static final UUID PROJECT = UUID.randomUUID();
    private static final int APPS = 50;
    /// Of both platforms: the minutes at the edges of the last quarter, hour and day, and the whole hours of these and
    /// of the drift.
    private static final long BOUND = 2 * ((15 + 1) + (30 + 2) + (30 + 26) + 25);

    @ParameterizedTest
    @ValueSource(ints = {1, 29, 30, 31, 59})
    void onlyHoursAndTheMinutesAtTheEdgesAreRead(int minute) throws Exception {
        Instant now = HOUR.plus(Duration.ofMinutes(minute));
        try (Connection connection = postgres.database().dedicated()) {
            Jdbi jdbi = Jdbi.create(connection);
            PostgresCapiReadings readings = new PostgresCapiReadings(jdbi);
            // More often than it takes for the plan that serves all parameters.
            for (int i = 0; i < 20; i++) {
                long before = read(jdbi);
                assertThat(readings.read(PROJECT, EnumSet.allOf(Platform.class), now))
                        .extractingByKey(Platform.META)
                        .satisfies(reading ->
                                assertThat(reading.facts().counts().sent24h()).isEqualTo(24 * 60 + 60 - minute));
                assertThat(read(jdbi) - before).as("rows read at call %s", i).isBetween(24L, BOUND);
            }
            int unplanned = jdbi.withHandle(
                    handle -> handle.createQuery("""
                            select generic_plans from pg_prepared_statements where statement like '%asked as%'""").mapTo(Integer.class).one());
            assertThat(unplanned).as("calls that were not planned anew").isPositive();
        }
    }

    /// A day of minutes, and as many counts by app.
    @BeforeAll
    static void fill() {
        postgres.database().jdbi().useHandle(handle -> {
            handle.createUpdate("""
                            insert into delivery_minute (project_id, platform, minute, eligible, sent, received, attempts)
                            select :project, platform, minute, 1, 1, 1, 1
                            from generate_series(0, 1) platform,
                                generate_series(timestamptz '2026-11-03 11:00Z', '2026-11-04 12:59Z', '1 minute') minute""").bind("project", PROJECT).execute();
            handle.createUpdate("""
                            insert into delivery_rollup (project_id, app_id, platform, minute, metric, count)
                            select project_id, 'app_' || app, platform, minute, metric, 1
                            from delivery_minute, generate_series(1, :apps) app,
                                unnest(array['accepted', 'settled', 'skipped.consent']) metric""").bind("apps", APPS).execute();
            handle.execute("""
                    insert into delivery_hour (project_id, platform, hour, eligible, sent, received)
                    select project_id, platform, date_trunc('hour', minute, 'UTC'), sum(eligible), sum(sent), sum(received)
                    from delivery_minute group by 1, 2, 3""");
            handle.execute("analyze");
            handle.execute(
                    "select pg_stat_force_next_flush()"); // what this session read is counted before anything else
        });
    }

    /// Rows of counts read so far by anybody.
    private static long read(Jdbi jdbi) {
        jdbi.useHandle(handle -> handle.execute("select pg_stat_force_next_flush()"));
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_user_tables
                        where relname in ('delivery_rollup', 'delivery_minute', 'delivery_hour')""").mapTo(Long.class).one());
    }
}
