package dev.varve.click;

import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Writes an address as RFC 3986 wants it, all ASCII. Scheme and host are left as they are.
final class TargetText {
    private static final Pattern ADDRESS =
            Pattern.compile("([A-Za-z]+://[^/?#]*)([^?#]*)(\\?[^#]*)?(#.*)?", Pattern.DOTALL);
    private static final String UNRESERVED = "-._~";
    private static final String SUB_DELIMITERS = "!$&'()*+,;=";

    private TargetText() {}

    /// Encodes what may not stand in a path, a query or a fragment. A percent sign that begins no escape means itself.
    ///
    /// @throws URISyntaxException for what has no scheme and host, and for backslashes and control characters
    static String encoded(String url) throws URISyntaxException {
        Matcher parts = ADDRESS.matcher(url);
        if (!parts.matches() || url.codePoints().anyMatch(c -> c == '\\' || Character.isISOControl(c))) {
            throw new URISyntaxException(url, "no plain address");
        }
        return parts.group(1)
                + encoded(parts.group(2), "/:@")
                + part(parts.group(3), "/:@?")
                + part(parts.group(4), "/:@?");
    }

    /// Of a query or fragment: its first sign divides.
    private static String part(@Nullable String part, String allowed) {
        return part == null ? "" : part.charAt(0) + encoded(part.substring(1), allowed);
    }

    private static String encoded(String text, String allowed) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            boolean isPlain = c < 0x80
                    && (Character.isLetterOrDigit(c)
                            || (UNRESERVED + SUB_DELIMITERS + allowed).indexOf(c) >= 0
                            || c == '%' && isEscape(text, i));
            if (isPlain) {
                encoded.append((char) c);
            } else {
                escape(c, encoded);
            }
        }
        return encoded.toString();
    }

    private static boolean isEscape(String text, int percent) {
        return percent + 2 < text.length()
                && Character.digit(text.charAt(percent + 1), 16) >= 0
                && Character.digit(text.charAt(percent + 2), 16) >= 0
                && text.charAt(percent + 1) < 0x80
                && text.charAt(percent + 2) < 0x80;
    }

    /// Half of a pair means nothing and is replaced.
    private static void escape(int c, StringBuilder out) {
        String text = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? "\uFFFD" : Character.toString(c);
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            out.append("%%%02X".formatted(octet & 0xff));
        }
    }
}
