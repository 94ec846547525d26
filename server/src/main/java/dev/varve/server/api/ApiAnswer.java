package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/// A successful answer.
record ApiAnswer(int status, JsonNode body, Map<String, String> headers) {
    ApiAnswer {
        headers = Map.copyOf(headers);
    }

    ApiAnswer(int status, JsonNode body) {
        this(status, body, Map.of());
    }

    static ApiAnswer ok(JsonNode body) {
        return new ApiAnswer(200, body);
    }

    static ApiAnswer created(JsonNode body) {
        return new ApiAnswer(201, body);
    }
}
