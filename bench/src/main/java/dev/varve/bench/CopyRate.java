package dev.varve.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/// What this machine's PostgreSQL takes at best: binary COPY of ready-made groups into the event table, one commit
/// each, fsync on, one connection, nothing else running. Everything measured over HTTP is to be read beside this
/// number.
final class CopyRate {
    private static final int GROUP = 1_000;
    private static final int PREPARED_GROUPS = 40;

    private CopyRate() {}

    static Figure measure(Path data, Duration duration) throws SQLException, IOException {
        try (ThrowawayDatabase database = ThrowawayDatabase.create(data)) {
            Instant week = Instant.now()
                    .atZone(ZoneOffset.UTC)
                    .truncatedTo(ChronoUnit.DAYS)
                    .toInstant()
                    .minus(Duration.ofDays(3));
            database.execute("create table event_week partition of event for values from ('" + week + "') to ('"
                    + week.plus(Duration.ofDays(7)) + "')");
            long rows = 0;
            long nanos = 0;
            while (nanos < duration.toNanos()) {
                byte[][] groups = groups(rows);
                long begin = System.nanoTime();
                for (byte[] group : groups) {
                    database.copy(group);
                    rows += GROUP;
                }
                nanos += System.nanoTime() - begin;
            }
            return Figure.context(
                    "bare binary COPY into the event table, groups of " + GROUP,
                    String.format("%,.0f rows/s", rows / (nanos / 1e9)));
        }
    }

    /// Made before the clock starts.
    private static byte[][] groups(long firstOffset) throws IOException {
        byte[][] groups = new byte[PREPARED_GROUPS][];
        Instant now = Instant.now();
        for (int i = 0; i < groups.length; i++) {
            EventRows rows = new EventRows();
            for (int j = 0; j < GROUP; j++) {
                rows.add(firstOffset + (long) i * GROUP + j, now, now);
            }
            groups[i] = rows.finish();
        }
        return groups;
    }
}
