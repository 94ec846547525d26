package dev.varve.sandbox.sim;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A request body with a `data` array, read in one pass: the other members as a tree, each event as a tree and as
/// the bytes that came. Events past the platforms' limit of 1,000 are only counted. `root` holds a non-array `data`
/// as it came.
public record EventBody(ObjectNode root, boolean hasDataArray, List<Item> items, int count) {
    public static final int MAX_EVENTS = 1_000;

    /// One event: parsed, and as it came.
    @SuppressWarnings("ArrayRecordComponent")
    public record Item(JsonNode json, byte[] bytes) {}

    /// Throws IOException for what is not one JSON object.
    public static EventBody parse(byte[] body) throws IOException {
        try (JsonParser parser = Json.MAPPER.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a JSON object");
            }
            ObjectNode root = Json.object();
            List<Item> items = new ArrayList<>();
            int count = -1;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (name.equals("data") && token == JsonToken.START_ARRAY) {
                    items.clear();
                    count = items(parser, body, items);
                } else {
                    root.set(name, parser.readValueAsTree());
                }
            }
            if (parser.nextToken() != null) {
                throw new IOException("more than one JSON value");
            }
            return new EventBody(root, count >= 0, items, Math.max(0, count));
        }
    }

    /// Reads the text of a form's `data` member.
    public static EventBody parseForm(ObjectNode members, byte[] data) throws IOException {
        try (JsonParser parser = Json.MAPPER.createParser(data)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return new EventBody(members, false, List.of(), 0);
            }
            List<Item> items = new ArrayList<>();
            int count = items(parser, data, items);
            return new EventBody(members, true, items, count);
        }
    }

    private static int items(JsonParser parser, byte[] body, List<Item> items) throws IOException {
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            count++;
            if (count > MAX_EVENTS) {
                parser.skipChildren();
                continue;
            }
            int start = (int) parser.currentTokenLocation().getByteOffset();
            JsonNode json = parser.readValueAsTree();
            int end = (int) parser.currentLocation().getByteOffset();
            items.add(new Item(json, Arrays.copyOfRange(body, start, end)));
        }
        return count;
    }
}
