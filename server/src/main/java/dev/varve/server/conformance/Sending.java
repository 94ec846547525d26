package dev.varve.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;

/// What became of a case's event.
sealed interface Sending {
    /// `payload`: its member of the request's `data`; `request`: what stands beside `data`.
    record Sent(JsonNode payload, JsonNode request) implements Sending {}

    /// Refused at ingest, not for this platform, or a dead letter.
    record NotSent(String reason) implements Sending {}
}
