package dev.varve.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.Map;

/// A row of the normalisation table, `{field, input, sha256 | rejected}`, as a case: an event whose user has that
/// field, and another one by which the event may be sent when the field is refused.
final class VectorRow {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Map<String, String> FIELDS = Map.ofEntries(
            Map.entry("em", "email"),
            Map.entry("ph", "phone"),
            Map.entry("fn", "firstName"),
            Map.entry("ln", "lastName"),
            Map.entry("db", "dateOfBirth"),
            Map.entry("ge", "gender"),
            Map.entry("ct", "city"),
            Map.entry("st", "state"),
            Map.entry("zp", "zip"),
            Map.entry("country", "country"),
            Map.entry("external_id", "externalId"));

    private VectorRow() {}

    static boolean isRow(JsonNode entry) {
        return entry.has("field") && entry.has("input") && !CaseReading.isCase(entry);
    }

    static CaseReading read(JsonNode row, int index) {
        String field = row.path("field").asText();
        String id = field + "#" + (index + 1);
        String name = FIELDS.get(field);
        if (name == null) {
            return new CaseReading.IllFormed(id, "field: there is no field of this name");
        }
        boolean isRejected =
                row.path("rejected").asBoolean() || row.path("sha256").isNull();
        if (!isRejected
                && !row.path("sha256").isTextual()
                && !row.path("sha256").isArray()) {
            return new CaseReading.IllFormed(id, "sha256: expected a hash, or rejected");
        }
        ObjectNode expected = CaseFile.JSON.createObjectNode();
        if (isRejected) {
            expected.putArray("must_be_absent").add("user_data." + field);
        } else {
            expected.putObject("expected_meta_user_data").set(field, row.get("sha256"));
        }
        return new CaseReading.Usable(new Case(id, true, Platform.META, NOW, event(name, row.get("input")), expected));
    }

    private static ObjectNode event(String name, JsonNode input) {
        ObjectNode event = CaseFile.JSON.createObjectNode();
        event.put("event", "PageView").put("timestamp", NOW.toString()).put("actionSource", "website");
        event.putObject("context").putObject("page").put("url", "https://shop.example.com/");
        ObjectNode user = event.putObject("userData");
        user.put(name.equals("externalId") ? "email" : "externalId", "someone@example.com");
        user.set(name, input);
        return event;
    }
}
