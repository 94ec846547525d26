package dev.varve.connectors.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/// Reads texts out of loosely typed JSON. Nothing here throws.
public final class Text {
    private Text() {}

    /// A string without surrounding white space, or a number or boolean as JSON writes it; null for anything else and
    /// for blanks.
    public static @Nullable String of(@Nullable JsonNode node) {
        if (node == null || !node.isValueNode() || node.isNull()) {
            return null;
        }
        String text = node.asText().strip();
        return text.isEmpty() ? null : text;
    }

    /// A string that may be shown to a platform: null when replaced at ingest, e-mail addresses and phone numbers
    /// masked.
    public static @Nullable String shown(@Nullable JsonNode node) {
        String text = of(node);
        return text == null || PersonalData.isReplaced(text) ? null : PersonalData.masked(text);
    }

    /// A click or browser id, passed on byte for byte: null for blanks and for what no such id ever holds, white space
    /// and `@`.
    public static @Nullable String verbatim(@Nullable JsonNode node) {
        if (node == null || !node.isTextual() || node.textValue().isEmpty()) {
            return null;
        }
        String id = node.textValue();
        return id.chars().anyMatch(c -> c == '@' || Character.isWhitespace(c)) ? null : id;
    }

    /// An id: numbers keep their digits, `1077218` becomes `"1077218"`; fractions and booleans are no ids.
    public static @Nullable String id(@Nullable JsonNode node) {
        if (node == null || !(node.isTextual() || node.isIntegralNumber())) {
            return null;
        }
        return of(node);
    }

    /// Replaces unpaired surrogates, which no UTF-8 writer accepts, by U+FFFD.
    public static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return repaired(text);
            }
        }
        return text;
    }

    private static String repaired(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    public static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
