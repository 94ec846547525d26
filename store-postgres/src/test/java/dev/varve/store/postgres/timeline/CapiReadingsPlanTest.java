package dev.varve.store.postgres.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.event.Platform;
import dev.varve.store.postgres.PostgresForTests;
import java.sql.Connection;
import java.time.Instant;
import java.util.EnumSet;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What capi-status reads of a busy project does not grow with its apps, nor with the minutes of the day.
class CapiReadingsPlanTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:59:30Z");
    private static final int APPS = 50;
    /// Of both platforms at the worst minute of an hour: by each of three metrics the minutes before the
    /// first whole hour of the last hour and of the last day, and the whole hours of both and of the drift;
    /// and the tries of a quarter.
    private static final long BOUND = 2 * (2 * 60 * 3 + 2 * 26 * 3 + 16 * 2);

    @Test
    void onlyHoursAndTheMinutesAtTheEdgesAreRead() throws Exception {
        UUID project = UUID.randomUUID();
        fill(project);
        try (Connection connection = postgres.database().dedicated()) {
            Jdbi jdbi = Jdbi.create(connection);
            PostgresCapiReadings readings = new PostgresCapiReadings(jdbi);
            // More often than it takes for the plan that serves all parameters.
            for (int i = 0; i < 20; i++) {
                long before = read(jdbi);
                assertThat(readings.read(project, EnumSet.allOf(Platform.class), NOW))
                        .extractingByKey(Platform.META)
                        .satisfies(reading ->
                                assertThat(reading.facts().counts().sent24h()).isEqualTo(24 * 60 + 1));
                assertThat(read(jdbi) - before).as("rows read at call %s", i).isBetween(24L, BOUND);
            }
            int unplanned = jdbi.withHandle(
                    handle -> handle.createQuery("""
                            select generic_plans from pg_prepared_statements where statement like '%asked as%'""").mapTo(Integer.class).one());
            assertThat(unplanned).as("calls that were not planned anew").isPositive();
        }
    }

    /// A day of minutes: five counts by app, four of all apps together.
    private static void fill(UUID project) {
        postgres.database().jdbi().useHandle(handle -> {
            handle.createUpdate("""
                            insert into delivery_rollup (project_id, app_id, platform, minute, metric, count)
                            select :project, app, platform, minute, metric, 1
                            from generate_series(0, 1) platform,
                                generate_series(timestamptz '2026-11-03 11:00Z', '2026-11-04 12:59Z', '1 minute') minute,
                                lateral (
                                    select 'app_' || n, m from generate_series(1, :apps) n, unnest(
                                        array['accepted', 'settled', 'skipped.unmapped', 'skipped.consent', 'dead.x']) m
                                    union all
                                    select '', unnest(array['sent', 'eligible', 'received', 'attempts'])) c(app, metric)""").bind("project", project).bind("apps", APPS).execute();
            handle.execute("""
                    insert into delivery_hour (project_id, platform, hour, metric, count)
                    select project_id, platform, date_trunc('hour', minute, 'UTC'), metric, sum(count)
                    from delivery_rollup where metric in ('sent', 'eligible', 'received') group by 1, 2, 3, 4""");
            handle.execute("analyze");
        });
    }

    /// Rows of counts read so far by anybody.
    private static long read(Jdbi jdbi) {
        jdbi.useHandle(handle -> handle.execute("select pg_stat_force_next_flush()"));
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_user_tables
                        where relname in ('delivery_rollup', 'delivery_hour')""").mapTo(Long.class).one());
    }
}
