package dev.varve.identity;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Click and browser ids of Meta: their form, and where they stand in addresses.
public final class ClickIds {
    /// Either cookie: version, thirteen digits of milliseconds, payload, and perhaps Meta's appendix.
    private static final Pattern COOKIE = Pattern.compile("fb\\.[0-2]\\.[0-9]{13}\\.[^.\\s]+(\\.[A-Za-z0-9_-]{2,8})?");

    private static final int MAX_LENGTH = 1_000;

    private ClickIds() {}

    /// True for a well-formed `fbc` or `fbp`. A broken one is dropped, never mended: guessing invents people.
    public static boolean isCookie(String text) {
        return text.length() <= MAX_LENGTH && COOKIE.matcher(text).matches();
    }

    /// The `fbc` for a click id first seen at `seen`; null when the id cannot stand in one.
    public static @Nullable String buildFbc(String fbclid, Instant seen) {
        String fbc = "fb.1." + seen.toEpochMilli() + "." + fbclid;
        return isCookie(fbc) ? fbc : null;
    }

    /// The click id inside a well-formed `fbc`.
    static String fbclidOf(String fbc) {
        int from = fbc.indexOf('.', 5) + 1;
        int appendix = fbc.indexOf('.', from);
        return appendix < 0 ? fbc.substring(from) : fbc.substring(from, appendix);
    }

    /// The click id in the query of an address, decoded once.
    static @Nullable String parameter(String address, String name) {
        int query = address.indexOf('?');
        if (query < 0 || address.indexOf(name, query) < 0) {
            return null;
        }
        int fragment = address.indexOf('#', query);
        int end = fragment < 0 ? address.length() : fragment;
        for (String pair : address.substring(query + 1, end).split("&", -1)) {
            if (pair.startsWith(name) && pair.length() > name.length() + 1 && pair.charAt(name.length()) == '=') {
                return clickId(pair.substring(name.length() + 1));
            }
        }
        return null;
    }

    /// Click ids hold no blanks, so a plus sign stands for itself.
    private static String clickId(String value) {
        if (value.indexOf('%') < 0) {
            return value;
        }
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }

    /// Percent-decoded; as it stands when that is not possible.
    static String decoded(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
