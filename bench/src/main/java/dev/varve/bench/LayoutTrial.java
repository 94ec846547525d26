package dev.varve.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Compares partitions by the week in which events happened with partitions by the week in which they arrived, with the
/// same rows: 95 % of them fresh, 5 % from the last 60 days.
final class LayoutTrial {
    private static final int GROUP = 1_000;
    private static final int WEEKS = 10;
    private static final Duration OLDEST = Duration.ofDays(60);

    private LayoutTrial() {}

    static List<Figure> measure(Path data, int rows) throws SQLException, IOException {
        List<Figure> figures = new ArrayList<>();
        for (String column : List.of("occurred_at", "received_at")) {
            try (ThrowawayDatabase database = ThrowawayDatabase.create(data)) {
                layOut(database, column);
                double rate = fill(database, rows);
                database.execute("analyze event");
                figures.add(Figure.context(
                        "layout: partitions by " + column,
                        String.format(
                                "COPY %,.0f rows/s; timeline query of an old day %.1f ms",
                                rate, queryMillis(database))));
            }
        }
        return figures;
    }

    private static void layOut(ThrowawayDatabase database, String column) throws SQLException {
        database.execute("drop table event");
        database.execute("create table event (log_offset bigint not null, occurred_at timestamptz not null,"
                + " received_at timestamptz not null, project_id uuid not null, app_id text not null, event_id text not null,"
                + " name text not null, source smallint not null, synthetic boolean not null, environment text, platform text,"
                + " user_id text, install_id text, session_id text, document bytea not null,"
                + " primary key (log_offset, " + column + ")) partition by range (" + column + ")");
        database.execute("create index on event (project_id, occurred_at)");
        LocalDate monday = LocalDate.now(ZoneOffset.UTC).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        for (int week = -WEEKS; week <= 1; week++) {
            LocalDate from = monday.plusWeeks(week);
            database.execute("create table event_w" + (week + WEEKS) + " partition of event for values from ('" + from
                    + "Z') to ('" + from.plusWeeks(1) + "Z')");
        }
    }

    private static double fill(ThrowawayDatabase database, int rows) throws SQLException, IOException {
        Random random = new Random(7);
        long nanos = 0;
        for (int offset = 0; offset < rows; offset += GROUP) {
            byte[] group = group(random, offset);
            long begin = System.nanoTime();
            database.copy(group);
            nanos += System.nanoTime() - begin;
        }
        return rows / (nanos / 1e9);
    }

    private static byte[] group(Random random, int firstOffset) throws IOException {
        EventRows group = new EventRows();
        Instant now = Instant.now();
        for (int i = 0; i < GROUP; i++) {
            Duration age = random.nextInt(100) < 95
                    ? Duration.ofSeconds(random.nextInt(60))
                    : Duration.ofSeconds(random.nextLong(OLDEST.toSeconds()));
            group.add(firstOffset + i, now.minus(age), now);
        }
        return group.finish();
    }

    private static double queryMillis(ThrowawayDatabase database) throws SQLException {
        Instant until = Instant.now().minus(Duration.ofDays(20));
        String sql = "select count(*) from (select * from event where project_id = '" + EventRows.PROJECT
                + "' and occurred_at >= '" + until.minus(Duration.ofDays(1)) + "' and occurred_at < '" + until
                + "' order by occurred_at desc limit 200) page";
        double best = Double.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long begin = System.nanoTime();
            try (Statement statement = database.connection().createStatement();
                    ResultSet result = statement.executeQuery(sql)) {
                result.next();
            }
            best = Math.min(best, (System.nanoTime() - begin) / 1e6);
        }
        return best;
    }
}
