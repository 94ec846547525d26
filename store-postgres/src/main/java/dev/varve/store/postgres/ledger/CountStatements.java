package dev.varve.store.postgres.ledger;

import dev.varve.delivery.LedgerWrite.Counted;
import dev.varve.delivery.RollupKey;
import dev.varve.destination.Destination;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The counts of one ledger write: those of status with all metrics of a minute, and of an hour, in one row, the others
/// with a row each.
final class CountStatements {
    private static final List<String> METRICS = RollupKey.OF_STATUS;

    private final Connection connection;
    private final Map<RollupKey, Long> rollup = new HashMap<>();
    private final Map<Span, long[]> minutes = new HashMap<>();
    private final Map<Span, long[]> hours = new HashMap<>();

    private record Span(Destination.Key destination, Instant start) {}

    CountStatements(Connection connection, Map<Counted, Long> counts) {
        this.connection = connection;
        counts.forEach((counted, amount) -> {
            RollupKey key = counted.key();
            int metric = METRICS.indexOf(key.metric());
            if (metric < 0) {
                rollup.merge(key, amount, Long::sum);
            } else {
                add(minutes, key.destination(), key.minute(), metric, amount);
                add(hours, key.destination(), key.hour(), metric, amount);
            }
        });
    }

    private static void add(
            Map<Span, long[]> spans, Destination.Key destination, Instant start, int metric, long amount) {
        spans.computeIfAbsent(new Span(destination, start), span -> new long[METRICS.size()])[metric] += amount;
    }

    void run() throws SQLException {
        write(minutes, MINUTES);
        write(hours, HOURS);
        new Columns<>(rollup.entrySet())
                .with("uuid", e -> e.getKey().destination().projectId())
                .with("text", e -> e.getKey().appId())
                .with("smallint", e -> e.getKey().destination().platform().ordinal())
                .with("timestamptz", e -> e.getKey().minute())
                .with("text", e -> e.getKey().metric())
                .with("bigint", Map.Entry::getValue)
                .run(connection, """
                        insert into delivery_rollup as r (project_id, app_id, platform, minute, metric, count)
                        select * from unnest(?, ?, ?, ?, ?, ?) as u(project_id, app_id, platform, minute, metric, count)
                        order by project_id, platform, minute, metric, app_id
                        on conflict (project_id, platform, minute, metric, app_id) do update set count = r.count + excluded.count
                        """);
    }

    private static final String MINUTES = insertInto("delivery_minute", "minute");
    private static final String HOURS = insertInto("delivery_hour", "hour");

    private static String insertInto(String table, String start) {
        return "insert into " + table + " as c (project_id, platform, " + start + ", " + String.join(", ", METRICS)
                + ") select * from unnest(?, ?, ?" + ", ?".repeat(METRICS.size()) + ") order by 1, 2, 3"
                + " on conflict (project_id, platform, " + start + ") do update set "
                + METRICS.stream()
                        .map(metric -> metric + " = c." + metric + " + excluded." + metric)
                        .collect(Collectors.joining(", "));
    }

    private void write(Map<Span, long[]> spans, String sql) throws SQLException {
        Columns<Map.Entry<Span, long[]>> columns = new Columns<>(spans.entrySet())
                .with("uuid", e -> e.getKey().destination().projectId())
                .with("smallint", e -> e.getKey().destination().platform().ordinal())
                .with("timestamptz", e -> e.getKey().start());
        for (int i = 0; i < METRICS.size(); i++) {
            int metric = i;
            columns.with("bigint", e -> e.getValue()[metric]);
        }
        columns.run(connection, sql);
    }
}
