package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.eventlog.EventLog;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import java.sql.Connection;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Whether a stream is at its end is seen without looking at its events. The relay asks after a restart, and forwards
/// nothing meanwhile.
class FinishedStreamPlanTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final int ROWS = 40_000;

    @Test
    void askingReadsHardlyAnyEvent() throws Exception {
        long finished = fill(ROWS);
        long unfinished = fill(ROWS - 1);
        try (Connection connection = postgres.database().dedicated()) {
            Jdbi jdbi = Jdbi.create(connection);
            // As where the events are more than memory holds, so that reading them all in order looks cheap.
            jdbi.useHandle(handle -> handle.execute("set random_page_cost = 20"));
            PostgresDeliveryLedger ledger = new PostgresDeliveryLedger(jdbi);
            // More often than it takes for the plan that serves all parameters.
            for (int i = 0; i < 12; i++) {
                long before = read(jdbi);
                assertThat(ledger.finish(unfinished)).isFalse();
                assertThat(read(jdbi) - before).as("events read at call %s", i).isLessThan(10);
            }
            long before = read(jdbi);
            assertThat(ledger.finish(finished)).isTrue();
            assertThat(read(jdbi) - before).isLessThan(10);
        }
    }

    /// A stream of which the first `settled` events are. On disk they lie in another order, as those of writers do.
    private static long fill(int settled) {
        return postgres.database().jdbi().withHandle(handle -> {
            long stream = handle.createQuery("insert into log_stream (position) values (0) returning stream")
                    .mapTo(Long.class)
                    .one();
            long first = EventLog.firstOffset(stream);
            handle.createUpdate("update log_stream set position = :position where stream = :stream")
                    .bind("position", first + settled)
                    .bind("stream", stream)
                    .execute();
            handle.createUpdate("""
                            insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name,
                                source, synthetic, document)
                            select :first + n, now() - n % 50 * interval '1 day', now(), :project, 'app_a', n::text,
                                'purchase', 0, false, repeat('x', 100)::bytea
                            from generate_series(1, :rows) n order by md5(n::text)""")
                    .bind("first", first)
                    .bind("project", UUID.randomUUID())
                    .bind("rows", ROWS)
                    .execute();
            handle.execute("analyze event");
            return stream;
        });
    }

    /// Rows of events read so far by anybody, with those of their indexes.
    private static long read(Jdbi jdbi) {
        jdbi.useHandle(handle -> handle.execute("select pg_stat_force_next_flush()"));
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        select (select sum(seq_tup_read + idx_tup_fetch) from pg_stat_user_tables where relname like 'event%')
                            + (select sum(idx_tup_read) from pg_stat_user_indexes where relname like 'event%')""").mapTo(Long.class).one());
    }
}
