package dev.varve.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.tenant.Mode;
import dev.varve.tenant.PrefixedId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The trail of what was done in an organization: rows written here, and one `capi.forward` row for every request to a
/// platform, which the delivery ledger writes. Rows never hold secrets, tokens, raw e-mail, phone or address; a change
/// names fields, not values. Thread-safe.
public interface AuditTrail {
    void record(Row row);

    /// Newest first, then by id ascending; at most `limit`. Nothing older than 90 days.
    List<Row> page(Filter filter, Optional<Position> after, int limit);

    /// `projectId` and `subject` null where the thing done belongs to none. `occurredAt` is cut to milliseconds, which
    /// is what is shown, asked for and paged by.
    record Row(
            UUID id,
            String eventType,
            Instant occurredAt,
            Origin origin,
            @Nullable UUID projectId,
            @Nullable Subject subject,
            ObjectNode data) {
        public Row {
            occurredAt = occurredAt.truncatedTo(ChronoUnit.MILLIS);
        }
    }

    /// `actor`: `partner_api`, `system` or `operator`. `mode` null: that of the row's project; without one,
    /// keys of both modes see the row.
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
        private static final Map<String, PrefixedId> PREFIXED = Map.of(
                CAPI_FORWARD,
                PrefixedId.LAYER,
                LAYER,
                PrefixedId.LAYER,
                "project",
                PrefixedId.PROJECT,
                "api_key",
                PrefixedId.API_KEY,
                "organization",
                PrefixedId.ORGANIZATION);

        /// The wire forms that a caller's id may stand for. `type` empty: any.
        static Set<String> forms(String type, String id) {
            Set<String> forms = new HashSet<>(Set.of(id));
            PrefixedId ofType = PREFIXED.get(type);
            for (PrefixedId form : ofType == null ? List.of(PrefixedId.values()) : List.of(ofType)) {
                if (ofType != null || type.isEmpty()) {
                    form.parse(id).map(form::format).ifPresent(forms::add);
                }
            }
            return forms;
        }
    }

    /// Empty: all. Times inclusive. `subjectId`: a bare UUID finds subjects of every prefix, unless the type
    /// says which.
    record Filter(
            UUID organizationId,
            Optional<String> subjectType,
            Optional<String> subjectId,
            Optional<String> eventType,
            Optional<UUID> projectId,
            Optional<UUID> apiKeyId,
            Optional<Instant> since,
            Optional<Instant> until) {
        /// The ids that are meant, as they are stored; empty: all.
        public Set<String> subjectIds() {
            return subjectId
                    .map(id -> Subject.forms(subjectType.orElse(""), id))
                    .orElse(Set.of());
        }
    }

    /// The last row of the page before.
    record Position(Instant occurredAt, UUID id) {}
}
