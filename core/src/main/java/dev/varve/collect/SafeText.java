package dev.varve.collect;

/// Makes texts from outside storable: NUL characters and unpaired surrogates, which neither UTF-8 nor PostgreSQL
/// can hold, become U+FFFD.
final class SafeText {
    private static final char REPLACEMENT = '\uFFFD';

    private SafeText() {}

    /// The same instance when nothing was wrong.
    static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return repaired(text);
            }
        }
        return text;
    }

    private static String repaired(String text) {
        StringBuilder repaired = new StringBuilder(text);
        for (int i = 0; i < repaired.length(); i++) {
            char c = repaired.charAt(i);
            boolean isPair = Character.isHighSurrogate(c)
                    && i + 1 < repaired.length()
                    && Character.isLowSurrogate(repaired.charAt(i + 1));
            if (isPair) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                repaired.setCharAt(i, REPLACEMENT);
            }
        }
        return repaired.toString();
    }
}
