package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// Reads `metadata`: an object of strings that is merged key by key. An empty string removes its key, null
/// for the whole object removes all.
final class MetadataFields {
    private static final int MAX_KEYS = 50;
    private static final int MAX_BYTES = 16 << 10;
    private static final Fields.Text KEY = Fields.Text.length(0, 40);
    private static final Fields.Text VALUE = Fields.Text.length(0, 500);
    private static final String NAME = "metadata";

    private MetadataFields() {}

    static Map<String, String> merge(Fields fields, Map<String, String> before) {
        if (!fields.has(NAME)) {
            return before;
        }
        if (fields.isNull(NAME)) {
            return Map.of();
        }
        Map<String, String> merged = new TreeMap<>(before);
        fields.objectOrNull(NAME, Body.LIMIT)
                .ifPresent(given -> given.properties().forEach(member -> merge(fields, merged, member)));
        if (merged.size() > MAX_KEYS) {
            fields.issue(NAME, "at most " + MAX_KEYS + " keys, would have " + merged.size());
        }
        int bytes = json(merged).toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            fields.issue(NAME, "at most " + MAX_BYTES + " bytes, would have " + bytes);
        }
        return merged;
    }

    private static void merge(Fields fields, Map<String, String> merged, Map.Entry<String, JsonNode> member) {
        String path = NAME + "." + member.getKey();
        if (!KEY.test().test(member.getKey())) {
            fields.issue(NAME, "keys have " + KEY.message() + ", got " + ApiCall.shown(member.getKey()));
        } else if (!member.getValue().isTextual()) {
            fields.issue(path, "must be a string, got " + Fields.kind(member.getValue()));
        } else if (!VALUE.test().test(member.getValue().textValue())) {
            fields.issue(
                    path, VALUE.message() + VALUE.got().apply(member.getValue().textValue()));
        } else if (member.getValue().textValue().isEmpty()) {
            merged.remove(member.getKey());
        } else {
            merged.put(member.getKey(), member.getValue().textValue());
        }
    }

    static ObjectNode json(Map<String, String> metadata) {
        ObjectNode object = Json.object();
        new TreeMap<>(metadata).forEach(object::put);
        return object;
    }
}
