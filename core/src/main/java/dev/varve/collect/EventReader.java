package dev.varve.collect;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.varve.collect.ByteSink.Range;
import dev.varve.collect.EventMember.Field;
import dev.varve.collect.EventMember.Grouped;
import dev.varve.event.Consent;
import dev.varve.identity.FieldKind;
import dev.varve.identity.FieldName;
import dev.varve.identity.MatchInputs.Source;
import dev.varve.identity.PersonalText;
import dev.varve.identity.Sha256;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the members of one event after the other from a parser into drafts; the free parts go straight into two sinks.
/// Nothing an event contains makes it throw; what it does throw is that the request is no JSON. Not thread-safe.
final class EventReader {
    private static final int MAX_NAME = 128;
    private static final int MAX_ID = 256;
    private static final int MAX_FACT = 2_000;
    private static final Set<String> ACTION_SOURCES = Set.of(
            "website",
            "app",
            "email",
            "phone_call",
            "chat",
            "physical_store",
            "system_generated",
            "business_messaging",
            "other",
            "web",
            "offline",
            "crm");

    private final JsonParser parser;
    private final Dialect dialect;
    private final PropertyCopier copier;
    private final Sha256 sha256;
    private final ByteSink propertySink;
    private final JsonGenerator propertyOut;
    private final ByteSink extraSink;
    private final JsonGenerator extraOut;
    private EventDraft draft = new EventDraft();
    private int index;
    private boolean hasExtra;

    EventReader(JsonParser parser, Dialect dialect, PersonalText personal, Sha256 sha256, Sinks sinks) {
        this.parser = parser;
        this.dialect = dialect;
        this.copier = new PropertyCopier(parser, personal);
        this.sha256 = sha256;
        this.propertySink = sinks.properties();
        this.propertyOut = sinks.propertyOut();
        this.extraSink = sinks.extra();
        this.extraOut = sinks.extraOut();
    }

    /// Where free members go; each generator writes into the sink beside it.
    record Sinks(ByteSink properties, JsonGenerator propertyOut, ByteSink extra, JsonGenerator extraOut) {}

