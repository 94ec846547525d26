package dev.varve.store.postgres.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.store.postgres.PostgresForTests;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RetentionTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");

    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    @Test
    void theLedgerKeepsRequestsAndDeadLettersForThirtyDaysAndCountsForTwoYears() {
        addRowsAt(NOW, 1);
        addRowsAt(NOW.plus(Duration.ofDays(1)), 2);
        Retention retention = new Retention(postgres.database(), Duration.ofDays(7));
        retention.apply(NOW.plus(Duration.ofDays(30)));
        assertThat(rows("delivery_request")).isEqualTo(2);
        retention.apply(NOW.plus(Duration.ofDays(30)).plusSeconds(1));
        assertThat(rows("delivery_request")).isEqualTo(1);
        assertThat(rows("delivery_attempt")).isEqualTo(1);
        assertThat(rows("dead_letter")).isEqualTo(1);
        assertThat(rows("ledger_writer")).isZero();
        assertThat(rows("delivery_rollup")).isEqualTo(2);
        retention.apply(NOW.plus(Duration.ofDays(731)).plusSeconds(1));
        assertThat(rows("delivery_rollup")).isEqualTo(1);
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
                d as (insert into ledger_writer (writer, number, at) select id, 1, at from t)
                insert into delivery_rollup (project_id, app_id, platform, minute, metric, count)
                    select id, 'app', 0, at, 'sent', 1 from t""";
        postgres.database().jdbi().useHandle(handle -> handle.execute(sql, at.atOffset(ZoneOffset.UTC), number));
    }

    private static int rows(String table) {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery("select count(*) from " + table)
                .mapTo(Integer.class)
                .one());
    }
}
