package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What every answer shares.
final class Json {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /// RFC 3339 in UTC with exactly three decimals; null for null.
    static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : TIME.format(instant);
    }

    /// A page: `items` from at most `limit` of `rows`, `nextCursor` when there are more.
    static <T> ObjectNode page(List<T> rows, int limit, Function<T, ObjectNode> item, Function<T, String> cursor) {
        ObjectNode page = object();
        ArrayNode items = page.putArray("items");
        rows.stream().limit(limit).map(item).forEach(items::add);
        page.put("nextCursor", rows.size() > limit ? cursor.apply(rows.get(limit - 1)) : null);
        return page;
    }
}
