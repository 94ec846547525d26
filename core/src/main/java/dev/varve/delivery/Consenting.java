package dev.varve.delivery;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Documents;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.identity.ConsentLookup;
import dev.varve.identity.ConsentRecord;
import dev.varve.identity.MatchFields;
import dev.varve.identity.Profiles.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Narrows events to what their users and installs allow at present, whatever they allowed when the events came. Asks
/// once for all events together; throws when the store had to be asked and did not answer. Thread-safe.
final class Consenting {
    private static final ObjectMapper JSON = JsonMapper.builder(Documents.FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final ConsentLookup consents;

    Consenting(ConsentLookup consents) {
        this.consents = consents;
    }

    /// The same events in the same order, with the stricter consent and without what may not be sent.
    List<LoggedEvent> narrowed(Collection<LoggedEvent> events) {
        Map<Subject, ConsentRecord> records = look(events);
        return records.isEmpty()
                ? List.copyOf(events)
                : events.stream().map(event -> narrowed(event, records)).toList();
    }

    /// What a lane holds, parted by what is on record now. `tracked`: made ready while tracking was still allowed, so
    /// they have to be made ready anew.
    record Parted(List<LaneItem> allowed, List<LaneItem> denied, List<LaneItem> tracked) {}

    Parted parted(List<LaneItem> items) {
        Map<Subject, ConsentRecord> records =
                look(items.stream().map(LaneItem::event).toList());
        if (records.isEmpty()) {
            return new Parted(items, List.of(), List.of());
        }
        Parted parted = new Parted(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (LaneItem item : items) {
            ConsentRecord record = record(item.event().event(), records);
            if (record.consent().isAdvertisingDenied()) {
                parted.denied.add(item);
            } else if (record.isTrackingDenied()
                    && hasAdvertisingId(item.event().event())) {
                parted.tracked.add(item);
            } else {
                parted.allowed.add(item);
            }
        }
        return parted;
    }

    private Map<Subject, ConsentRecord> look(Collection<LoggedEvent> events) {
        List<Subject> subjects = new ArrayList<>(events.size() * 2);
        events.forEach(event -> subjects.addAll(ConsentLookup.subjects(event.event())));
        return subjects.isEmpty() ? Map.of() : consents.restricting(subjects);
    }

    private static ConsentRecord record(Event event, Map<Subject, ConsentRecord> records) {
        return ConsentLookup.strictest(records, ConsentLookup.subjects(event));
    }

    private static LoggedEvent narrowed(LoggedEvent logged, Map<Subject, ConsentRecord> records) {
        Event event = logged.event();
        ConsentRecord record = record(event, records);
        if (!record.isRestricting()) {
            return logged;
        }
        boolean isStripped = record.isTrackingDenied() && hasAdvertisingId(event);
        Event narrowed = new Event(
                event.identity(),
                event.occurredAt(),
                event.source(),
                event.synthetic(),
                event.sender(),
                event.consent().and(record.consent()),
                isStripped ? withoutAdvertisingId(event.document()) : event.document(),
                event.origin());
        return new LoggedEvent(logged.offset(), logged.receivedAt(), narrowed);
    }

    /// Of a document that cannot be read nothing is sent.
    private static boolean hasAdvertisingId(Event event) {
        JsonNode document = parsed(event.document());
        return document.isEmpty()
                || document.path("match").has(MatchFields.IDFA)
                || document.path("context").has(MatchFields.IDFA);
    }

    private static byte[] withoutAdvertisingId(byte[] document) {
        JsonNode parsed = parsed(document);
        for (String part : List.of("match", "context")) {
            if (parsed.get(part) instanceof ObjectNode members) {
                members.remove(MatchFields.IDFA);
            }
        }
        try {
            return JSON.writeValueAsBytes(parsed);
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory failed", e);
        }
    }

    private static JsonNode parsed(byte[] document) {
        try {
            return JSON.readTree(document);
        } catch (IOException e) {
            return JSON.createObjectNode();
        }
    }
}
