package dev.varve.collect;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.varve.identity.FieldKind;
import dev.varve.identity.FieldName;
import dev.varve.identity.PersonalText;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Copies JSON values token by token from the request into a document and replaces personal data on the way.
/// Numbers are copied as text, so that they stay exact. Not thread-safe.
final class PropertyCopier {
    /// Levels of objects and arrays in an event, the event itself included.
    static final int MAX_DEPTH = 16;

    static final int MAX_EVENT_BYTES = 64 * 1024;
    /// Longer numbers become strings: nothing downstream can be expected to calculate with them.
    private static final int MAX_NUMBER_LENGTH = 100;

    /// Likewise, and far larger ones cannot even be read as decimals again.
    private static final int MAX_EXPONENT_DIGITS = 4;

    private final JsonParser parser;
    private final PersonalText personal;
    private boolean tooDeep;
    private boolean tooLarge;

    PropertyCopier(JsonParser parser, PersonalText personal) {
        this.parser = parser;
        this.personal = personal;
    }

    /// Is told of every text or number that stands directly under a named member, or in a list there.
    @FunctionalInterface
    interface Observer {
        Observer NONE = (name, meaning, text) -> {};

        void saw(String name, @Nullable FieldName meaning, String text);
    }

    void reset() {
        tooDeep = false;
        tooLarge = false;
    }

    boolean isTooDeep() {
        return tooDeep;
    }

    boolean isTooLarge() {
        return tooLarge;
    }

    /// A text of the current token, storable and free of e-mail addresses and phone numbers.
    String text() throws IOException {
        return personal.mask(rawText());
    }

    String masked(String text) {
        return personal.mask(text);
    }

    /// A text of the current token, storable but as personal as it is.
    String rawText() throws IOException {
        if (parser.getTextLength() > MAX_EVENT_BYTES) {
            tooLarge = true;
            return "";
        }
        return SafeText.of(parser.getText());
    }

    /// Copies the current value, the value of the member `name`, which stands at `depth`.
    void copyMember(JsonGenerator out, String name, int depth, Observer observer) throws IOException {
        FieldName meaning = FieldName.of(name);
        copy(out, depth, name, meaning, meaning == null ? null : meaning.kind(), observer);
    }

    void writeName(JsonGenerator out, String name) throws IOException {
        String safe = SafeText.of(name);
        boolean mayBePersonal = safe.indexOf('@') >= 0 || safe.indexOf('+') >= 0 || safe.indexOf('\uff0b') >= 0;
        out.writeFieldName(mayBePersonal ? personal.mask(safe) : safe);
    }

    private void copy(
            JsonGenerator out,
            int depth,
            String name,
            @Nullable FieldName meaning,
            @Nullable FieldKind kind,
            Observer observer)
            throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            copyText(out, name, meaning, kind, observer);
        } else if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
            copyNumber(out, name, meaning, kind, observer);
        } else if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
            copyNested(out, depth, name, meaning, kind, observer);
        } else if (token == JsonToken.VALUE_NULL) {
            out.writeNull();
        } else {
            out.writeBoolean(token == JsonToken.VALUE_TRUE);
        }
    }

    private void copyNested(
            JsonGenerator out,
            int depth,
            String name,
            @Nullable FieldName meaning,
            @Nullable FieldKind kind,
            Observer observer)
            throws IOException {
        if (depth > MAX_DEPTH || tooLarge) {
            tooDeep |= depth > MAX_DEPTH;
            parser.skipChildren();
            out.writeNull();
        } else if (kind != null && kind.treatment() == FieldKind.Treatment.REDACT) {
            parser.skipChildren();
            out.writeString(PersonalText.REDACTED);
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            out.writeStartArray();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                copy(out, depth + 1, name, meaning, kind, observer);
            }
            out.writeEndArray();
        } else {
            copyObject(out, depth, kind, Observer.NONE);
        }
    }

    /// Copies the current object. `inherited`: the kind of a member further out, which personal members inside share.
    void copyObject(JsonGenerator out, int depth, @Nullable FieldKind inherited, Observer observer) throws IOException {
        out.writeStartObject();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            writeName(out, name);
            FieldName meaning = FieldName.of(name);
            FieldKind kind = meaning != null && isPersonal(meaning.kind()) ? meaning.kind() : inherited;
            copy(out, depth + 1, name, meaning, kind, observer);
        }
        out.writeEndObject();
    }

    private static boolean isPersonal(FieldKind kind) {
        return kind.treatment() != FieldKind.Treatment.KEEP;
    }

    private void copyText(
            JsonGenerator out, String name, @Nullable FieldName meaning, @Nullable FieldKind kind, Observer observer)
            throws IOException {
        if (meaning == null && kind == null && observer == Observer.NONE && isHarmless()) {
            out.writeString(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
            return;
        }
        String text = rawText();
        observer.saw(name, meaning, text);
        out.writeString(replaced(kind, text));
    }

    private String replaced(@Nullable FieldKind kind, String text) {
        if (kind == null) {
            return personal.mask(text);
        }
        return switch (kind.treatment()) {
            case KEEP -> personal.mask(text);
            case HASH -> text.isEmpty() ? text : personal.hashed(kind, text);
            case REDACT -> PersonalText.REDACTED;
        };
    }

    private void copyNumber(
            JsonGenerator out, String name, @Nullable FieldName meaning, @Nullable FieldKind kind, Observer observer)
            throws IOException {
        int length = parser.getTextLength();
        boolean isText = length > MAX_NUMBER_LENGTH || exponentDigits() > MAX_EXPONENT_DIGITS;
        if (meaning != null || kind != null || isText) {
            String text = rawText();
            observer.saw(name, meaning, text);
            if (isText || kind != null && isPersonal(kind)) {
                out.writeString(replaced(kind, text));
                return;
            }
        }
        out.writeNumber(parser.getTextCharacters(), parser.getTextOffset(), length);
    }

    /// Of the current number; 0 without an exponent.
    private int exponentDigits() throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return 0;
        }
        char[] chars = parser.getTextCharacters();
        int from = parser.getTextOffset();
        int end = from + parser.getTextLength();
        int i = end - 1;
        while (i > from && chars[i] >= '0' && chars[i] <= '9') {
            i--;
        }
        return chars[i] == '.' ? 0 : end - 1 - i;
    }

    /// Nothing in the text needs a closer look; the fast path of nearly all values.
    private boolean isHarmless() throws IOException {
        int length = parser.getTextLength();
        if (length > MAX_EVENT_BYTES) {
            return false;
        }
        char[] chars = parser.getTextCharacters();
        int from = parser.getTextOffset();
        for (int i = from; i < from + length; i++) {
            char c = chars[i];
            if (c == '@' || c == '+' || c == '=' || c == '/' || c == 0 || c == '\uff0b' || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
