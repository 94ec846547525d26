package dev.varve.store.postgres.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.eventlog.EventLog;
import dev.varve.health.TailPosition;
import dev.varve.store.postgres.PostgresForTests;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a poll of the live tail reads does not grow with the log.
class TailPlanTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final int ROWS = 40_000;
    private static final int NEW = 300;

    @Test
    void aPollReadsTheNewRowsOnly() throws Exception {
        UUID watched = UUID.randomUUID();
        long stream = fill(watched);
        try (Connection connection = postgres.database().dedicated()) {
            Jdbi jdbi = Jdbi.create(connection);
            PostgresEventTail tail = new PostgresEventTail(jdbi, InstantSource.system());
            TailPosition position =
                    new TailPosition(Instant.now(), Map.of(stream, EventLog.firstOffset(stream) + ROWS - NEW));

            long before = read(jdbi);
            assertThat(tail.after(Set.of(watched), position, 200).entries()).hasSize(NEW / 10);
            assertThat(read(jdbi) - before).isBetween(NEW / 10L, NEW * 2L);
        }
    }

    /// Every tenth event is of the project.
    private static long fill(UUID project) {
        return postgres.database().jdbi().withHandle(handle -> {
            long stream = handle.createQuery("insert into log_stream (position) values (0) returning stream")
                    .mapTo(Long.class)
                    .one();
            handle.createUpdate("""
                            insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name,
                                source, synthetic, document)
                            select :first + n, now() - n % 50 * interval '1 day', now(),
                                case when n % 10 = 0 then :watched else :other end, 'app_a', n::text, 'purchase', 0, false, '{}'
                            from generate_series(1, :rows) n""")
                    .bind("first", EventLog.firstOffset(stream))
                    .bind("watched", project)
                    .bind("other", UUID.randomUUID())
                    .bind("rows", ROWS)
                    .execute();
            handle.execute("analyze event");
            return stream;
        });
    }

    /// Rows of events read so far by anybody.
    private static long read(Jdbi jdbi) {
        jdbi.useHandle(handle -> handle.execute("select pg_stat_force_next_flush()"));
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        select sum(seq_tup_read + idx_tup_fetch) from pg_stat_user_tables where relname like 'event%'""").mapTo(Long.class).one());
    }
}
