package dev.varve.store.postgres.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.store.postgres.PostgresForTests;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RetentionTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");

    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    @Test
    void theLedgerKeepsDeadLettersForThirtyDaysRequestsForNinetyAndCountsForTwoYears() {
        addRowsAt(NOW, 1);
        addRowsAt(NOW.plus(Duration.ofDays(1)), 2);
        Retention retention = new Retention(postgres.database(), Duration.ofDays(7));
        retention.apply(NOW.plus(Duration.ofDays(30)));
        assertThat(rows("delivery_attempt")).isEqualTo(2);
        retention.apply(NOW.plus(Duration.ofDays(30)).plusSeconds(1));
        assertThat(rows("delivery_request")).isEqualTo(2);
        assertThat(rows("delivery_attempt")).isEqualTo(1);
        assertThat(rows("dead_letter")).isEqualTo(1);
        assertThat(rows("ledger_writer")).isZero();
        assertThat(rows("delivery_rollup")).isEqualTo(2);
        retention.apply(NOW.plus(Duration.ofDays(90)));
        assertThat(List.of("delivery_request", "known_id", "platform_count", "audit_row"))
                .allSatisfy(table -> assertThat(rows(table)).isEqualTo(2));
        retention.apply(NOW.plus(Duration.ofDays(90)).plusSeconds(1));
        assertThat(List.of("delivery_request", "known_id", "platform_count"))
                .allSatisfy(table -> assertThat(rows(table)).isEqualTo(1));
        retention.apply(NOW.plus(Duration.ofDays(731)).plusSeconds(1));
        assertThat(rows("delivery_rollup")).isEqualTo(1);
        assertThat(rows("delivery_minute")).isEqualTo(1);
        assertThat(rows("delivery_hour")).isEqualTo(1);
        assertThat(rows("audit_row")).isEqualTo(1);
    }

    @Test
    void aJobIsKeptForThirtyDaysAndLongerWhileItRunsAsAreItsDeadLetters() {
        addJobAt(NOW, "job_ended", false);
        addJobAt(NOW, "job_running", true);
        new Retention(postgres.database(), Duration.ofDays(7))
                .apply(NOW.plus(Duration.ofDays(30)).plusSeconds(1));
        assertThat(texts("select id from job")).containsExactly("job_running");
        assertThat(texts("select job_id from job_event")).containsExactly("job_running");
        assertThat(texts("select job_id from dead_letter where job_id is not null"))
                .containsExactly("job_running");
    }

    @Test
    void changesOfTenantsAreKeptForAnHour() {
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into tenant_change (at) values (?), (?)",
                        NOW.atOffset(ZoneOffset.UTC),
                        NOW.plusSeconds(60).atOffset(ZoneOffset.UTC)));
        Retention retention = new Retention(postgres.database(), Duration.ofDays(7));
        retention.apply(NOW.plusSeconds(3600));
        assertThat(texts("select id::text from tenant_change where project_id is null"))
                .hasSize(2);
        retention.apply(NOW.plusSeconds(3601));
        assertThat(texts("select id::text from tenant_change where project_id is null"))
                .hasSize(1);
    }

    private static void addJobAt(Instant at, String id, boolean isRunning) {
        String sql = """
                with t as (select cast(? as timestamptz) as at, cast(? as text) as job, gen_random_uuid() as id),
                o as (insert into organization (id, name, created_at, updated_at) select id, 'o', at, at from t),
                p as (insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender,
                    created_at, updated_at) select id, id, 'live', 'p', 'UTC', 'en', 'all', at, at from t),
                j as (insert into job (id, organization_id, project_id, kind, status, total, created_at)
                    select job, id, id, 'dead_letter_replay', 'running', 1, at from t),
                e as (insert into job_event (job_id, log_offset, platform, occurred_at)
                    select job, hashtext(job), 0, at from t)
                insert into dead_letter (id, project_id, app_id, platform, log_offset, occurred_at, event_id, event_name,
                    reason, code, attempts, first_failed_at, last_failed_at, too_old_at, job_id, is_replaying)
                select 'dl_' || job, id, 'app', 0, hashtext(job), at, 'e', 'n', 'r', 'c', 1, at, at, at, job, ? from t""";
        postgres.database().jdbi().useHandle(handle -> handle.execute(sql, at.atOffset(ZoneOffset.UTC), id, isRunning));
    }

    private static List<String> texts(String sql) {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery(sql)
                .mapTo(String.class)
                .list());
    }

    private static void addRowsAt(Instant at, int number) {
        String sql = """
                with t as (select cast(? as timestamptz) as at, cast(? as integer) as n, gen_random_uuid() as id),
                a as (insert into delivery_request (id, at, project_id, platform, events, event_ids, outcome, http_status,
                    latency_ms) select id, at, id, 0, 1, '{}', 'forwarded', 200, 1 from t),
                b as (insert into delivery_attempt (log_offset, platform, attempt, request_id, sent_as, outcome, at)
                    select n, 0, 1, id, 'Purchase', 'retry', at from t),
                c as (insert into dead_letter (id, project_id, app_id, platform, log_offset, occurred_at, event_id,
                    event_name, reason, code, attempts, first_failed_at, last_failed_at, too_old_at)
                    select 'dl_' || n, id, 'app', 0, n, at, 'e', 'purchase', 'r', 'c', 1, at, at, at from t),
                k as (insert into known_id (project_id, subject, name, value, first_at) select id, id, 'ttp', 'v', at from t),
                u as (insert into audit_row (id, organization_id, event_type, occurred_at, actor, data)
                    select id, id, 'a.b', at, 'system', '{}' from t),
                p as (insert into platform_count (project_id, platform, period_from, period_until, events)
                    select id, 0, at, at, 1 from t),
                h as (insert into delivery_hour (project_id, platform, hour, sent)
                    select id, 0, at, 1 from t),
                m as (insert into delivery_minute (project_id, platform, minute, sent)
                    select id, 0, at, 1 from t),
                d as (insert into ledger_writer (writer, number, at) select id, 1, at from t)
                insert into delivery_rollup (project_id, app_id, platform, minute, metric, count)
                    select id, 'app', 0, at, 'accepted', 1 from t""";
        postgres.database().jdbi().useHandle(handle -> handle.execute(sql, at.atOffset(ZoneOffset.UTC), number));
    }

    private static int rows(String table) {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery("select count(*) from " + table)
                .mapTo(Integer.class)
                .one());
    }
}
