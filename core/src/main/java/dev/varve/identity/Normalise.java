package dev.varve.identity;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The platforms' rules for names, dates and places: raw text in, text to be hashed out; null or an empty list
/// means the field is dropped. Phones and e-mail addresses have types of their own.
public final class Normalise {
    private static final Pattern YEAR_FIRST =
            Pattern.compile("([0-9]{4})[-/. ]?([0-9]{2})[-/. ]?([0-9]{2})(?:[T ].*)?");
    private static final Pattern YEAR_LAST =
            Pattern.compile("([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})(?: *\\([^)]*\\))?");
    private static final int MAX_LENGTH = 500;

    private Normalise() {}

    /// One form, or for several words both that are in use: joined, and with single spaces.
    public static List<String> name(String raw) {
        if (raw.length() > MAX_LENGTH) {
            return List.of();
        }
        StringBuilder spaced = new StringBuilder();
        boolean gap = false;
        String folded = Text.fold(raw);
        for (int i = 0; i < folded.length(); i += Character.charCount(folded.codePointAt(i))) {
            int c = folded.codePointAt(i);
            if (Text.isSpace(c)) {
                gap = !spaced.isEmpty();
            } else if (Text.isWordCharacter(c)) {
                spaced.append(gap ? " " : "").appendCodePoint(c);
                gap = false;
            }
        }
        String text = spaced.toString();
        String joined = text.replace(" ", "");
        return joined.isEmpty() ? List.of() : joined.equals(text) ? List.of(joined) : List.of(joined, text);
    }

    /// `YYYYMMDD` from ISO and other forms that can be read in one way only, with a year from 1800 on.
    public static @Nullable String birthDate(String raw) {
        String text = raw.length() > MAX_LENGTH ? "" : Text.trim(raw);
        Matcher yearFirst = YEAR_FIRST.matcher(text);
        if (yearFirst.matches()) {
            return date(number(yearFirst, 1), number(yearFirst, 2), number(yearFirst, 3));
        }
        Matcher yearLast = YEAR_LAST.matcher(text);
        if (!yearLast.matches()) {
            return null;
        }
        int a = number(yearLast, 1);
        int b = number(yearLast, 2);
        boolean isAmbiguous = a <= 12 && b <= 12 && a != b;
        if (isAmbiguous) {
            return null;
        }
        return a > 12 ? date(number(yearLast, 3), b, a) : date(number(yearLast, 3), a, b);
    }

    /// `f` or `m`.
    public static @Nullable String gender(String raw) {
        return switch (Text.lower(Text.trim(raw))) {
            case "f", "female", "woman" -> "f";
            case "m", "male", "man" -> "m";
            default -> null;
        };
    }

    /// Letters only.
    public static @Nullable String city(String raw) {
        return unlessEmpty(raw.length() > MAX_LENGTH ? "" : Text.letters(Text.fold(raw)));
    }

    /// `country`: alpha-2 in lower case. Names of US and Canadian states become codes when it is one of these or
    /// unknown.
    public static @Nullable String state(String raw, @Nullable String country) {
        if (raw.length() > MAX_LENGTH) {
            return null;
        }
        String text = Text.trim(Text.fold(raw));
        if (text.length() > 3
                && text.charAt(2) == '-'
                && isAsciiLetter(text.charAt(0))
                && isAsciiLetter(text.charAt(1))) {
            text = text.substring(3);
        }
        String plain = Text.lettersAndDigits(text);
        boolean mayBeNorthAmerican = country == null || country.equals("us") || country.equals("ca");
        return unlessEmpty(mayBeNorthAmerican ? Places.stateCode(plain) : plain);
    }

    /// At least two letters or digits; for the United States the first five digits.
    public static @Nullable String zip(String raw, @Nullable String country) {
        if (raw.length() > MAX_LENGTH) {
            return null;
        }
        String text = Text.trim(Text.fold(raw));
        int dash = text.indexOf('-');
        if (country == null && dash > 0) {
            text = text.substring(0, dash);
        }
        String plain = Text.lettersAndDigits(text);
        if ("us".equals(country) && plain.length() > 5) {
            plain = plain.substring(0, 5);
        }
        return plain.length() < 2 ? null : plain;
    }

    /// Letters and digits only: TikTok's form, which knows no countries.
    public static @Nullable String wholeZip(String raw) {
        String plain = raw.length() > MAX_LENGTH ? "" : Text.lettersAndDigits(Text.fold(raw));
        return plain.length() < 2 ? null : plain;
    }

    /// ISO 3166 alpha-2 in lower case, from a code or an English name in common use.
    public static @Nullable String country(String raw) {
        return raw.length() > MAX_LENGTH ? null : Places.countryCode(Text.letters(Text.fold(raw)));
    }

    /// Upper case; null for the all-zero id of devices that refuse tracking.
    public static @Nullable String idfa(String raw) {
        return deviceId(raw.toUpperCase(Locale.ROOT));
    }

    /// Lower case; null for the all-zero id.
    public static @Nullable String gaid(String raw) {
        return deviceId(Text.lower(raw));
    }

    private static @Nullable String deviceId(String raw) {
        String id = Text.trim(raw);
        boolean isZero = id.chars().allMatch(c -> c == '0' || c == '-');
        return isZero || id.length() > 100 ? null : id;
    }

    private static @Nullable String date(int year, int month, int day) {
        if (year < 1800 || year > 2100) {
            return null;
        }
        try {
            LocalDate.of(year, month, day);
        } catch (DateTimeException e) {
            return null;
        }
        return String.valueOf(year * 10_000 + month * 100 + day);
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    private static boolean isAsciiLetter(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static @Nullable String unlessEmpty(String text) {
        return text.isEmpty() ? null : text;
    }
}
