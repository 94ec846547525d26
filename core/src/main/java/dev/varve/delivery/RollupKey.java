package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.destination.SkipReason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Names one minute count. `appId` empty: of all apps of the project together, as requests belong to no single one and
/// nobody asks what was eligible, sent or skipped by app. So their rows do not grow with the number of apps.
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
    public static final String SKIPS_PREFIX = "skips_";
    /// Off when the event was planned: no row stands for it, so it is counted when the position passes the event.
    public static final String SKIPPED_DISABLED = SKIPPED_PREFIX + "disabled";

    /// Those that capi-status shows, asked for over a day and of all apps together: kept by the hour, too,
    /// and with all of a minute in one place. The rest explains what became of the events of each app.
    public static final List<String> OF_STATUS = Stream.concat(
                    Stream.of(ELIGIBLE, SENT, RECEIVED, ATTEMPTS, FAILED_ATTEMPTS),
                    Arrays.stream(SkipReason.values()).map(reason -> SKIPS_PREFIX + reason.wireName()))
            .toList();

    public RollupKey {
        minute = minute.truncatedTo(ChronoUnit.MINUTES);
    }

    /// A count of all apps together.
    static RollupKey ofAllApps(Destination.Key destination, Instant minute, String metric) {
        return new RollupKey(destination, "", minute, metric);
    }

    public Instant hour() {
        return minute.truncatedTo(ChronoUnit.HOURS);
    }
}
