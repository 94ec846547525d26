package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail;
import dev.varve.server.http.RequestId;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes down what a call of the Partner API did: routes call it after the deed. Rows name fields, never values.
record Audit(AuditTrail trail) {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private static final String ACTOR = "partner_api";

    /// `subject`: what it was done to, and the project that belongs to.
    record Deed(String eventType, @Nullable UUID projectId, AuditTrail.Subject subject, ObjectNode data) {}

    /// The deed stands even when the row cannot be written: an error answer would claim that nothing
    /// happened, and might withhold a key that is shown once.
    void record(ApiCall call, Deed deed) {
        AuditTrail.Origin origin = new AuditTrail.Origin(
                call.caller().organization().id(),
                ACTOR,
                call.caller().key().id(),
                RequestId.of(call.request()),
                call.caller().key().env());
        try {
            trail.record(new AuditTrail.Row(
                    UUID.randomUUID(),
                    deed.eventType(),
                    call.now(),
                    origin,
                    deed.projectId(),
                    deed.subject(),
                    deed.data()));
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("requestId", origin.requestId())
                    .addKeyValue("eventType", deed.eventType())
                    .addKeyValue("subjectId", deed.subject().id())
                    .setCause(e)
                    .log("audit.failed");
        }
    }

    /// `{"fields": […]}`.
    static ObjectNode fields(Collection<String> names) {
        ObjectNode data = Json.object();
        ArrayNode fields = data.putArray("fields");
        names.forEach(fields::add);
        return data;
    }

    /// Names of the members in which two answers about one object differ, but for `updatedAt`.
    static List<String> changed(ObjectNode before, ObjectNode after) {
        return Stream.concat(before.propertyStream(), after.propertyStream())
                .map(java.util.Map.Entry::getKey)
                .distinct()
                .filter(name -> !name.equals("updatedAt"))
                .filter(name -> !before.path(name).equals(after.path(name)))
                .sorted()
                .toList();
    }
}
