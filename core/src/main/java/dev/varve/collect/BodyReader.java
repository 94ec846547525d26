package dev.varve.collect;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.varve.identity.PersonalText;
import dev.varve.identity.Sha256;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a whole request body in one streaming pass. Not thread-safe; one per request.
final class BodyReader {
    private static final int MAX_BODY = 10 * 1024 * 1024;

    /// Deeper than an event is long: a deep event is refused alone, while what the parser remembers stays bounded.
    private static final int MAX_DEPTH = 70_000;

    /// Bounded in depth; single texts may be as long as a body. Buffers come from a shared pool, because with a
    /// virtual thread per request those of thread locals would pile up.
    static final JsonFactory JSON = new JsonFactoryBuilder()
            .rootValueSeparator("")
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_BODY)
                    .maxNameLength(MAX_BODY)
                    .maxNumberLength(MAX_BODY)
                    .build())
            .recyclerPool(JsonRecyclerPools.sharedBoundedPool())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();

    private final Dialect dialect;
    private final PersonalText personal;
    private final Sha256 sha256;
    private final List<EventDraft> drafts = new ArrayList<>();
    private boolean hasEvents;
    private String gotEvents = TokenNames.of(JsonToken.NOT_AVAILABLE);
    private boolean hasTooMany;
    private @Nullable Instant sentAt;
    private Map<String, String> testEventCode = Map.of();

    BodyReader(Dialect dialect, PersonalText personal, Sha256 sha256) {
        this.dialect = dialect;
        this.personal = personal;
        this.sha256 = sha256;
    }

    Body read(byte[] body) {
        ByteSink properties = new ByteSink(Math.min(body.length + 64, 256 * 1024));
        ByteSink extra = new ByteSink(128);
        try (JsonParser parser = JSON.createParser(body);
                JsonGenerator propertyOut = JSON.createGenerator(properties, JsonEncoding.UTF8);
                JsonGenerator extraOut = JSON.createGenerator(extra, JsonEncoding.UTF8)) {
            FreeMembers.Sinks sinks = new FreeMembers.Sinks(properties, propertyOut, extra, extraOut);
            readRoot(parser, new EventReader(new EventInput(parser, dialect, personal, sha256), sinks));
        } catch (IOException e) {
            return unreadable("", "expected a JSON object, got something unreadable");
        }
        if (hasTooMany) {
            return new Body.TooMany();
        }
        if (!hasEvents || drafts.isEmpty()) {
            return unreadable(
                    "events",
                    "expected a list of 1 to " + dialect.maxEvents + " events, got "
                            + (hasEvents ? "an empty list" : gotEvents));
        }
        return new Body.Read(drafts, properties, extra, sentAt, testEventCode);
    }

    private static Body unreadable(String path, String message) {
        return new Body.Unreadable(new CollectOutcome.Issue(path, message));
    }

    private void readRoot(JsonParser parser, EventReader events) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("no object");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (name.equals("events") && token == JsonToken.START_ARRAY) {
                readEvents(parser, events);
            } else if (name.equals("sent_at") && token == JsonToken.VALUE_STRING && parser.getTextLength() <= 64) {
                IsoTime.Reading time = IsoTime.parse(parser.getText().strip());
                sentAt = time == null ? null : time.time();
            } else if (name.equals("testEventCode") && dialect == Dialect.SERVER) {
                testEventCode = TestEventCodes.read(parser);
            } else {
                gotEvents = name.equals("events") ? TokenNames.of(token) : gotEvents;
                parser.skipChildren();
            }
            if (hasTooMany) {
                return;
            }
        }
        if (parser.nextToken() != null) {
            throw new IOException("more than one value");
        }
    }

    private void readEvents(JsonParser parser, EventReader events) throws IOException {
        hasEvents = true;
        drafts.clear();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (drafts.size() == dialect.maxEvents) {
                hasTooMany = true;
                return;
            }
            drafts.add(events.read(drafts.size()));
        }
    }
}
