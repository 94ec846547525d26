package dev.varve.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An audit trail for tests that need no database, without the forwards; passes `AuditTrailContract`.
public final class InMemoryAuditTrail implements AuditTrail {
    private static final Comparator<Row> NEWEST_FIRST = Comparator.comparing(Row::occurredAt)
            .reversed()
            .thenComparing(row -> row.id().toString());

    private final List<Row> rows = new ArrayList<>();
    private final InstantSource clock;

    public InMemoryAuditTrail(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void record(Row row) {
        rows.add(row);
    }

    @Override
    public synchronized List<Row> page(Filter filter, Optional<Position> after, int limit) {
        Instant oldest = clock.instant().minus(Duration.ofDays(90));
        return rows.stream()
                .filter(row -> !row.occurredAt().isBefore(oldest) && matches(filter, row))
                .filter(row -> after.isEmpty() || isAfter(row, after.get()))
                .sorted(NEWEST_FIRST)
                .limit(limit)
                .toList();
    }

    private static boolean isAfter(Row row, Position position) {
        int order = position.occurredAt().compareTo(row.occurredAt());
        return order > 0
                || (order == 0 && row.id().toString().compareTo(position.id().toString()) > 0);
    }

    private static boolean matches(Filter filter, Row row) {
        Subject subject = row.subject();
        return row.origin().organizationId().equals(filter.organizationId())
                && is(filter.subjectType(), subject == null ? null : subject.type())
                && (filter.subjectId().isEmpty()
                        || subject != null && filter.subjectIds().contains(subject.id()))
                && is(filter.eventType(), row.eventType())
                && is(filter.projectId(), row.projectId())
                && is(filter.apiKeyId(), row.origin().apiKeyId())
                && filter.since()
                        .map(since -> !row.occurredAt().isBefore(since))
                        .orElse(true)
                && filter.until().map(until -> !row.occurredAt().isAfter(until)).orElse(true);
    }

    private static <T> boolean is(Optional<T> wanted, @Nullable T value) {
        return wanted.isEmpty() || wanted.get().equals(value);
    }
}
