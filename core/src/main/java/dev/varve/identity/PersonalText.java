package dev.varve.identity;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Replaces personal data in texts before they are stored. Holds the hash and the country for national phone
/// numbers of one request; not thread-safe.
public final class PersonalText {
    public static final String REDACTED = "[redacted]";
    private static final String HASH_PREFIX = "sha256:";
    private static final int MAX_NESTED_ADDRESSES = 3;

    private final Sha256 sha256;
    private final @Nullable String defaultCountry;

    public PersonalText(Sha256 sha256, @Nullable String defaultCountry) {
        this.sha256 = sha256;
        this.defaultCountry = defaultCountry;
    }

    /// An id of a user as it is stored and looked up: e-mail addresses and phone numbers as their hash, all else as
    /// it is.
    public static String storedId(String id) {
        return new PersonalText(new Sha256(), null).mask(id);
    }

    /// What stands in place of the value of a personal field: `sha256:<hex>` of its normal form, of a hash itself.
    public String hashed(FieldKind kind, String raw) {
        String text = Text.trim(raw);
        if (ReadyMadeHash.of(text) instanceof ReadyMadeHash.Usable ready) {
            return HASH_PREFIX + ready.hex();
        }
        String normal = normalForm(kind, text);
        return HASH_PREFIX + sha256.hex(normal == null ? Text.fold(text) : normal);
    }

    private @Nullable String normalForm(FieldKind kind, String text) {
        if (kind == FieldKind.EMAIL) {
            return EmailAddress.normalise(text);
        }
        if (kind == FieldKind.PHONE) {
            PhoneNumber number = PhoneNumber.parse(text, defaultCountry);
            return number == null ? null : number.digits();
        }
        return null;
    }

    /// The text without personal data: hashed when it is an e-mail address or an international phone number as a
    /// whole, with replaced parts when it is an address (URL) that carries such. The same instance when there is
    /// nothing to replace.
    public String mask(String text) {
        return mask(text, 0);
    }

    private String mask(String text, int depth) {
        String whole = wholeMask(text);
        if (whole != null) {
            return whole;
        }
        return looksLikeAddress(text) && mayCarryPersonalData(text) ? maskAddress(text, depth) : text;
    }

    private @Nullable String wholeMask(String text) {
        if (text.length() > 700) {
            return null;
        }
        if (EmailAddress.isOne(text)) {
            return hashed(FieldKind.EMAIL, text);
        }
        return hasPlus(text) && PhoneNumber.isOne(text) ? hashed(FieldKind.PHONE, text) : null;
    }

    private static boolean hasPlus(String text) {
        return text.indexOf('+') >= 0 || text.indexOf('\uff0b') >= 0;
    }

    private static boolean looksLikeAddress(String text) {
        return text.indexOf('=') >= 0
                || text.indexOf('/') >= 0
                || text.startsWith("mailto:")
                || text.startsWith("tel:");
    }

    /// Every part that is replaced is named by `=`, or contains one of these signs, plain or encoded.
    private static boolean mayCarryPersonalData(String text) {
        return text.indexOf('=') >= 0
                || text.indexOf('@') >= 0
                || text.indexOf('%') >= 0
                || text.indexOf(':') >= 0
                || hasPlus(text);
    }

    private String maskAddress(String text, int depth) {
        StringBuilder masked = new StringBuilder(text.length() + 64);
        int start = 0;
        String name = "";
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '&' : text.charAt(i);
            boolean isValue = !name.isEmpty();
            boolean isEnd =
                    c == '&' || c == '#' || c == ';' || !isValue && (c == '/' || c == '?' || c == '=' || c == ':');
            if (!isEnd) {
                continue;
            }
            String part = text.substring(start, i);
            masked.append(maskPart(name, part, depth));
            name = c == '=' ? part : "";
            if (i < text.length()) {
                masked.append(c);
            }
            start = i + 1;
        }
        String result = masked.toString();
        return result.equals(text) ? text : result;
    }

    private String maskPart(String name, String part, int depth) {
        if (part.isEmpty()) {
            return part;
        }
        String value = ClickIds.decoded(part);
        FieldName meaning = name.isEmpty() ? null : FieldName.of(ClickIds.decoded(name));
        if (meaning != null) {
            switch (meaning.kind().treatment()) {
                case HASH -> {
                    return hashed(meaning.kind(), value);
                }
                case REDACT -> {
                    return REDACTED;
                }
                case KEEP -> {
                    // may still be personal by its form
                }
            }
        }
        String whole = wholeMask(part);
        if (whole == null) {
            whole = wholeMask(value.startsWith(" ") ? "+" + value.substring(1) : value);
        }
        if (whole != null) {
            return whole;
        }
        boolean mayNest = depth < MAX_NESTED_ADDRESSES && !name.isEmpty();
        String inner = mayNest ? mask(value, depth + 1) : value;
        return inner.equals(value) ? part : URLEncoder.encode(inner, StandardCharsets.UTF_8);
    }
}