    /// Reads the value the parser stands at, to its end.
    EventDraft read(int eventIndex) throws IOException {
        draft = new EventDraft();
        index = eventIndex;
        hasExtra = false;
        copier.reset();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            refuse("event: expected an object, got " + got());
            parser.skipChildren();
            return draft;
        }
        int propertyStart = propertySink.size();
        int extraStart = extraSink.size();
        long from = offset();
        readMembers();
        finishExtra(extraStart);
        if (copier.isTooLarge() || offset() - from > PropertyCopier.MAX_EVENT_BYTES) {
            draft.rejection = null;
            draft.reject(index, "PAYLOAD_TOO_LARGE", "event: expected at most 65536 bytes, got more");
        } else if (copier.isTooDeep()) {
            refuse("event: expected at most 16 levels of nesting, got more");
        }
        check();
        if (draft.rejection != null) {
            propertySink.cut(propertyStart);
            extraSink.cut(extraStart);
        }
        return draft;
    }

    private long offset() {
        var location = parser.currentLocation();
        return Math.max(location.getByteOffset(), location.getCharOffset());
    }

    private void readMembers() throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            EventMember member = dialect.member(name);
            if (member != null) {
                readMember(member, name);
            } else if (!dialect.isStrict()) {
                readExtra(name, Source.EVENT);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readMember(EventMember member, String name) throws IOException {
        switch (member) {
            case Field field -> readField(field, name);
            case ContextField field -> readContextField(field, name);
            case Grouped grouped -> {
                String text = fact(name);
                if (text != null) {
                    draft.groups
                            .computeIfAbsent(grouped.group(), _ -> new LinkedHashMap<>())
                            .put(grouped.name(), text);
                }
            }
        }
    }

    private void readField(Field field, String name) throws IOException {
        switch (field) {
            case NAME -> draft.name = required(name);
            case EVENT_ID -> draft.eventId = parser.currentToken() == JsonToken.VALUE_NULL ? null : required(name);
            case TIME -> readTime(name);
            case APP_ID -> readAppId(name);
            case ENVIRONMENT -> draft.environment = id(name, null);
            case PLATFORM -> draft.platform = id(name, null);
            case USER_ID -> {
                draft.rawUserId = rawId(name);
                draft.userId = stored(draft.rawUserId);
            }
            case OTHER_USER_ID -> {
                draft.rawOtherUserId = rawId(name);
                draft.otherUserId = stored(draft.rawOtherUserId);
            }
            case INSTALL_ID -> draft.installId = id(name, FieldKind.INSTALL_ID);
            case SESSION_ID -> draft.sessionId = id(name, null);
            case PROPERTIES -> readProperties(name);
            case USER -> readUser(name);
            case CONSENT -> readConsent(name);
            case CONTEXT -> readContext(name);
            case ACTION_SOURCE -> readActionSource(name);
            case LIMITED_DATA_USE -> readLimitedDataUse(name);
            case TEST_EVENT_CODE -> draft.testEventCode = TestEventCodes.read(parser);
        }
    }

    /// A text of 1 to 128 characters.
    private @Nullable String required(String name) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            refuse(name + ": expected a string of 1 to 128 characters, got " + got());
            parser.skipChildren();
            return null;
        }
        int length = parser.getTextLength();
        String text = copier.text();
        if (length == 0) {
            refuse(name + ": must not be empty");
        } else if (length > MAX_NAME && (length > 2 * MAX_NAME || text.codePointCount(0, text.length()) > MAX_NAME)) {
            refuse(name + ": expected a string of 1 to 128 characters, got " + length);
        }
        return text;
    }

    private void readTime(String name) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            refuse(name + ": expected an ISO 8601 date and time, got " + got());
            parser.skipChildren();
            return;
        }
        String text = copier.rawText().strip();
        IsoTime.Reading time = IsoTime.parse(text);
        if (time == null) {
            refuse(name + ": expected an ISO 8601 date and time, got other text");
        } else if (dialect.isStrict() && !time.hasZone()) {
            refuse(name + ": no time zone");
        }
        draft.time = time;
        draft.timeText = text;
    }

    private void readAppId(String name) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            draft.appId = copier.rawText();
        } else if (parser.currentToken() == JsonToken.VALUE_NULL) {
            draft.appId = null;
        } else {
            refuse(name + ": expected a string, got " + got());
            parser.skipChildren();
        }
    }

    /// An id or short word, null when it is no text or number. Longer ones than can be indexed become their hash.
    private @Nullable String id(String name, @Nullable FieldKind kind) throws IOException {
        String raw = rawId(name);
        if (kind != null) {
            draft.match.add(Source.EVENT, kind, raw);
        }
        return stored(raw);
    }

    private @Nullable String rawId(String name) throws IOException {
        if (!isTextOrNumber()) {
            if (dialect.isStrict() && parser.currentToken() != JsonToken.VALUE_NULL) {
                refuse(name + ": expected a string, got " + got());
            }
            parser.skipChildren();
            return null;
        }
        String raw = copier.rawText();
        if (dialect.isStrict() && raw.length() > MAX_ID) {
            refuse(name + ": expected at most 256 characters, got " + raw.length());
        }
        return raw.isEmpty() ? null : raw;
    }

    private @Nullable String stored(@Nullable String raw) {
        return raw == null ? null : StoredId.of(copier.masked(raw), sha256);
    }

    private void readContextField(ContextField field, String name) throws IOException {
        if (!isScalar()) {
            readExtra(name, Source.CONTEXT);
            return;
        }
        String raw = parser.currentToken() == JsonToken.VALUE_NULL ? null : copier.rawText();
        if (raw == null || raw.isEmpty() || raw.length() > MAX_FACT) {
            draft.context.remove(field);
            return;
        }
        if (field.kind != null) {
            draft.match.begin();
            draft.match.add(Source.CONTEXT, new FieldName(field.kind, 0), name, raw);
        }
        draft.context.put(field, copier.masked(raw));
    }

    private @Nullable String fact(String name) throws IOException {
        if (!isScalar()) {
            readExtra(name, Source.CONTEXT);
            return null;
        }
        String text = parser.currentToken() == JsonToken.VALUE_NULL ? "" : copier.text();
        return text.isEmpty() || text.length() > MAX_FACT ? null : text;
    }

    private void readProperties(String name) throws IOException {
        draft.match.forget(Source.PROPERTIES);
        draft.propertyConsent = Consent.UNSTATED;
        draft.properties = Range.EMPTY;
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            refuse(name + ": expected an object, got " + got());
            parser.skipChildren();
            return;
        }
        int from = propertySink.size();
        propertyOut.writeStartObject();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            copier.writeName(propertyOut, key);
            copyMatched(propertyOut, key, 3, Source.PROPERTIES);
        }
        propertyOut.writeEndObject();
        propertyOut.flush();
        draft.properties = new Range(from, propertySink.size());
    }

    private void readExtra(String name, Source source) throws IOException {
        if (!hasExtra) {
            extraOut.writeStartObject();
            hasExtra = true;
        }
        copier.writeName(extraOut, name);
        copyMatched(extraOut, name, source == Source.EVENT ? 2 : 3, source);
    }

    private void finishExtra(int from) throws IOException {
        if (hasExtra) {
            extraOut.writeEndObject();
            extraOut.flush();
            draft.extra = new Range(from, extraSink.size());
        }
    }

    /// Copies a member and keeps its value for matching where its name has a meaning.
    private void copyMatched(JsonGenerator out, String name, int depth, Source source) throws IOException {
        if (source == Source.PROPERTIES) {
            readConsentProperty(name);
        }
        FieldName meaning = FieldName.of(name);
        if (meaning == null) {
            copier.copyMember(out, name, depth, PropertyCopier.Observer.NONE);
            return;
        }
        draft.match.begin();
        copier.copyMember(out, name, depth, (key, _, text) -> observe(source, meaning, key, text));
    }

    private void observe(Source source, FieldName meaning, String name, String text) {
        if (meaning.kind() == FieldKind.IP) {
            draft.ip = text.length() <= 45 ? text : draft.ip;
            return;
        }
        if (meaning.kind() == FieldKind.PAGE_URL && source == Source.PROPERTIES) {
            draft.url = text.length() <= MAX_FACT ? copier.masked(text) : draft.url;
        }
        if (meaning.kind() != FieldKind.SECRET && meaning.kind() != FieldKind.OTHER_PERSONAL) {
            draft.match.add(source, meaning, name, text);
        }
    }

    private void readConsentProperty(String name) {
        if (name.equals("consent_analytics")) {
            draft.propertyConsent = new Consent(flag(), draft.propertyConsent.advertising());
        } else if (name.equals("consent_advertising")) {
            draft.propertyConsent = new Consent(draft.propertyConsent.analytics(), flag());
        }
    }

    private @Nullable Boolean flag() {
        if (parser.currentToken() == JsonToken.VALUE_TRUE) {
            return true;
        }
        return parser.currentToken() == JsonToken.VALUE_FALSE ? false : null;
    }

    private void readConsent(String name) throws IOException {
        draft.consent = Consent.UNSTATED;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            refuseUnlessNull(name, "an object");
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            boolean isKnown = key.equals("analytics") || key.equals("advertising");
            if (isKnown && flag() == null && dialect.isStrict() && parser.currentToken() != JsonToken.VALUE_NULL) {
                refuse(name + "." + key + ": expected true or false, got " + got());
            }
            if (key.equals("analytics")) {
                draft.consent = new Consent(flag(), draft.consent.advertising());
            } else if (key.equals("advertising")) {
                draft.consent = new Consent(draft.consent.analytics(), flag());
            }
            parser.skipChildren();
        }
    }

    private void readUser(String name) throws IOException {
        draft.match.forget(Source.USER_OBJECT);
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            refuseUnlessNull(name, "an object");
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            FieldName meaning = FieldName.of(key);
            if (meaning == null || meaning.kind() == FieldKind.SECRET || meaning.kind() == FieldKind.OTHER_PERSONAL) {
                parser.skipChildren();
                continue;
            }
            draft.match.begin();
            readUserField(name + "." + key, key, meaning);
        }
    }

    private void readUserField(String path, String key, FieldName meaning) throws IOException {
        if (isTextOrNumber()) {
            observe(Source.USER_OBJECT, meaning, key, copier.rawText());
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            int count = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                count++;
                if (isTextOrNumber()) {
                    observe(Source.USER_OBJECT, meaning, key, copier.rawText());
                } else {
                    refuseUnlessNull(path, "strings");
                }
            }
            if (dialect.isStrict() && count > 10) {
                refuse(path + ": expected at most 10 values, got " + count);
            }
        } else {
            refuseUnlessNull(path, "a string or a list of strings");
        }
    }

    private void readContext(String name) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            refuseUnlessNull(name, "an object");
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            EventMember member = dialect.contextMember(key);
            if (member != null) {
                readMember(member, key);
            } else {
                readFreeContext(key);
            }
        }
    }

    private void readFreeContext(String key) throws IOException {
        switch (key) {
            case "ip" -> draft.ip = limited(key, 45);
            case "userAgent" -> draft.userAgent = limited(key, MAX_FACT);
            case "cookies" -> readCookies();
            case "page", "device", "os" -> {
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    copyFacts(key);
                } else {
                    readExtra(key, Source.CONTEXT);
                }
            }
            default -> readExtra(key, Source.CONTEXT);
        }
    }

    private @Nullable String limited(String key, int max) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            readExtra(key, Source.CONTEXT);
            return null;
        }
        String text = copier.rawText();
        return text.isEmpty() || text.length() > max ? null : text;
    }

    /// Copies an object of the context some of whose members matter here too. The advertising id is kept for
    /// matching only.
    private void copyFacts(String group) throws IOException {
        if (!hasExtra) {
            extraOut.writeStartObject();
            hasExtra = true;
        }
        extraOut.writeObjectFieldStart(group);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            copier.writeName(extraOut, key);
            String path = group + "." + key;
            if (path.equals("device.advertisingId") && isTextOrNumber()) {
                draft.advertisingId = copier.rawText();
                extraOut.writeString(PersonalText.REDACTED);
            } else {
                copier.copyMember(extraOut, key, 4, (_, _, text) -> observeFact(path, text));
            }
        }
        extraOut.writeEndObject();
    }

    private void observeFact(String path, String text) {
        switch (path) {
            case "page.url" -> draft.match.add(Source.CONTEXT, FieldKind.PAGE_URL, text);
            case "page.referrer" -> draft.match.add(Source.CONTEXT, FieldKind.REFERRER, text);
            case "os.version" -> draft.hasNestedOsVersion = true;
            default -> {
                // of no interest beyond its place in the document
            }
        }
    }

    /// Cookies may hold anything; only the platforms' own are read, and none is stored.
    private void readCookies() throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        Set<String> known = Set.of("_fbc", "_fbp", "_ttp", "ttclid");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            FieldName meaning = known.contains(key) ? FieldName.of(key) : null;
            if (meaning != null && parser.currentToken() == JsonToken.VALUE_STRING) {
                draft.match.begin();
                draft.match.add(Source.CONTEXT, meaning, key, copier.rawText());
            }
            parser.skipChildren();
        }
    }

    private void readActionSource(String name) throws IOException {
        draft.actionSource = null;
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            String text = copier.rawText();
            if (ACTION_SOURCES.contains(text)) {
                draft.actionSource = text;
            } else {
                refuse(name + ": expected a source of Meta or TikTok such as website or app, got another word");
            }
        } else {
            refuseUnlessNull(name, "a string");
        }
    }

    private void readLimitedDataUse(String name) throws IOException {
        draft.limitedDataUse = null;
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Integer> numbers = new HashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT && parser.getTextLength() <= 9) {
                    numbers.put(key, parser.getIntValue());
                } else {
                    refuseUnlessNull(name + "." + key, "an integer");
                }
            }
            draft.limitedDataUse =
                    new EventDraft.DataUse(numbers.getOrDefault("country", 0), numbers.getOrDefault("state", 0));
        } else if (flag() == null) {
            refuseUnlessNull(name, "true, false or an object");
        } else if (parser.currentToken() == JsonToken.VALUE_TRUE) {
            draft.limitedDataUse = new EventDraft.DataUse(null, null);
        }
    }

    /// What is missing rather than wrong.
    private void check() {
        if (draft.rejection != null) {
            return;
        }
        if (draft.name == null) {
            refuse(dialect.nameOf(Field.NAME) + ": expected a string of 1 to 128 characters, got nothing");
        }
        if (draft.time == null) {
            refuse(dialect.nameOf(Field.TIME) + ": expected an ISO 8601 date and time, got nothing");
        }
    }

    private boolean isTextOrNumber() {
        JsonToken token = parser.currentToken();
        return token == JsonToken.VALUE_STRING
                || token == JsonToken.VALUE_NUMBER_INT
                || token == JsonToken.VALUE_NUMBER_FLOAT;
    }

    private boolean isScalar() {
        return parser.currentToken().isScalarValue();
    }

    private void refuse(String message) {
        draft.reject(index, "VALIDATION", message);
    }

    /// Skips a value of the wrong type; servers hear of it.
    private void refuseUnlessNull(String path, String expected) throws IOException {
        if (dialect.isStrict() && parser.currentToken() != JsonToken.VALUE_NULL) {
            refuse(path + ": expected " + expected + ", got " + got());
        }
        parser.skipChildren();
    }

    private String got() {
        return TokenNames.of(parser.currentToken());
    }
}
