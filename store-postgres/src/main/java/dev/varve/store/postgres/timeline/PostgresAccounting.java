package dev.varve.store.postgres.timeline;

import dev.varve.event.Platform;
import dev.varve.health.Accounting;
import dev.varve.store.postgres.tenant.Columns;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// Accounting from minute counts, the backlog, and event rows where no count reaches: parts of minutes, and what the
/// relay has not passed yet. One snapshot, so the sum holds at every moment. Thread-safe.
public final class PostgresAccounting implements Accounting {
    private final Jdbi jdbi;

    public PostgresAccounting(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public Sums read(UUID projectId, Platform platform, Optional<String> appId, Instant since, Instant until) {
        ArrivalWindow window = ArrivalWindow.of(Columns.storable(since), Columns.storable(until));
        return jdbi.inTransaction(
                TransactionIsolationLevel.REPEATABLE_READ,
                handle -> new SumArrivals(handle, projectId, platform, appId).over(window));
    }
}
