package dev.varve.collect;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.varve.collect.CollectOutcome.Issue;
import dev.varve.identity.FieldKind;
import dev.varve.identity.FieldName;
import dev.varve.identity.MatchInputs;
import dev.varve.identity.MatchInputs.Source;
import dev.varve.identity.PersonalText;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a body of `POST /users/properties`. Personal values are replaced on the way, exactly as in events. Not
/// thread-safe; one per request.
final class ProfileBodyReader {
    static final int MAX_BYTES = 64 * 1024;
    static final int MAX_KEYS = 500;
    private static final int MAX_TIME = 64;

    private final PersonalText personal;
    private final List<Issue> issues = new ArrayList<>(0);
    private MatchInputs match = new MatchInputs();
    private boolean isTooLarge;
    private @Nullable String appId;
    private @Nullable String userId;
    private byte @Nullable [] properties;
    private @Nullable Instant timestamp;
    private boolean once;

    ProfileBodyReader(PersonalText personal) {
        this.personal = personal;
    }

    /// The app that the body names; null when it names none, also when it is unreadable before it does.
    static @Nullable String appId(byte[] json) {
        try (JsonParser parser = BodyReader.JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isAppId = parser.currentName().equals("app_id");
                if (parser.nextToken() == JsonToken.VALUE_STRING && isAppId) {
                    return parser.getText();
                }
                parser.skipChildren();
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    /// Look at `issues` and `isTooLarge` before using what was read.
    ProfileBody read(byte[] json) {
        try (JsonParser parser = BodyReader.JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                issue("", "expected a JSON object, got something else");
            } else {
                readMembers(parser);
                checkRequired();
            }
        } catch (IOException e) {
            issues.clear();
            issue("", "expected a JSON object, got something unreadable");
        }
        return new ProfileBody(appId, userId, properties, match, timestamp, once);
    }

    List<Issue> issues() {
        return issues;
    }

    boolean isTooLarge() {
        return isTooLarge;
    }

    private void readMembers(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            switch (name) {
                case "app_id" -> appId = text(parser, token, name);
                case "app_user_id" -> userId = text(parser, token, name);
                case "properties" -> readProperties(parser, token);
                case "timestamp" -> readTimestamp(parser, token);
                case "set_once" -> readOnce(token);
                default -> {
                    // unknown members are ignored
                }
            }
            parser.skipChildren();
        }
        if (parser.nextToken() != null) {
            throw new IOException("more than one value");
        }
    }

    private @Nullable String text(JsonParser parser, JsonToken token, String name) throws IOException {
        if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
            isTooLarge |= parser.getTextLength() > MAX_BYTES;
            return isTooLarge ? null : SafeText.of(parser.getText());
        }
        if (token != JsonToken.VALUE_NULL) {
            issue(name, "expected a string, got " + TokenNames.of(token));
        }
        return null;
    }

    private void readTimestamp(JsonParser parser, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        boolean isText = token == JsonToken.VALUE_STRING && parser.getTextLength() <= MAX_TIME;
        IsoTime.Reading time = isText ? IsoTime.parse(parser.getText().strip()) : null;
        if (time == null) {
            String got = token == JsonToken.VALUE_STRING ? "other text" : TokenNames.of(token);
            issue("timestamp", "expected an ISO 8601 date and time, got " + got);
            return;
        }
        timestamp = time.time();
    }

    private void readOnce(JsonToken token) {
        if (!token.isBoolean() && token != JsonToken.VALUE_NULL) {
            issue("set_once", "expected true or false, got " + TokenNames.of(token));
        }
        once = token == JsonToken.VALUE_TRUE;
    }

    private void readProperties(JsonParser parser, JsonToken token) throws IOException {
        if (token != JsonToken.START_OBJECT) {
            issue("properties", "expected an object, got " + TokenNames.of(token));
            return;
        }
        match = new MatchInputs();
        PropertyCopier copier = new PropertyCopier(parser, personal);
        copier.reset();
        ByteSink sink = new ByteSink(1024);
        long from = offset(parser);
        int keys;
        try (JsonGenerator out = BodyReader.JSON.createGenerator(sink, JsonEncoding.UTF8)) {
            keys = copy(parser, copier, out);
        }
        isTooLarge |= copier.isTooLarge() || offset(parser) - from > MAX_BYTES;
        if (copier.isTooDeep()) {
            issue("properties", "expected at most " + PropertyCopier.MAX_DEPTH + " levels of nesting, got more");
        }
        if (keys > MAX_KEYS) {
            issue("properties", "expected at most " + MAX_KEYS + " keys, got " + keys);
        }
        properties = sink.toBytes();
    }

    private int copy(JsonParser parser, PropertyCopier copier, JsonGenerator out) throws IOException {
        int keys = 0;
        out.writeStartObject();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            keys++;
            copier.writeName(out, key);
            FieldName meaning = FieldName.of(key);
            match.begin();
            copier.copyMember(out, key, 2, (name, _, value) -> observe(meaning, name, value));
        }
        out.writeEndObject();
        return keys;
    }

    /// An address belongs to a request and not to a person; secrets and what no platform takes are of no use.
    private void observe(@Nullable FieldName meaning, String name, String value) {
        if (meaning != null
                && meaning.kind() != FieldKind.IP
                && meaning.kind() != FieldKind.SECRET
                && meaning.kind() != FieldKind.OTHER_PERSONAL) {
            match.add(Source.PROPERTIES, meaning, name, value);
        }
    }

    private void checkRequired() {
        if (userId == null && issues.stream().noneMatch(issue -> issue.path().equals("app_user_id"))) {
            issue("app_user_id", "expected a string, got nothing");
        }
        if (properties == null
                && issues.stream().noneMatch(issue -> issue.path().equals("properties"))) {
            issue("properties", "expected an object, got nothing");
        }
    }

    private static long offset(JsonParser parser) {
        var location = parser.currentLocation();
        return Math.max(location.getByteOffset(), location.getCharOffset());
    }

    private void issue(String path, String message) {
        issues.add(new Issue(path, message));
    }
}
