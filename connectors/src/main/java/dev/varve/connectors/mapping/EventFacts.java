package dev.varve.connectors.mapping;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.varve.destination.Candidate;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.DataProcessing;
import dev.varve.event.Documents;
import dev.varve.event.Event;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.tenant.IngestApp;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An event with its document read once, and the app and destination it is prepared for. Missing parts read as empty.
public record EventFacts(Candidate candidate, Destination destination, JsonNode document, Properties properties) {
    private static final ObjectMapper JSON =
            JsonMapper.builder(Documents.FACTORY).build();

    /// Empty when the document is no JSON object, which ingest never lets through.
    public static Optional<EventFacts> read(Candidate candidate, Destination destination) {
        JsonNode document = candidate.document();
        return document.isObject()
                ? Optional.of(
                        new EventFacts(candidate, destination, document, new Properties(document.path("properties"))))
                : Optional.empty();
    }

    public LoggedEvent logged() {
        return candidate.event();
    }

    public IngestApp app() {
        return candidate.app();
    }

    /// The event's document as a tree.
    public static Optional<JsonNode> document(LoggedEvent logged) {
        try {
            return Optional.ofNullable(JSON.readTree(logged.event().document())).filter(JsonNode::isObject);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Reads a list that legacy clients send as a JSON string; missing when it is none.
    static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }

    public Event event() {
        return candidate.event().event();
    }

    public JsonNode context() {
        return document.path("context");
    }

    public JsonNode match() {
        return document.path("match");
    }

    public @Nullable String matchText(String key) {
        return Text.shown(match().get(key));
    }

    /// Limited data use for this event: its own wish, else the layer's; null when neither says anything.
    public @Nullable DataProcessing dataProcessing() {
        JsonNode own = document.path("limitedDataUse");
        if (own.isObject()) {
            return new DataProcessing(
                    true, own.path("country").asInt(0), own.path("state").asInt(0));
        }
        return own.isBoolean() && own.booleanValue()
                ? new DataProcessing(true, 0, 0)
                : destination.mapping().dataProcessing();
    }

    /// What the platforms are told as event id: at most 64 characters, longer ones become their SHA-256.
    public String platformEventId() {
        String id = event().identity().eventId();
        return id.length() <= 64 ? id : Hashes.sha256(id);
    }

    /// Never later than our own clock had it: a later time becomes the time of arrival.
    public Instant eventTime() {
        return isClockAhead() ? logged().receivedAt() : event().occurredAt();
    }

    private boolean isClockAhead() {
        return event().occurredAt().getEpochSecond() > logged().receivedAt().getEpochSecond();
    }

    /// Notes made at ingest and by reading the time, as the start of the receipt's notes.
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (JsonNode note : document.path("notes")) {
            if (note.isTextual()) {
                notes.add(note.textValue());
            }
        }
        if (isClockAhead() && !notes.contains("clockAdjusted")) {
            notes.add("clockAdjusted");
        }
        return notes;
    }

    /// The test event code the sender asked for; the layer's own code is used by verify-tracking only.
    public @Nullable String testEventCode(Platform platform) {
        return Text.of(document.path("testEventCode").get(platform.shortName()));
    }

    /// Kept only for the sandbox, which acts on it.
    public @Nullable String sandboxOutcome() {
        return destination.testMode() ? Text.shown(properties.get("sandbox_outcome")) : null;
    }

    /// The SDK platform, `node` for a server event without device facts.
    public String senderPlatform() {
        String given = event().sender().platform();
        if (given != null) {
            return given;
        }
        boolean fromServer = event().source() == EventSource.SERVER;
        return fromServer && contextText("osVersion", "os", "version") == null
                ? "node"
                : app().platform().eventPlatform();
    }

    /// A device fact: the SDK's flat field, else the nested one of the server API.
    public @Nullable String contextText(String flat, String parent, String child) {
        String value = Text.shown(context().get(flat));
        return value != null ? value : Text.shown(context().path(parent).get(child));
    }
}
