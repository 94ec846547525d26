package dev.varve.store.postgres.audit;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.audit.AuditTrail;
import dev.varve.store.postgres.tenant.Columns;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// The audit trail in PostgreSQL: its own table, and the ledger's requests read as rows of the same form. Thread-safe.
public final class PostgresAuditTrail implements AuditTrail {
    private static final Duration VISIBLE = Duration.ofDays(90);
    /// `jsonb` refuses the escaped NUL; an even number of backslashes before it means that it is none.
    private static final Pattern NUL = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000");
    /// Text sorts UUIDs as PostgreSQL does.
    private static final Comparator<Row> NEWEST_FIRST = Comparator.comparing(Row::occurredAt)
            .reversed()
            .thenComparing(row -> row.id().toString());

    private final Jdbi jdbi;
    private final InstantSource clock;

    public PostgresAuditTrail(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    @Override
    public void record(Row row) {
        jdbi.useHandle(handle -> insert(handle, row));
    }

    private static void insert(Handle handle, Row row) {
        Subject subject = row.subject();
        handle.createUpdate("""
                        insert into audit_row (id, organization_id, event_type, occurred_at, actor, request_id, project_id,
                            api_key_id, subject_type, subject_id, data, mode)
                        values (:id, :organization, :type, :at, :actor, :request, :project, :key, :subjectType, :subjectId,
                            cast(:data as jsonb), :mode)""")
                .bind("id", uuid(row.id()))
                .bind("organization", uuid(row.origin().organizationId()))
                .bind("type", row.eventType())
                .bind("at", at(Columns.storable(row.occurredAt())))
                .bind("actor", row.origin().actor())
                .bind("request", row.origin().requestId())
                .bind("project", uuid(row.projectId()))
                .bind("key", uuid(row.origin().apiKeyId()))
                .bind("subjectType", subject == null ? null : subject.type())
                .bind("subjectId", subject == null ? null : Columns.storable(subject.id()))
                .bind(
                        "mode",
                        row.origin().mode() == null ? null : row.origin().mode().wireName())
                .bind("data", NUL.matcher(row.data().toString()).replaceAll("$1"))
                .execute();
    }

    /// Each source gives its first rows by its index; together they hold the first of both.
    @Override
    public List<Row> page(Filter filter, Optional<Position> after, int limit) {
        Instant oldest = clock.instant().minus(VISIBLE);
        Instant since = filter.since().filter(oldest::isBefore).orElse(oldest);
        return jdbi.withHandle(handle -> {
            AuditPage page = new AuditPage(handle, filter, since, after, limit);
            return Stream.concat(page.rows().stream(), page.forwards().stream())
                    .sorted(NEWEST_FIRST)
                    .limit(limit)
                    .toList();
        });
    }
}
