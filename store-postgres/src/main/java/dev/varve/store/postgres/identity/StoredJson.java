package dev.varve.store.postgres.identity;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Documents;

/// JSON objects kept as text, numbers as they were sent.
final class StoredJson {
    private static final JsonMapper JSON = JsonMapper.builder(Documents.FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private StoredJson() {}

    static ObjectNode object(String text) {
        try {
            return (ObjectNode) JSON.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalStateException("a stored profile cannot be read", e);
        }
    }
}
