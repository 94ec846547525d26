package dev.varve.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.tenant.Mode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The trail of what was done in an organization: rows written here, and one `capi.forward` row for every request to a
/// platform, which the delivery ledger writes. Rows never hold secrets, tokens, raw e-mail, phone or address; a change
/// names fields, not values. Thread-safe.
public interface AuditTrail {
    void record(Row row);

    /// Newest first, then by id ascending; at most `limit`. Nothing older than 90 days.
    List<Row> page(Filter filter, Optional<Position> after, int limit);

    /// `projectId` and `subject` null where the thing done belongs to none.
    record Row(
            UUID id,
            String eventType,
            Instant occurredAt,
            Origin origin,
            @Nullable UUID projectId,
            @Nullable Subject subject,
            ObjectNode data) {}

    /// `actor`: `partner_api`, `system` or `operator`. `mode` null: keys of both modes see the row.
    record Origin(
            UUID organizationId,
            String actor,
            @Nullable UUID apiKeyId,
            @Nullable String requestId,
            @Nullable Mode mode) {
        public Origin(UUID organizationId, String actor, @Nullable UUID apiKeyId, @Nullable String requestId) {
            this(organizationId, actor, apiKeyId, requestId, null);
        }
    }

    /// `type` as in the contract, such as `capi_forward` or `layer`; `id` in its wire form.
    record Subject(String type, String id) {
        public static final String CAPI_FORWARD = "capi_forward";
        public static final String LAYER = "layer";
        public static final String DEAD_LETTER = "dead_letter";
    }

    /// Empty: all. Times inclusive.
    record Filter(
            UUID organizationId,
            Optional<String> subjectType,
            Optional<String> subjectId,
            Optional<String> eventType,
            Optional<UUID> projectId,
            Optional<UUID> apiKeyId,
            Optional<Instant> since,
            Optional<Instant> until) {}

    /// The last row of the page before.
    record Position(Instant occurredAt, UUID id) {}
}
