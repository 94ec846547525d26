package dev.varve.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.e2e.fixture.OpenApi;
import dev.varve.e2e.fixture.OpenApi.Operation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A request in which everything that the description constrains is wrong at once. `query` begins with `?` when there
/// is one; `names` are the places that the refusal has to name.
record BrokenRequest(String query, String body, Set<String> names) {
    /// Ids that a query takes; their form is prose in the description.
    private static final Set<String> QUERY_IDS = Set.of("projectId", "apiKeyId");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /// Every query parameter that can be wrong.
    static BrokenRequest query(OpenApi described, Operation operation, String body) {
        List<String> parts = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode parameter : operation.definition().path("parameters")) {
            JsonNode known = described.resolve(parameter);
            String name = known.path("name").asText();
            String wrong = wrongText(name, known.path("schema"));
            if (known.path("in").asText().equals("query") && !wrong.isEmpty()) {
                parts.add(name + "=" + URLEncoder.encode(wrong, StandardCharsets.UTF_8));
                names.add(name);
            }
        }
        return new BrokenRequest(parts.isEmpty() ? "" : "?" + String.join("&", parts), body, names);
    }

    private static String wrongText(String name, JsonNode schema) {
        if (name.equals("cursor")) {
            return "!";
        }
        if (schema.path("items").has("enum") || schema.has("enum")) {
            return "amiga";
        }
        return switch (schema.path("type").asText()) {
            case "integer" -> "many";
            case "boolean" -> "maybe";
            case "array" ->
                schema.has("maxItems")
                        ? IntStream.rangeClosed(0, schema.path("maxItems").asInt())
                                .mapToObj(Integer::toString)
                                .collect(Collectors.joining(","))
                        : "";
            default ->
                schema.path("format").asText().equals("date-time") ? "yesterday" : QUERY_IDS.contains(name) ? "42" : "";
        };
    }

    /// Every member of the body is of a kind that it must not be.
    static BrokenRequest kinds(OpenApi described, Operation operation) {
        Set<String> names = new HashSet<>();
        ObjectNode body = JSON.objectNode();
        schema(described, operation).path("properties").properties().forEach(member -> {
            body.set(member.getKey(), otherKind(described.resolve(member.getValue())));
            names.add(member.getKey());
        });
        return new BrokenRequest("", body.toString(), names);
    }

    /// Every leaf of the body is of the right kind, but out of its bounds where it has some.
    static BrokenRequest leaves(OpenApi described, Operation operation) {
        Set<String> names = new HashSet<>();
        JsonNode body = broken(described, schema(described, operation), "", names);
        return new BrokenRequest("", body.toString(), names);
    }

    private static JsonNode schema(OpenApi described, Operation operation) {
        return described.resolve(operation
                .definition()
                .path("requestBody")
                .path("content")
                .path("application/json")
                .path("schema"));
    }

    private static JsonNode otherKind(JsonNode schema) {
        if (!isA(schema, "integer") && !isA(schema, "number") && !isA(schema, "boolean")) {
            return JSON.numberNode(7);
        }
        return isA(schema, "string") ? JSON.booleanNode(true) : JSON.textNode("maybe");
    }

    private static boolean isA(JsonNode schema, String type) {
        JsonNode types = schema.path("type");
        return types.asText().equals(type)
                || types.valueStream().anyMatch(one -> one.asText().equals(type));
    }

    private static JsonNode broken(OpenApi described, JsonNode schema, String at, Set<String> names) {
        if (schema.has("properties")) {
            ObjectNode object = JSON.objectNode();
            schema.path("properties")
                    .properties()
                    .forEach(member -> object.set(
                            member.getKey(),
                            broken(
                                    described,
                                    described.resolve(member.getValue()),
                                    at.isEmpty() ? member.getKey() : at + "." + member.getKey(),
                                    names)));
            return object;
        }
        JsonNode items = described.resolve(schema.path("items"));
        if (items.has("properties")) {
            ArrayNode array = JSON.arrayNode();
            return array.add(broken(described, items, at + "[0]", names));
        }
        names.add(at);
        return outOfBounds(schema, items);
    }

    private static JsonNode outOfBounds(JsonNode schema, JsonNode items) {
        if (items.has("enum") || items.has("const")) {
            return JSON.arrayNode().add("amiga");
        }
        if (schema.path("additionalProperties").isObject()) {
            return JSON.objectNode().set("member", JSON.numberNode(7));
        }
        if (isA(schema, "string") && schema.has("maxLength")) {
            return JSON.textNode("x".repeat(schema.path("maxLength").asInt() + 1));
        }
        if (schema.has("maximum")) {
            return JSON.numberNode(schema.path("maximum").asLong() + 1);
        }
        boolean isWord = schema.has("enum") || schema.has("pattern") || schema.has("format");
        return isA(schema, "string") && isWord ? JSON.textNode("amiga") : otherKind(schema);
    }
}
