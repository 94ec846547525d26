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
                    values[row++] = text(column.value().apply(each));
                }
                statement.setArray(i + 1, connection.createArrayOf(column.type(), values));
            }
            statement.executeUpdate();
        }
    }

    private static @Nullable Object text(@Nullable Object value) {
        return value instanceof Instant instant
                ? instant.atOffset(ZoneOffset.UTC).toString()
                : value;
    }
}
