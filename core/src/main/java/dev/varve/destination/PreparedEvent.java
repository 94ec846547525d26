package dev.varve.destination;

import dev.varve.event.LoggedEvent;
import java.util.List;

/// An event in a platform's own form. `payload`: the JSON object that stands in the request's `data`. `batchKey`:
/// events with different keys never share a request (test event code, event source, offline); an empty key is the
/// ordinary one. `single`: goes alone in its request. `notes`: repairs made on the way, for the receipt.
public record PreparedEvent(
        LoggedEvent event, String sentAs, byte[] payload, String batchKey, boolean single, List<String> notes) {
    public PreparedEvent {
        notes = List.copyOf(notes);
    }
}
