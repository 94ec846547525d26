package dev.varve.store.postgres.audit;

import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.idOrNull;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.integer;
import static dev.varve.store.postgres.tenant.Columns.jsonObject;
import static dev.varve.store.postgres.tenant.Columns.text;
import static dev.varve.store.postgres.tenant.Columns.textList;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail.Origin;
import dev.varve.audit.AuditTrail.Row;
import dev.varve.audit.AuditTrail.Subject;
import dev.varve.event.Platform;
import dev.varve.tenant.Mode;
import dev.varve.tenant.PrefixedId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Reads rows of both sources of the trail.
final class AuditRows {
    static final String FORWARD = "capi.forward";

    private AuditRows() {}

    static Row written(ResultSet row) throws SQLException {
        String subjectType = text(row, "subject_type");
        String subjectId = text(row, "subject_id");
        ObjectNode data = jsonObject(row, "data");
        return new Row(
                id(row, "id"),
                row.getString("event_type"),
                instant(row, "occurred_at"),
                new Origin(
                        id(row, "organization_id"),
                        row.getString("actor"),
                        idOrNull(row, "api_key_id"),
                        text(row, "request_id"),
                        mode(text(row, "mode"))),
                idOrNull(row, "project_id"),
                subjectType == null || subjectId == null ? null : new Subject(subjectType, subjectId),
                data == null ? JsonNodeFactory.instance.objectNode() : data);
    }

    private static @Nullable Mode mode(@Nullable String wireName) {
        return wireName == null ? null : Mode.parse(wireName).orElseThrow();
    }

    /// A request whose layer is not known any more has no subject.
    static Row forward(ResultSet row) throws SQLException {
        return new Row(
                id(row, "id"),
                FORWARD,
                instant(row, "at"),
                new Origin(id(row, "organization_id"), "system", null, null),
                id(row, "project_id"),
                subject(idOrNull(row, "layer_id")),
                request(row));
    }

    private static @Nullable Subject subject(@Nullable UUID layerId) {
        return layerId == null ? null : new Subject(Subject.CAPI_FORWARD, PrefixedId.LAYER.format(layerId));
    }

    private static ObjectNode request(ResultSet row) throws SQLException {
        Platform platform = Platform.values()[row.getInt("platform")];
        int httpStatus = row.getInt("http_status");
        ObjectNode data = JsonNodeFactory.instance
                .objectNode()
                .put("platform", platform.layerName())
                .put("pixelId", text(row, "pixel_id"))
                .put("events", row.getInt("events"));
        textList(row, "event_ids").forEach(data.putArray("eventIds")::add);
        return data.put("outcome", row.getString("outcome"))
                .put("httpStatus", httpStatus == 0 ? null : Integer.valueOf(httpStatus))
                .put("platformCode", integer(row, "platform_code"))
                .put(traceMember(platform), text(row, "trace_id"))
                .put("latencyMs", row.getInt("latency_ms"));
    }

    private static String traceMember(Platform platform) {
        return switch (platform) {
            case META -> "fbtrace_id";
            case TIKTOK -> "request_id";
        };
    }
}
