package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// A successful answer. With `endless`, that is what is sent instead of the body.
record ApiAnswer(int status, JsonNode body, Map<String, String> headers, Optional<Endless> endless) {
    /// An answer that is written as things happen, until it is over. What goes wrong on the way is its own affair: the
    /// status is long sent.
    @FunctionalInterface
    interface Endless {
        /// `isKeyAlive` may be asked at any time, on any thread.
        void write(ServerResponse response, BooleanSupplier isKeyAlive);
    }

    ApiAnswer {
        headers = Map.copyOf(headers);
    }

    ApiAnswer(int status, JsonNode body, Map<String, String> headers) {
        this(status, body, headers, Optional.empty());
    }

    ApiAnswer(int status, JsonNode body) {
        this(status, body, Map.of());
    }

    static ApiAnswer endless(Endless endless) {
        return new ApiAnswer(200, Json.object(), Map.of(), Optional.of(endless));
    }

    static ApiAnswer ok(JsonNode body) {
        return new ApiAnswer(200, body);
    }

    static ApiAnswer created(JsonNode body) {
        return new ApiAnswer(201, body);
    }
}
