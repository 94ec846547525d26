package dev.varve.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.e2e.fixture.OpenApi;
import dev.varve.e2e.fixture.OpenApi.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A member of an operation's body, however deep. `steps` lead to it: names, and a 0 into each array.
record DescribedMember(List<String> steps, JsonNode schema) {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Map<String, JsonNode> KINDS = Map.of(
            "null", JSON.nullNode(),
            "boolean", JSON.booleanNode(true),
            "number", JSON.numberNode(1.5),
            "string", JSON.textNode("x"),
            "array", JSON.arrayNode(),
            "object", JSON.objectNode());

    static List<DescribedMember> of(OpenApi described, Operation operation) {
        List<DescribedMember> members = new ArrayList<>();
        JsonNode content = operation.definition().path("requestBody").path("content");
        collect(described, content.path("application/json").path("schema"), List.of(), members);
        return members;
    }

    private static void collect(OpenApi described, JsonNode given, List<String> steps, List<DescribedMember> members) {
        JsonNode schema = described.resolve(given);
        if (!steps.isEmpty()) {
            members.add(new DescribedMember(steps, schema));
        }
        schema.path("properties")
                .properties()
                .forEach(member -> collect(described, member.getValue(), with(steps, member.getKey()), members));
        if (schema.path("additionalProperties").isObject()) {
            collect(described, schema.path("additionalProperties"), with(steps, "any"), members);
        }
        if (schema.has("items")) {
            collect(described, schema.path("items"), with(steps, "0"), members);
        }
    }

    private static List<String> with(List<String> steps, String step) {
        List<String> longer = new ArrayList<>(steps);
        longer.add(step);
        return List.copyOf(longer);
    }

    /// As a refusal names it.
    String path() {
        return String.join(".", steps).replaceAll("\\.0(?=\\.|$)", "[0]");
    }

    boolean takes(String kind) {
        JsonNode type = schema.path("type");
        return type.asText().equals(kind)
                || type.valueStream().anyMatch(one -> one.asText().equals(kind));
    }

    /// A value of each JSON type that the description does not name.
    List<JsonNode> ofOtherKinds() {
        return KINDS.entrySet().stream()
                .filter(kind -> !takes(kind.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    /// The body with `value` in this place; what leads there is made where it is not.
    JsonNode in(JsonNode body, JsonNode value) {
        return put(body.deepCopy(), 0, value);
    }

    private JsonNode put(JsonNode node, int depth, JsonNode value) {
        if (depth == steps.size()) {
            return value;
        }
        String step = steps.get(depth);
        if (step.equals("0")) {
            ArrayNode array = node.isArray() ? (ArrayNode) node : JSON.arrayNode();
            JsonNode put = put(array.path(0), depth + 1, value);
            if (!array.isEmpty()) {
                array.remove(0);
            }
            return array.insert(0, put);
        }
        ObjectNode object = node.isObject() ? (ObjectNode) node : JSON.objectNode();
        return object.set(step, put(object.path(step), depth + 1, value));
    }
}
