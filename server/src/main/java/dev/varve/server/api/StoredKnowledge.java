package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.varve.event.Event;
import dev.varve.identity.KnownIds;
import dev.varve.identity.Profiles;
import dev.varve.identity.Profiles.Subject;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What is stored of the person and the install behind an event, and how to keep it from callers who may not see
/// personal data.
record StoredKnowledge(KnownIds known) {
    /// Shorter values are hidden only where they stand alone: parts of other words would be hit by chance.
    private static final int TELLING_LENGTH = 8;

    static StoredKnowledge of(Event event, Profiles profiles, Instant now) {
        Set<Subject> subjects = new LinkedHashSet<>();
        if (event.sender().userId() != null) {
            subjects.add(new Subject(
                    event.identity().projectId(),
                    Subject.Kind.USER,
                    event.sender().userId()));
        }
        if (event.sender().installId() != null) {
            subjects.add(new Subject(
                    event.identity().projectId(),
                    Subject.Kind.INSTALL,
                    event.sender().installId()));
        }
        Map<Subject, KnownIds> found = subjects.isEmpty() ? Map.of() : profiles.find(subjects, now);
        return new StoredKnowledge(
                subjects.stream().filter(found::containsKey).map(found::get).reduce(KnownIds.NONE, KnownIds::merge));
    }

    /// The payload with `[redacted]` in place of every text that comes from what is stored and not from the event's own
    /// `document`.
    JsonNode hidden(JsonNode payload, JsonNode document) {
        Set<String> stored = new HashSet<>();
        known.ids().values().forEach(seen -> stored.add(lower(seen.value())));
        collect(known.profile(), stored);
        Set<String> own = new HashSet<>();
        collect(document, own);
        stored.removeAll(own);
        stored.remove("");
        return stored.isEmpty() ? payload : hidden(payload, stored);
    }

    private static void collect(JsonNode node, Set<String> texts) {
        if (node.isTextual()) {
            texts.add(lower(node.textValue()));
        }
        node.forEach(child -> collect(child, texts));
    }

    private static JsonNode hidden(JsonNode node, Set<String> stored) {
        return switch (node) {
            case TextNode text when isStored(lower(text.textValue()), stored) -> TextNode.valueOf(Redaction.REDACTED);
            case ArrayNode array -> {
                ArrayNode copy = Json.array();
                array.forEach(element -> copy.add(hidden(element, stored)));
                yield copy;
            }
            case ObjectNode object -> {
                ObjectNode copy = Json.object();
                object.properties().forEach(member -> copy.set(member.getKey(), hidden(member.getValue(), stored)));
                yield copy;
            }
            default -> node;
        };
    }

    private static boolean isStored(String text, Set<String> stored) {
        return stored.stream()
                .anyMatch(value -> text.equals(value) || value.length() >= TELLING_LENGTH && text.contains(value));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
