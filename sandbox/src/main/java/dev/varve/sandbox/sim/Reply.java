package dev.varve.sandbox.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// An answer of a simulated platform, before it goes over the wire.
@SuppressWarnings("ArrayRecordComponent")
public record Reply(int status, Map<String, String> headers, byte[] body, Delivery delivery) {
    public Reply {
        headers = Map.copyOf(headers);
    }

    public static Reply json(int status, JsonNode body) {
        return new Reply(status, Map.of("Content-Type", "application/json"), Json.bytes(body), Delivery.WHOLE);
    }

    public static Reply html(int status, String page) {
        return new Reply(
                status,
                Map.of("Content-Type", "text/html; charset=utf-8"),
                page.getBytes(StandardCharsets.UTF_8),
                Delivery.WHOLE);
    }

    public static Reply text(int status, String text) {
        return new Reply(
                status,
                Map.of("Content-Type", "text/plain; charset=utf-8"),
                text.getBytes(StandardCharsets.UTF_8),
                Delivery.WHOLE);
    }

    public static Reply empty(int status) {
        return new Reply(status, Map.of(), new byte[0], Delivery.WHOLE);
    }

    public static Reply undelivered(Delivery delivery) {
        return new Reply(0, Map.of(), new byte[0], delivery);
    }

    public Reply with(Delivery other) {
        return new Reply(status, headers, body, other);
    }

    public Reply withHeader(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new Reply(status, more, body, delivery);
    }
}
