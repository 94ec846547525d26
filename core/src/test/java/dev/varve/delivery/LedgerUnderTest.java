package dev.varve.delivery;

import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A ledger and what its suites need to do beside it.
public interface LedgerUnderTest {
    /// Knows the stream.
    DeliveryLedger ledger();

    long stream();

    /// Makes the event one of the log, where a ledger finds whose it is.
    void log(LoggedEvent event);

    /// Puts a dead letter back into the backlog, as a person's replay does.
    void replay(long offset, Platform platform);

    List<StoredLetter> letters();

    /// The sum of all counts of a metric of the fixture's project.
    long count(UUID projectId, String metric);

    /// `id` null where a ledger has none.
    record StoredLetter(
            @Nullable String id,
            String reason,
            int attempts,
            Instant firstAt,
            Instant lastAt,
            @Nullable String payload) {}
}
