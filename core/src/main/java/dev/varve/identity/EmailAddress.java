package dev.varve.identity;

import org.jspecify.annotations.Nullable;

/// E-mail addresses as both platforms hash them: trimmed and lower-cased, nothing else; dots and `+tags` stay.
public final class EmailAddress {
    private static final int MAX_LENGTH = 320;

    private EmailAddress() {}

    /// Null when the text does not look like `a@b.c`.
    public static @Nullable String normalise(String raw) {
        if (raw.length() > 2 * MAX_LENGTH) {
            return null;
        }
        String text = Text.trim(raw);
        return looksLikeOne(text) ? Text.lower(text) : null;
    }

    /// True when the whole text, apart from white space around it, is an address. Texts with `/`, `?` or `:` are
    /// not: these are web addresses that may carry one.
    public static boolean isOne(String raw) {
        boolean isWebAddress = raw.indexOf('/') >= 0 || raw.indexOf('?') >= 0 || raw.indexOf(':') >= 0;
        return !isWebAddress && raw.indexOf('@') >= 0 && normalise(raw) != null;
    }

    private static boolean looksLikeOne(String text) {
        int at = text.indexOf('@');
        if (at < 1 || at != text.lastIndexOf('@') || text.length() > MAX_LENGTH || !isDomain(text, at + 1)) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Text.isSpace(c) || Character.isISOControl(c)) {
                return false;
            }
        }
        return true;
    }

    /// At least two labels, none empty.
    private static boolean isDomain(String text, int from) {
        int labelStart = from;
        int dots = 0;
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '.') {
                if (i == labelStart) {
                    return false;
                }
                labelStart = i + 1;
                dots++;
            }
        }
        return dots > 0 && labelStart < text.length();
    }
}
