package dev.varve.collect;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.varve.identity.FieldKind;
import dev.varve.identity.MatchInputs.Source;
import dev.varve.identity.PersonalText;
import dev.varve.identity.Sha256;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What the readers of an event's parts share: the parser, the event that is being read, and the ways to read single
/// values and to refuse them. One per request; not thread-safe.
final class EventInput {
    static final int MAX_FACT = 2_000;
    /// Stands there before the first event and is never written to.
    private static final EventDraft NONE = new EventDraft(false);

    final JsonParser parser;
    final Dialect dialect;
    final PropertyCopier copier;
    private final Sha256 sha256;
    private EventDraft draft = NONE;
    private int index;

    EventInput(JsonParser parser, Dialect dialect, PersonalText personal, Sha256 sha256) {
        this.parser = parser;
        this.dialect = dialect;
        this.copier = new PropertyCopier(parser, personal);
        this.sha256 = sha256;
    }

    /// Starts the event with this place in the request.
    EventDraft begin(int eventIndex) {
        draft = new EventDraft(dialect.isStrict());
        index = eventIndex;
        copier.reset();
        return draft;
    }

    EventDraft draft() {
        return draft;
    }

    /// Where the parser stands, in bytes or characters of the body.
    long offset() {
        var location = parser.currentLocation();
        return Math.max(location.getByteOffset(), location.getCharOffset());
    }

    void refuse(String message) {
        draft.reject(index, "VALIDATION", message);
    }

    /// Replaces an earlier refusal: of an event this size nothing else is worth saying.
    void refuseSize() {
        draft.rejectSize(index, "event: expected at most 65536 bytes, got more");
    }

    /// Skips a value of the wrong type; servers hear of it. Null is no wrong type: it counts as absent, here and so in
    /// every optional member of an event.
    void refuseUnlessNull(String path, String expected) throws IOException {
        if (dialect.isStrict() && parser.currentToken() != JsonToken.VALUE_NULL) {
            refuse(path + ": expected " + expected + ", got " + got());
        }
        parser.skipChildren();
    }

    String got() {
        return TokenNames.of(parser.currentToken());
    }

    boolean isTextOrNumber() {
        JsonToken token = parser.currentToken();
        return token == JsonToken.VALUE_STRING
                || token == JsonToken.VALUE_NUMBER_INT
                || token == JsonToken.VALUE_NUMBER_FLOAT;
    }

    boolean isScalar() {
        return parser.currentToken().isScalarValue();
    }

    @Nullable
    Boolean flag() {
        if (parser.currentToken() == JsonToken.VALUE_TRUE) {
            return true;
        }
        return parser.currentToken() == JsonToken.VALUE_FALSE ? false : null;
    }

    /// An id or short word, null when it is no text or number. Longer ones than can be indexed become their hash.
    @Nullable
    String id(@Nullable FieldKind kind) throws IOException {
        String raw = rawId();
        if (kind != null) {
            draft.match.add(Source.EVENT, kind, raw);
        }
        return stored(raw);
    }

    private @Nullable String rawId() throws IOException {
        if (!isTextOrNumber()) {
            parser.skipChildren();
            return null;
        }
        String raw = copier.rawText();
        return raw.isEmpty() ? null : raw;
    }

    /// Of a person, as given. Servers have to send a text that can be looked up; for SDKs a number will do.
    @Nullable
    String rawUserId(String name) throws IOException {
        if (dialect.isStrict() && parser.currentToken() != JsonToken.VALUE_STRING) {
            refuseUnlessNull(name, "a string of at most 256 characters");
            return null;
        }
        String raw = rawId();
        if (dialect.isStrict() && raw != null && StoredId.isLong(raw)) {
            refuse(name + ": expected a string of at most 256 characters, got " + raw.codePointCount(0, raw.length()));
        }
        return raw;
    }

    @Nullable
    String stored(@Nullable String raw) {
        return raw == null ? null : StoredId.of(copier.masked(raw), sha256);
    }
}
