package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;

/// A successful answer.
record ApiAnswer(int status, JsonNode body) {
    static ApiAnswer ok(JsonNode body) {
        return new ApiAnswer(200, body);
    }

    static ApiAnswer created(JsonNode body) {
        return new ApiAnswer(201, body);
    }
}
