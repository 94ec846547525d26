package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.idOrNull;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.text;

import dev.varve.delivery.RollupKey;
import dev.varve.event.Platform;
import dev.varve.health.CapiFacts;
import dev.varve.store.postgres.tenant.PostgresLayers;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers.LayerError;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One platform's row of `SelectStatus`.
record StatusRow(Platform platform, Optional<Layer> layer, Ledger ledger, Errors errors, Hints hints) {
    /// A backlog is counted up to here.
    static final int MANY = 1_000;

    record Ledger(
            CapiFacts.Lane lane,
            CapiFacts.Counts counts,
            CapiFacts.Drift drift,
            CapiFacts.Backlog backlog,
            long deadLetters) {
        boolean hasMore() {
            return backlog.events() >= MANY;
        }
    }

    /// The newest error of all, and the newest success.
    record Errors(Optional<LayerError> newest, @Nullable Instant lastSuccessAt) {}

    /// What may be worth a warning. `unreadableSince` null: the platform's statistics can be read, or were never asked.
    record Hints(
            @Nullable Instant testEventCodeSince,
            @Nullable Instant unreadableSince,
            @Nullable String unreadableReason) {}

    static StatusRow read(ResultSet row) throws SQLException {
        Instant lastSuccessAt = instantOrNull(row, "last_success_at");
        boolean hasError = instantOrNull(row, "error_at") != null && text(row, "error_code") != null;
        return new StatusRow(
                Platform.values()[row.getInt("ordinal")],
                idOrNull(row, "id") == null ? Optional.empty() : Optional.of(PostgresLayers.read(row)),
                ledger(row),
                new Errors(hasError ? Optional.of(PostgresLayers.readError(row)) : Optional.empty(), lastSuccessAt),
                new Hints(
                        instantOrNull(row, "test_event_code_since"),
                        row.getBoolean("is_readable") ? null : instantOrNull(row, "unreadable_since"),
                        text(row, "reason")));
    }

    Optional<LayerError> lastError(Instant now) {
        Layer.Token token = layer.map(Layer::token).orElse(Layer.Token.NONE);
        return errors.newest.filter(error -> error.isShown(errors.lastSuccessAt, token, now));
    }

    CapiFacts facts(CapiFacts.Backlog backlog) {
        return new CapiFacts(
                layer.map(StatusRow::configuration).orElse(new CapiFacts.Configuration(false, false, false, false)),
                ledger.lane,
                ledger.counts,
                ledger.drift,
                backlog,
                ledger.deadLetters);
    }

    private static CapiFacts.Configuration configuration(Layer layer) {
        return new CapiFacts.Configuration(
                layer.enabled(),
                layer.pixelId() != null,
                layer.token().isPresent(),
                layer.token().isRefused());
    }

    private static Ledger ledger(ResultSet row) throws SQLException {
        CapiFacts.Lane lane = new CapiFacts.Lane(
                Objects.requireNonNullElse(text(row, "state"), CapiFacts.Lane.FLOWING),
                instantOrNull(row, "last_success_at"),
                instantOrNull(row, "failing_since"),
                instantOrNull(row, "last_failure_at"),
                instantOrNull(row, "last_eligible_at"));
        Map<String, Long> day = sums(row, "day");
        day.merge(RollupKey.RECEIVED, row.getLong("of_day"), Long::sum);
        CapiFacts.Counts counts = new CapiFacts.Counts(
                sums(row, "hour"), day, row.getLong("quarter_attempts"), row.getLong("quarter_failed_attempts"));
        return new Ledger(
                lane,
                counts,
                new CapiFacts.Drift(
                        row.getLong("drift_sent"),
                        row.getLong("drift_received") + row.getLong("of_drift"),
                        instant(row, "as_of")),
                new CapiFacts.Backlog(row.getLong("waiting"), instantOrNull(row, "oldest_at")),
                row.getLong("dead_letters"));
    }

    private static Map<String, Long> sums(ResultSet row, String span) throws SQLException {
        Map<String, Long> sums = new HashMap<>();
        for (String metric : Objects.requireNonNull(SelectStatus.SUMMED.get(span))) {
            sums.put(metric, row.getLong(span + "_" + metric));
        }
        return sums;
    }
}
