package dev.varve.server.api;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Documents;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.health.Attempt;
import dev.varve.health.Receipt;
import dev.varve.health.Timeline.TimelineEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Events as the API shows them.
final class EventJson {
    private static final JsonMapper JSON = JsonMapper.builder(Documents.FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final Redaction redaction;

    EventJson(Redaction redaction) {
        this.redaction = redaction;
    }

    ObjectNode item(TimelineEntry entry) {
        LoggedEvent logged = entry.logged();
        Event event = logged.event();
        JsonNode document = document(event);
        ObjectNode item = Json.object()
                .put("eventId", event.identity().eventId())
                .put("appId", event.identity().appId())
                .put("name", redaction.text(event.name()))
                .put("occurredAt", Json.time(event.occurredAt()))
                .put("receivedAt", Json.time(logged.receivedAt()))
                .put("source", event.source().wireName())
                .put("environment", redaction.text(event.sender().environment()))
                .put("platform", redaction.text(event.sender().platform()))
                .put("userId", redaction.text(event.sender().userId()))
                .put("installId", redaction.text(event.sender().installId()))
                .put("sessionId", redaction.text(event.sender().sessionId()));
        item.set("properties", redaction.object(document.path("properties")));
        item.set("context", context(event, document));
        item.set("consent", consent(event));
        item.put("synthetic", event.synthetic());
        item.set("forwarding", forwarding(entry, document));
        return item;
    }

    /// Where the event stands by now, without what it says.
    static ObjectNode standing(TimelineEntry entry) {
        Event event = entry.logged().event();
        ObjectNode standing = Json.object()
                .put("eventId", event.identity().eventId())
                .put("appId", event.identity().appId());
        standing.set("forwarding", forwarding(entry, document(event)));
        return standing;
    }

    private static ArrayNode forwarding(TimelineEntry entry, JsonNode document) {
        ArrayNode forwarding = Json.array();
        entry.receipts().forEach(receipt -> forwarding.add(receipt(receipt, notes(document))));
        return forwarding;
    }

    static ArrayNode attempts(List<Attempt> attempts) {
        ArrayNode array = Json.array();
        for (Attempt attempt : attempts) {
            Attempt.PlatformAnswer answer = attempt.answer();
            ObjectNode one = array.addObject()
                    .put("platform", attempt.platform().shortName())
                    .put("attempt", attempt.number())
                    .put("sentAs", attempt.sentAs())
                    .put("at", Json.time(answer.at()))
                    .put("outcome", attempt.outcome())
                    .put("httpStatus", answer.httpStatus())
                    .put("platformCode", answer.platformCode())
                    .put("message", answer.message());
            if (answer.traceId() != null) {
                one.put(traceName(attempt.platform()), answer.traceId());
            }
            one.put("latencyMs", answer.latencyMs()).put("nextRetryAt", Json.time(attempt.nextRetryAt()));
        }
        return array;
    }

    static String traceName(Platform platform) {
        return switch (platform) {
            case META -> "fbtrace_id";
            case TIKTOK -> "request_id";
        };
    }

    /// Address and user agent come from the matching record, as long as there is one.
    private ObjectNode context(Event event, JsonNode document) {
        ObjectNode stored = document.path("context") instanceof ObjectNode given ? given.deepCopy() : Json.object();
        if (event.origin().ip() != null) {
            stored.put("ip", event.origin().ip());
        }
        if (event.origin().userAgent() != null) {
            stored.put("userAgent", event.origin().userAgent());
        }
        return redaction.object(stored);
    }

    private static ObjectNode consent(Event event) {
        ObjectNode consent = Json.object();
        if (event.consent().analytics() != null) {
            consent.put("analytics", event.consent().analytics());
        }
        if (event.consent().advertising() != null) {
            consent.put("advertising", event.consent().advertising());
        }
        return consent;
    }

    private static Set<String> notes(JsonNode document) {
        Set<String> notes = new LinkedHashSet<>();
        document.path("notes").forEach(note -> notes.add(note.asText()));
        return notes;
    }

    private static ObjectNode receipt(Receipt receipt, Set<String> ingestNotes) {
        ObjectNode json = Json.object()
                .put("platform", receipt.platform().shortName())
                .put("state", receipt.state().wireName());
        if (receipt.reason() != null) {
            json.put("reason", receipt.reason());
        }
        if (receipt.traceId() != null) {
            json.put(traceName(receipt.platform()), receipt.traceId());
        }
        if (receipt.at() != null) {
            json.put("at", Json.time(receipt.at()));
        }
        Set<String> notes = new LinkedHashSet<>(ingestNotes);
        notes.addAll(receipt.notes());
        if (!notes.isEmpty()) {
            notes.forEach(json.putArray("notes")::add);
        }
        return json;
    }

    private static JsonNode document(Event event) {
        try {
            return JSON.readTree(event.document());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
