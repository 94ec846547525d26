package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.BacklogOrder;
import dev.varve.delivery.DueQuery;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a load of the backlog reads does not grow with the backlog.
class BacklogPlanTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final int ROWS = 40_000;

    /// `urgentDays`: events as old as that go first; the backlog spans 4 days.
    @ParameterizedTest
    @CsvSource({"OLDEST, 6", "NEWEST, 6", "OLDEST, 2", "NEWEST, 2"})
    void aLoadReadsHardlyMoreRowsThanItBrings(BacklogOrder order, int urgentDays) {
        Jdbi jdbi = postgres.database().jdbi();
        Destination.Key key = new Destination.Key(UUID.randomUUID(), Platform.META);
        fill(jdbi, key);
        DueQuery query = new DueQuery(NOW, 100, Set.of(5L, 6L), order, NOW.minus(Duration.ofDays(urgentDays)));
        PostgresDeliveryLedger ledger = new PostgresDeliveryLedger(jdbi);
        long read = jdbi.inTransaction(handle -> {
            assertThat(ledger.due(List.of(1L), key, query)).hasSize(100);
            return handle.createQuery("""
                            select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables
                            where relname = 'delivery_backlog'
                            """).mapTo(Long.class).one();
        });
        assertThat(read).isBetween(100L, 300L);
    }

    /// One row every few seconds, in another destination's as well.
    private static void fill(Jdbi jdbi, Destination.Key key) {
        for (UUID project : List.of(key.projectId(), UUID.randomUUID())) {
            jdbi.useHandle(handle -> handle.createUpdate("""
                            insert into delivery_backlog
                                (owner, project_id, platform, log_offset, occurred_at, received_at, app_id, next_at)
                            select 1, :project, 0, n, at, at, 'app_1', :now
                            from generate_series(1, :rows) n,
                                lateral (select :now - (:rows - n) * interval '4 days' / :rows as at) t
                            """)
                    .bind("project", project)
                    .bind("now", NOW.atOffset(ZoneOffset.UTC))
                    .bind("rows", ROWS)
                    .execute());
        }
        jdbi.useHandle(handle -> handle.execute("analyze delivery_backlog"));
    }
}
