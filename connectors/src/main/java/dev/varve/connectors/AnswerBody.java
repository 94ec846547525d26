package dev.varve.connectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads answer bodies. HTML, half a document and everything else that is no JSON object reads as empty.
public final class AnswerBody {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private AnswerBody() {}

    public static Optional<JsonNode> read(PlatformAnswer answer) {
        return answer.complete() ? object(answer.body()) : Optional.empty();
    }

    /// A JSON object in a header's value.
    public static Optional<JsonNode> readHeader(String value) {
        return object(value.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<JsonNode> object(byte[] bytes) {
        try {
            return Optional.ofNullable(JSON.readTree(bytes)).filter(JsonNode::isObject);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
