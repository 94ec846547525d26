package dev.varve.delivery;

import dev.varve.destination.Destination;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Names one minute count. `appId` empty: a count of requests, which belong to no single app.
///
/// Counted by the minute of **arrival** of the event, so that they can be added up: `accepted`, `eligible`, `settled`,
/// `skipped.<reason>` and `dead.<reason>`. For real events behind the stream's position, and per platform, always
/// `accepted = settled + all skipped + all dead + rows in the backlog`. Counted by the minute of the **answer**: the
/// rest.
public record RollupKey(Destination.Key destination, String appId, Instant minute, String metric) {
    /// Real events that the stream's position has passed.
    public static final String ACCEPTED = "accepted";
    /// Forwarded, by arrival; `sent` is the same by the time of the answer.
    public static final String SETTLED = "settled";
    public static final String ELIGIBLE = "eligible";
    public static final String SENT = "sent";
    public static final String RECEIVED = "received";
    public static final String ATTEMPTS = "attempts";
    public static final String FAILED_ATTEMPTS = "failed_attempts";
    /// Dead letters by arrival and reason; a replay takes its event out again, so the sum is of those dead now.
    public static final String DEAD_PREFIX = "dead.";
    public static final String SKIPPED_PREFIX = "skipped.";
    /// Receipts that say skipped, by the minute they were written: what ages out does so days after its arrival.
    public static final String SKIPS_PREFIX = "skips.";
    /// Off when the event was planned: no row stands for it, so it is counted when the position passes the event.
    public static final String SKIPPED_DISABLED = SKIPPED_PREFIX + "disabled";

    public RollupKey {
        minute = minute.truncatedTo(ChronoUnit.MINUTES);
    }
}
