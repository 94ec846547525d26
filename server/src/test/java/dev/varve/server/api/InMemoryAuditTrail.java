package dev.varve.server.api;

import dev.varve.audit.AuditTrail;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/// An audit trail without a store.
final class InMemoryAuditTrail implements AuditTrail {
    private static final Comparator<Row> ORDER = Comparator.comparing(Row::occurredAt)
            .reversed()
            .thenComparing(row -> row.id().toString());

    final List<Row> rows = new CopyOnWriteArrayList<>();

    /// False: the row that every mutating call leaves is not kept.
    volatile boolean keepsRequests = true;

    @Override
    public void record(Row row) {
        if (keepsRequests || !row.eventType().equals("api.request")) {
            rows.add(row);
        }
    }

    @Override
    public List<Row> page(Filter filter, Optional<Position> after, int limit) {
        return rows.stream()
                .filter(row -> matches(row, filter))
                .sorted(ORDER)
                .filter(row ->
                        after.filter(position -> !isBehind(row, position)).isEmpty())
                .limit(limit)
                .toList();
    }

    List<String> types() {
        return rows.stream().map(Row::eventType).toList();
    }

    private static boolean isBehind(Row row, Position position) {
        int time = row.occurredAt().compareTo(position.occurredAt());
        return time < 0
                || time == 0 && row.id().toString().compareTo(position.id().toString()) > 0;
    }

    private static boolean matches(Row row, Filter filter) {
        Subject subject = row.subject();
        return row.origin().organizationId().equals(filter.organizationId())
                && isOf(filter.subjectType(), subject == null ? "" : subject.type())
                && (filter.subjectId().isEmpty()
                        || subject != null && filter.subjectIds().contains(subject.id()))
                && isOf(filter.eventType(), row.eventType())
                && isOf(filter.projectId(), orNone(row.projectId()))
                && isOf(filter.apiKeyId(), orNone(row.origin().apiKeyId()))
                && !row.occurredAt().isBefore(filter.since().orElse(Instant.MIN))
                && !row.occurredAt().isAfter(filter.until().orElse(Instant.MAX));
    }

    private static UUID orNone(@org.jspecify.annotations.Nullable UUID id) {
        return id == null ? new UUID(0, 0) : id;
    }

    private static <T> boolean isOf(Optional<T> wanted, T value) {
        return wanted.isEmpty() || wanted.get().equals(value);
    }
}
