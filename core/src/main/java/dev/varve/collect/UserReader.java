package dev.varve.collect;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.varve.identity.FieldKind;
import dev.varve.identity.FieldName;
import dev.varve.identity.MatchInputs.Source;
import java.io.IOException;

/// Reads a `user` object: matching fields, each a text, a number or a list of these. None of it is stored as it is.
/// Nothing is refused of one among the properties, which are free.
final class UserReader {
    private static final int MAX_VALUES = 10;

    private final EventInput input;
    private final JsonParser parser;

    UserReader(EventInput input) {
        this.input = input;
        this.parser = input.parser;
    }

    /// What the old App Events API calls a user object.
    static boolean isLegacyName(String name) {
        return name.equals("ud") || name.equals("user_data") || name.equals("userData");
    }

    void read(String name) throws IOException {
        input.draft().match.forget(Source.USER_OBJECT);
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            input.refuseUnlessNull(name, "an object");
            return;
        }
        readMembers(name, Source.USER_OBJECT);
    }

    /// Reads the object the parser stands at.
    void readMembers(String name, Source source) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            FieldName meaning = FieldName.inUser(key);
            if (meaning == null || meaning.kind() == FieldKind.SECRET || meaning.kind() == FieldKind.OTHER_PERSONAL) {
                parser.skipChildren();
            } else {
                input.draft().match.begin();
                readField(name + "." + key, key, source, meaning);
            }
        }
    }

    private void readField(String path, String key, Source source, FieldName meaning) throws IOException {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            readList(path, key, source, meaning);
        } else if (input.isTextOrNumber()) {
            input.draft().observe(source, meaning, key, input.copier.rawText());
        } else {
            refuseUnlessNull(path, source, "a string or a list of strings");
        }
    }

    private void readList(String path, String key, Source source, FieldName meaning) throws IOException {
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            count++;
            if (input.isTextOrNumber()) {
                input.draft().observe(source, meaning, key, input.copier.rawText());
            } else {
                refuseUnlessNull(path + "[" + (count - 1) + "]", source, "a string");
            }
        }
        if (isJudged(source) && count > MAX_VALUES) {
            input.refuse(path + ": expected at most 10 values, got " + count);
        }
    }

    private void refuseUnlessNull(String path, Source source, String expected) throws IOException {
        if (isJudged(source)) {
            input.refuseUnlessNull(path, expected);
        } else {
            parser.skipChildren();
        }
    }

    private boolean isJudged(Source source) {
        return input.dialect.isStrict() && source == Source.USER_OBJECT;
    }
}
