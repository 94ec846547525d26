package dev.varve.store.postgres.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Rows turned into one array per column, for `insert … select from unnest(…)`: one statement for any number of rows.
final class Columns<T> {
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final Collection<T> rows;
    private final List<Column<T>> columns = new ArrayList<>();

    private record Column<T>(String type, Function<T, @Nullable Object> value) {}

    Columns(Collection<T> rows) {
        this.rows = rows;
    }

    /// `type` is PostgreSQL's name of the element type.
    Columns<T> with(String type, Function<T, @Nullable Object> value) {
        columns.add(new Column<>(type, value));
        return this;
    }

    /// Runs `sql`, whose parameters are the columns in order; nothing when there are no rows.
    void run(Connection connection, String sql) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < columns.size(); i++) {
                Column<T> column = columns.get(i);
                Object[] values = new Object[rows.size()];
                int row = 0;
                for (T each : rows) {
                    values[row++] = storable(column.value().apply(each));
                }
                statement.setArray(i + 1, connection.createArrayOf(column.type(), values));
            }
            statement.executeUpdate();
        }
    }

    /// What PostgreSQL can hold of a value. One row that it refuses would be refused for ever, and with it every write
    /// of this process: so characters and times it does not know are mended here, whoever let them in.
    private static @Nullable Object storable(@Nullable Object value) {
        return switch (value) {
            case String text -> storable(text);
            case Instant instant -> storable(instant).atOffset(ZoneOffset.UTC).toString();
            case null, default -> value;
        };
    }

    static @Nullable String storable(@Nullable String text) {
        return text == null ? null : text.replace("\0", "");
    }

    static Instant storable(Instant instant) {
        if (instant.isBefore(EARLIEST)) {
            return EARLIEST;
        }
        return instant.isAfter(LATEST) ? LATEST : instant;
    }
}
