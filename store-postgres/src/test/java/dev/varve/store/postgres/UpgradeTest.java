package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.event.Platform;
import dev.varve.health.Accounting;
import dev.varve.health.CapiFacts;
import dev.varve.store.postgres.timeline.PostgresAccounting;
import dev.varve.store.postgres.timeline.PostgresCapiReadings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A database that an older version wrote goes on with what it holds.
class UpgradeTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant HOUR = Instant.parse("2026-11-04T12:00:00Z");
    private static final UUID PROJECT = UUID.fromString("553b1ece-d8be-4051-be35-1cb962aae2e8");
    /// Six real events and a probe event, one a second and a minute: forwarded, skipped, dead, waiting, switched off,
    /// beyond the position.
    private static final String FIRST_VERSION_ROWS =
            """
            insert into organization (id, name, created_at, updated_at) values ('<project>', 'o', now(), now());
            insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender, created_at, updated_at)
                values ('<project>', '<project>', 'live', 'p', 'UTC', 'en', 'all', now(), now());
            insert into layer (id, project_id, platform, updated_at) values ('<project>', '<project>', 'meta_ads', now());
            insert into log_stream (position) values ((1::bigint << 40) + 6);
            insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name, source, synthetic, document)
                select (1::bigint << 40) + n, '<hour>', '<hour>'::timestamptz + n * interval '61 seconds', '<project>', 'app',
                    'e' || n, 'purchase', 0, n = 6, '{}' from generate_series(1, 7) as n;
            insert into delivery_receipt (log_offset, platform, occurred_at, state, reason, attempts, at)
                select (1::bigint << 40) + n, 0, '<hour>', s, r, 1, '<hour>'
                from (values (1, 1, null), (2, 2, 'consent'), (3, 4, 'missing_value'), (6, 1, null)) as v(n, s, r);
            insert into delivery_rollup (project_id, app_id, platform, minute, metric, count) values
                ('<project>', 'app', 0, date_trunc('minute', '<hour>'::timestamptz + interval '122 seconds'), 'skipped.consent', 1),
                ('<project>', 'app', 0, '<hour>', 'dead', 1),
                ('<project>', 'app', 0, '<hour>', 'eligible', 3),
                ('<project>', 'other', 0, '<hour>'::timestamptz + interval '59 minutes', 'eligible', 4),
                ('<project>', 'app', 0, '<hour>'::timestamptz + interval '60 minutes', 'eligible', 5),
                ('<project>', 'app', 0, '<hour>', 'skips.consent', 6);
            insert into delivery_backlog (owner, project_id, platform, log_offset, occurred_at, received_at, app_id, attempts, next_at)
                values (1, '<project>', 0, (1::bigint << 40) + 4, '<hour>', '<hour>'::timestamptz + interval '244 seconds', 'app', 2,
                    '<hour>'),
                (1, '<project>', 1, (1::bigint << 40) + 6, '<hour>', '<hour>'::timestamptz + interval '366 seconds', 'app', 2,
                    '<hour>');
            insert into dead_letter (id, project_id, app_id, platform, log_offset, occurred_at, event_id, event_name, reason, code,
                    attempts, first_failed_at, last_failed_at, too_old_at)
                values ('dl_1', '<project>', 'app', 0, (1::bigint << 40) + 3, '<hour>', 'e3', 'purchase', 'missing_value',
                    'VALIDATION', 0, '<hour>', '<hour>', '<hour>');
            insert into delivery_request (id, at, project_id, platform, events, event_ids, outcome, http_status, latency_ms)
                values ('<project>', '<hour>', '<project>', 0, 1, '{e1}', 'forwarded', 200, 1);
            """.replace("<project>", PROJECT.toString()).replace("<hour>", HOUR.toString());

    @Test
    void whatTheFirstVersionStoredIsAccountedForAndAudited() throws SQLException {
        try (Database database = firstVersion()) {
            Migrations.apply(database.dataSource());
            Accounting accounting = new PostgresAccounting(database.jdbi());
            assertThat(accounting.read(PROJECT, Platform.META, Optional.empty(), HOUR, HOUR.plusSeconds(3600)))
                    .isEqualTo(new Accounting.Sums(
                            6, 1, Map.of("consent", 1L, "disabled", 1L), Map.of("missing_value", 1L), 1, 1));
            assertThat(accounting.read(PROJECT, Platform.TIKTOK, Optional.empty(), HOUR, HOUR.plusSeconds(3600)))
                    .isEqualTo(new Accounting.Sums(6, 0, Map.of("disabled", 5L), Map.of(), 1, 0));
            database.jdbi().useHandle(handle -> {
                assertThat(handle.createQuery("select organization_id = :p and layer_id = :p from delivery_request")
                                .bind("p", PROJECT)
                                .mapTo(Boolean.class)
                                .one())
                        .isTrue();
                assertThat(handle.createQuery("select received_at = :at from dead_letter")
                                .bind("at", HOUR.plusSeconds(183).atOffset(ZoneOffset.UTC))
                                .mapTo(Boolean.class)
                                .one())
                        .isTrue();
                assertThat(handle.createQuery("select log_offset & 15 from delivery_backlog where synthetic")
                                .mapTo(Integer.class)
                                .list())
                        .containsExactly(6);
            });
        }
    }

    @Test
    void theMinuteCountsOfBeforeAreThereByHour() throws SQLException {
        try (Database database = firstVersion()) {
            Migrations.apply(database.dataSource());
            List<String> hours = database.jdbi()
                    .withHandle(handle ->
                            handle.createQuery("""
                            select extract(hour from hour) || ': ' || eligible || ', ' || skips_consent || ', ' || sent
                            from delivery_hour order by 1""").mapTo(String.class).list());
            assertThat(hours).containsExactly("12: 7, 6, 0", "13: 5, 0, 0");
            CapiFacts facts = new PostgresCapiReadings(database.jdbi())
                    .read(PROJECT, EnumSet.of(Platform.META), HOUR.plusSeconds(20 * 3600 + 1800))
                    .values()
                    .iterator()
                    .next()
                    .facts();
            assertThat(facts.counts().eligible24h()).isEqualTo(12);
        }
    }

    private static Database firstVersion() throws SQLException {
        String name = "upgrade_" + UUID.randomUUID().toString().replace("-", "");
        execute(postgres.database(), "create database " + name);
        Database database = Database.open(
                postgres.server().jdbcUrl().replaceAll("/[^/]*$", "/" + name),
                postgres.server().user(),
                postgres.server().password(),
                2);
        Flyway.configure()
                .dataSource(database.dataSource())
                .locations("classpath:db/migration")
                .target("1")
                .load()
                .migrate();
        execute(database, FIRST_VERSION_ROWS);
        return database;
    }

    private static void execute(Database database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
