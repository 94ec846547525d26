package dev.varve.connectors.meta;

import dev.varve.connectors.mapping.Text;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A well-formed `fbc` or `fbp`: `fb.{0-2}.{13 digits of milliseconds}.{payload}`, and perhaps the appendix of Meta's
/// parameter builder. `text` is passed on byte for byte; `payload` is the click id in an `fbc`.
record MetaCookie(String text, Instant createdAt, String payload) {
    private static final int MAX_LENGTH = 1000;
    private static final int TIME = 5;
    private static final int TIME_DIGITS = 13;
    private static final int PAYLOAD = TIME + TIME_DIGITS + 1;

    /// Null for a broken one, which is dropped and never mended: guessing invents people.
    static @Nullable MetaCookie parse(@Nullable String text) {
        if (text == null || text.length() <= PAYLOAD || text.length() > MAX_LENGTH || !startsRight(text)) {
            return null;
        }
        String time = text.substring(TIME, TIME + TIME_DIGITS);
        int dot = text.indexOf('.', PAYLOAD);
        String payload = dot < 0 ? text.substring(PAYLOAD) : text.substring(PAYLOAD, dot);
        boolean appendixFits = dot < 0 || isAppendix(text, dot + 1);
        return Text.isDigits(time) && !payload.isEmpty() && isUnbroken(payload) && appendixFits
                ? new MetaCookie(text, Instant.ofEpochMilli(Long.parseLong(time)), payload)
                : null;
    }

    /// The `fbc` of a click id first seen at `seen`, as a server builds it; null when the id cannot stand in one.
    static @Nullable MetaCookie ofClick(String click, Instant seen) {
        return click.indexOf('.') >= 0 ? null : parse("fb.1." + seen.toEpochMilli() + "." + click);
    }

    private static boolean startsRight(String text) {
        return text.startsWith("fb.")
                && text.charAt(3) >= '0'
                && text.charAt(3) <= '2'
                && text.charAt(4) == '.'
                && text.charAt(PAYLOAD - 1) == '.';
    }

    private static boolean isUnbroken(String payload) {
        for (int i = 0; i < payload.length(); i++) {
            char c = payload.charAt(i);
            if (Character.isWhitespace(c) || c == '@') {
                return false;
            }
        }
        return true;
    }

    private static boolean isAppendix(String text, int from) {
        int length = text.length() - from;
        if (length < 2 || length > 8) {
            return false;
        }
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isWord = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!isWord && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }
}
