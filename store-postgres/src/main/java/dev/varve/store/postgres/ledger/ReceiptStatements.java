package dev.varve.store.postgres.ledger;

import dev.varve.delivery.Receipt;
import dev.varve.store.postgres.log.CopyBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The receipts of one ledger write. They are copied as if none of them were there, which is nearly always so; when the
/// table objects, they are inserted, and those that are there stay as they are.
final class ReceiptStatements {
    private static final String COLUMNS =
            "log_offset, platform, occurred_at, state, reason, sent_as, attempts, at, request_id, notes";
    private static final String UNIQUE_VIOLATION = "23505";

    /// Between notes on their way into an array; no note has it.
    private static final String SEPARATOR = "\u001f";

    /// About what a row takes in a COPY.
    private static final int ROW_BYTES = 120;

    /// That of the primary key: the lanes report in an order of their own, and neighbours in an index that is
    /// written in order cost less.
    private static final Comparator<Receipt> BY_KEY = Comparator.comparingLong(
                    (Receipt r) -> r.event().offset())
            .thenComparing(r -> r.destination().platform());

    private final Connection connection;
    private final List<Receipt> receipts;

    ReceiptStatements(Connection connection, Collection<Receipt> receipts) {
        this.connection = connection;
        this.receipts = receipts.stream().sorted(BY_KEY).toList();
    }

    void run() throws SQLException {
        if (receipts.isEmpty()) {
            return;
        }
        Savepoint before = connection.setSavepoint();
        try {
            copy();
            connection.releaseSavepoint(before);
        } catch (SQLException e) {
            if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
            connection.rollback(before);
            insertNew();
        }
    }

    private void copy() throws SQLException {
        CopyBuffer rows = new CopyBuffer(ROW_BYTES * (1 + receipts.size())).header();
        for (Receipt receipt : receipts) {
            rows.row(10)
                    .bigint(receipt.event().offset())
                    .smallint(receipt.destination().platform().ordinal())
                    .timestamp(Columns.storable(receipt.event().occurredAt()))
                    .smallint(receipt.state().ordinal())
                    .text(Columns.storable(receipt.reason()))
                    .text(Columns.storable(receipt.sentAs()))
                    .integer(receipt.settlement().attempts())
                    .timestamp(Columns.storable(receipt.settlement().at()));
            copy(rows, receipt.settlement().requestId());
            copy(rows, receipt.settlement().notes());
        }
        rows.trailer().copyTo(connection, "delivery_receipt", COLUMNS);
    }

    private static void copy(CopyBuffer rows, @Nullable UUID requestId) {
        if (requestId == null) {
            rows.nothing();
        } else {
            rows.uuid(requestId);
        }
    }

    private static void copy(CopyBuffer rows, List<String> notes) {
        if (notes.isEmpty()) {
            rows.nothing();
        } else {
            rows.texts(notes.stream().map(note -> note.replace("\0", "")).toList());
        }
    }

    private void insertNew() throws SQLException {
        new Columns<Receipt>(receipts)
                .with("bigint", r -> r.event().offset())
                .with("smallint", r -> r.destination().platform().ordinal())
                .with("timestamptz", r -> r.event().occurredAt())
                .with("smallint", r -> r.state().ordinal())
                .with("text", Receipt::reason)
                .with("text", Receipt::sentAs)
                .with("integer", r -> r.settlement().attempts())
                .with("timestamptz", r -> r.settlement().at())
                .with("uuid", r -> r.settlement().requestId())
                .with(
                        "text",
                        r -> r.settlement().notes().isEmpty()
                                ? null
                                : String.join(SEPARATOR, r.settlement().notes()))
                .run(connection, "insert into delivery_receipt (" + COLUMNS + """
                        ) select o, p, t, s, r, n, a, at, q, string_to_array(notes, chr(31))
                        from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) as u(o, p, t, s, r, n, a, at, q, notes)
                        on conflict do nothing
                        """);
    }
}
