package dev.varve.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Fills an installation with the events of sixty days as if it had run that long: log, keys, ledger, counts. All rows
/// are made inside PostgreSQL, partition by partition, and vacuumed as autovacuum would have. What stood in these
/// tables is lost; nobody may ingest meanwhile.
final class StoredData {
    static final Duration SPAN = Duration.ofDays(60);
    private static final Duration ORIGINS = Duration.ofDays(7);
    private static final int AT_ONCE = 2;
    private static final long BYTES_PER_EVENT = 2_500;

    private final Path data;
    private final Market market;
    private final TimeCurve curve;

    private StoredData(Path data, Market market, TimeCurve curve) {
        this.data = data;
        this.market = market;
        this.curve = curve;
    }

    /// @throws IOException when the disk has no room for so many events
    static void requireRoom(Path directory, long events) throws IOException {
        long free = Files.getFileStore(directory).getUsableSpace();
        long needed = Math.max(1L << 30, events * BYTES_PER_EVENT);
        if (free < needed) {
            throw new IOException(String.format(
                    "%,d stored events need %.0f GB of free disk, and there are %.0f; free some or pass a smaller --events",
                    events, needed / 1e9, free / 1e9));
        }
    }

    /// Returns a line about what it did.
    static Figure fill(Path data, Market market, long events) throws IOException, SQLException, InterruptedException {
        long begin = System.nanoTime();
        Instant end = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        StoredData stored = new StoredData(data, market, new TimeCurve(end, SPAN, events));
        long bytes = stored.fill();
        return Figure.context(
                String.format(
                        "stored: %,d events of %,d projects",
                        events, market.stalls().size()),
                String.format("%.1f GB, made in %.0f s", bytes / 1e9, (System.nanoTime() - begin) / 1e9));
    }

    private long fill() throws IOException, SQLException, InterruptedException {
        try (Connection connection = Installation.of(data).connect()) {
            Statements on = new Statements(connection);
            on.run(StoredRows.PREPARE);
            slots(connection);
            names(connection);
            StoredRows rows = new StoredRows(curve, stream(connection));
            each(partitions(rows));
            each(List.of(rows.keys(), rows.counts()));
            on.run(StoredRows.VACUUM);
            return on.number("select pg_database_size(current_database())");
        }
    }

    /// Those that began within the span, the newest last, because the largest take longest when they come last: so
    /// they come first.
    private List<List<String>> partitions(StoredRows rows) {
        List<List<String>> jobs = new ArrayList<>();
        LocalDate last = LocalDate.ofInstant(curve.end(), ZoneOffset.UTC);
        LocalDate week = last.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        LocalDate first = LocalDate.ofInstant(curve.end().minus(SPAN), ZoneOffset.UTC);
        for (; week.plusDays(6).compareTo(first) >= 0; week = week.minusDays(7)) {
            jobs.add(rows.week(week));
        }
        for (LocalDate day = last; day.compareTo(last.minusDays(ORIGINS.toDays())) >= 0; day = day.minusDays(1)) {
            jobs.add(rows.origins(day));
        }
        return jobs;
    }

    /// Runs the jobs, some at once, each on a connection of its own.
    private void each(List<List<String>> jobs) throws SQLException, InterruptedException {
        List<Future<Void>> running = new ArrayList<>();
        try (ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE)) {
            for (List<String> job : jobs) {
                running.add(workers.submit(() -> {
                    try (Connection connection = Installation.of(data).connect()) {
                        new Statements(connection).run(job);
                    }
                    return null;
                }));
            }
        }
        for (Future<Void> job : running) {
            try {
                job.get();
            } catch (ExecutionException e) {
                throw new SQLException(e.getCause());
            }
        }
    }

    /// A stream that was read to its end: its number is taken and its row is gone.
    private static long stream(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("insert into log_stream (position) values (0) returning stream")) {
            row.next();
            long stream = row.getLong(1);
            statement.execute("delete from log_stream where stream = " + stream);
            connection.commit();
            return stream;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void slots(Connection connection) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into bench.slot values (?, ?::uuid, ?, ?, ?, ?, ?)")) {
            for (int slot = 0; slot < StoredRows.SLOTS; slot++) {
                int number = market.skew().pick((slot + 0.5) / StoredRows.SLOTS);
                Market.Stall stall = market.stalls().get(number);
                insert.setInt(1, slot);
                insert.setString(2, stall.uuid());
                for (int app = 0; app < 3; app++) {
                    insert.setString(3 + app, stall.appIds().get(app));
                }
                insert.setInt(6, number);
                insert.setLong(7, Math.max(3, (long)
                        (curve.events() * market.skew().share(number) / StoredRows.EVENTS_PER_USER)));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static void names(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into bench.name values (?, ?, ?)")) {
            for (int app = 0; app < 3; app++) {
                List<String> places = Names.places(app);
                for (int place = 0; place < places.size(); place++) {
                    insert.setInt(1, 1000 * app + place);
                    insert.setString(2, places.get(place));
                    insert.setBytes(3, Names.document(places.get(place)));
                    insert.addBatch();
                }
            }
            insert.executeBatch();
        }
    }
}
