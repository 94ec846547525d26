package dev.varve.identity;

import java.text.Normalizer;
import java.util.Locale;

/// Character rules that the normalisers share. All case folding is that of the root locale.
final class Text {
    private Text() {}

    /// Without Unicode white space (no-break spaces included) at both ends.
    static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0xFEFF || c == 0x200B;
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /// NFC and lower case.
    static String fold(String text) {
        return lower(isAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFC));
    }

    static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /// Only letters with their marks.
    static String letters(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints().filter(Text::isLetterOrMark).forEach(kept::appendCodePoint);
        return kept.toString();
    }

    /// Only letters with their marks, and digits.
    static String lettersAndDigits(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints().filter(Text::isWordCharacter).forEach(kept::appendCodePoint);
        return kept.toString();
    }

    static boolean isWordCharacter(int c) {
        return isLetterOrMark(c) || Character.isDigit(c);
    }

    private static boolean isLetterOrMark(int c) {
        if (Character.isLetter(c)) {
            return true;
        }
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
