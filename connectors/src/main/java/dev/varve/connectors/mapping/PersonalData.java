package dev.varve.connectors.mapping;

import java.util.Locale;
import java.util.Set;

/// Keeps personal data out of free properties and addresses: the last line behind what ingest already replaced.
public final class PersonalData {
    private static final Set<String> KEYS =
            Set.of(("email mail emailaddress useremail emailhash emailsha256 phone phonenumber"
                            + " phonehash phonesha256 phonehashe164 mobile mobilenumber tel telephone msisdn firstname lastname fullname"
                            + " surname address street city zip postalcode zipcode dob dateofbirth birthdate birthday gender ssn"
                            + " nationalid passport cardnumber iban ip ipaddress clientip useragent password token accesstoken")
                    .split(" "));
    private static final String MASK = "[redacted]";
    private static final int MIN_PHONE_DIGITS = 8;

    private PersonalData() {}

    /// Does a property of this name hold personal data? Case, `_`, `-` and `$` do not matter.
    public static boolean isPersonalKey(String key) {
        return KEYS.contains(plainKey(key));
    }

    /// Lower case without `_`, `-` and `$`.
    public static String plainKey(String key) {
        StringBuilder plain = new StringBuilder(key.length());
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c != '_' && c != '-' && c != '$') {
                plain.append(c);
            }
        }
        return plain.toString().toLowerCase(Locale.ROOT);
    }

    /// Was this value replaced at ingest?
    public static boolean isReplaced(String value) {
        return value.startsWith("sha256:") || value.startsWith(MASK);
    }

    /// Replaces e-mail addresses and phone numbers with `+` inside the text, also percent-encoded ones.
    public static String masked(String text) {
        String result = text;
        if (result.indexOf('@') >= 0) {
            result = maskedEmails(result, "@");
        }
        if (result.contains("%40")) {
            result = maskedEmails(result, "%40");
        }
        if (result.indexOf('+') >= 0) {
            result = maskedPhones(result, "+");
        }
        if (result.contains("%2B") || result.contains("%2b")) {
            result = maskedPhones(maskedPhones(result, "%2B"), "%2b");
        }
        return result;
    }

    private static String maskedEmails(String text, String at) {
        StringBuilder out = new StringBuilder(text.length());
        int copied = 0;
        for (int i = text.indexOf(at); i >= 0; i = text.indexOf(at, i + at.length())) {
            int start = i;
            while (start > copied && isMailboxChar(text.charAt(start - 1))) {
                start--;
            }
            int end = i + at.length();
            boolean dotted = false;
            while (end < text.length() && isHostChar(text.charAt(end))) {
                dotted |= text.charAt(end) == '.';
                end++;
            }
            if (start < i && dotted) {
                out.append(text, copied, start).append(MASK);
                copied = end;
            }
        }
        return copied == 0 ? text : out.append(text, copied, text.length()).toString();
    }

    private static String maskedPhones(String text, String plus) {
        StringBuilder out = new StringBuilder(text.length());
        int copied = 0;
        for (int i = text.indexOf(plus); i >= 0; i = text.indexOf(plus, i + plus.length())) {
            int end = i + plus.length();
            int digits = 0;
            int afterLastDigit = end;
            while (end < text.length() && digits <= 15 && isPhoneChar(text.charAt(end))) {
                if (Character.isDigit(text.charAt(end))) {
                    digits++;
                    afterLastDigit = end + 1;
                }
                end++;
            }
            if (digits >= MIN_PHONE_DIGITS && digits <= 15 && i >= copied) {
                out.append(text, copied, i).append(MASK);
                copied = afterLastDigit;
            }
        }
        return copied == 0 ? text : out.append(text, copied, text.length()).toString();
    }

    private static boolean isMailboxChar(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
    }

    private static boolean isHostChar(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '-';
    }

    private static boolean isPhoneChar(char c) {
        return Character.isDigit(c) || c == ' ' || c == '-' || c == '(' || c == ')' || c == '.';
    }
}
