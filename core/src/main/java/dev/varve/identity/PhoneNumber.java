package dev.varve.identity;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A phone number as the platforms hash it. `digits`: with country code, without `+` and leading zeros; Meta's
/// form. `isInternational` false: a national number for which no country was known, so the digits are only as they
/// were given.
///
/// Numbers are not checked against numbering plans: the platforms hash what is written, and so does this. Of
/// libphonenumber only the calling codes and trunk prefixes are used.
public record PhoneNumber(String digits, boolean isInternational) {
    private static final int MAX_RAW_LENGTH = 200;
    private static final Map<String, Optional<DialPlan>> PLANS = new ConcurrentHashMap<>();

    /// `+` and the digits; TikTok's form.
    public String e164() {
        return "+" + digits;
    }

    @Override
    public String toString() {
        return "PhoneNumber[***]";
    }

    /// Null when fewer than 7 or more than 15 digits remain. `defaultCountry`: alpha-2, for numbers without country
    /// code.
    public static @Nullable PhoneNumber parse(String raw, @Nullable String defaultCountry) {
        if (raw.length() > MAX_RAW_LENGTH) {
            return null;
        }
        Scan scan = Scan.of(Text.isAscii(raw) ? raw : Normalizer.normalize(raw, Normalizer.Form.NFKC));
        boolean international = scan.plus || scan.digits.startsWith("00");
        String digits = scan.digits;
        Optional<DialPlan> plan = international || defaultCountry == null ? Optional.empty() : planOf(defaultCountry);
        if (plan.isPresent()) {
            digits = plan.get().complete(digits);
        }
        digits = withoutLeadingZeros(digits);
        if (digits.length() < 7 || digits.length() > 15) {
            return null;
        }
        return new PhoneNumber(digits, international || plan.isPresent());
    }

    /// True when the whole text is `+` and 8 to 15 digits, with or without the usual separators.
    public static boolean isOne(String raw) {
        int digits = 0;
        boolean plus = false;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (Character.isDigit(c)) {
                digits++;
            } else if ((c == '+' || c == '\uff0b') && !plus && digits == 0) {
                plus = true;
            } else if (!Text.isSpace(c) && "-.()/".indexOf(c) < 0) {
                return false;
            }
            if (digits > 15) {
                return false;
            }
        }
        return plus && digits >= 8;
    }

    private static String withoutLeadingZeros(String digits) {
        int from = 0;
        while (from < digits.length() && digits.charAt(from) == '0') {
            from++;
        }
        return digits.substring(from);
    }

    private static Optional<DialPlan> planOf(String country) {
        String region = country.toUpperCase(Locale.ROOT);
        if (region.length() != 2) {
            return Optional.empty();
        }
        return PLANS.computeIfAbsent(region, DialPlan::load);
    }

    /// Calling code and trunk prefix of a country; the trunk is empty where there is none.
    private record DialPlan(String callingCode, String trunk) {
        static Optional<DialPlan> load(String region) {
            PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
            int code = numbers.getCountryCodeForRegion(region);
            if (code == 0) {
                return Optional.empty();
            }
            String trunk = numbers.getNddPrefixForRegion(region, true);
            return Optional.of(new DialPlan(Integer.toString(code), trunk == null ? "" : trunk));
        }

        String complete(String digits) {
            if (digits.startsWith(callingCode) && digits.length() >= 11) {
                return digits;
            }
            boolean hasTrunk = !trunk.isEmpty() && digits.startsWith(trunk);
            return callingCode + (hasTrunk ? digits.substring(trunk.length()) : digits);
        }
    }

    /// The digits up to an extension, and whether a `+` stood before them.
    private record Scan(String digits, boolean plus) {
        static Scan of(String text) {
            StringBuilder digits = new StringBuilder(16);
            boolean plus = false;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                int value = Character.digit(c, 10);
                if (value >= 0) {
                    digits.append((char) ('0' + value));
                } else if (c == '+' && digits.isEmpty()) {
                    plus = true;
                } else if (!digits.isEmpty() && startsExtension(text, i)) {
                    break;
                } else if (plus && c == '(' && isZeroGroup(text, i)) {
                    i = text.indexOf(')', i);
                }
            }
            return new Scan(digits.toString(), plus);
        }

        /// `;` only right behind a digit, as in `tel:` addresses; elsewhere it separates words.
        private static boolean startsExtension(String text, int i) {
            char c = text.charAt(i);
            boolean isTelParameter = c == ';' && Character.isDigit(text.charAt(i - 1));
            return c == 'x' || c == 'X' || c == '#' || isTelParameter || text.regionMatches(true, i, "ext", 0, 3);
        }

        /// `(0)`, the trunk prefix that people write inside international numbers.
        private static boolean isZeroGroup(String text, int i) {
            int close = text.indexOf(')', i);
            return close > 0 && Text.trim(text.substring(i + 1, close)).equals("0");
        }
    }
}
