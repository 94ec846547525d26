package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.varve.tenant.Scopes;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Hides personal data in what is read, unless the key may see it; then hashes stay hashes. Integers that
/// JavaScript cannot hold become strings either way.
enum Redaction {
    HIDDEN,
    SHOWN;

    static final String REDACTED = "[redacted]";
    private static final BigInteger EXACT = BigInteger.ONE.shiftLeft(53);
    private static final Pattern HASH = Pattern.compile("sha256:[0-9a-f]{64}");
    /// Lower-case, without `-` and `_`.
    private static final Set<String> KEYS = Set.of(
            "email",
            "mail",
            "emailaddress",
            "useremail",
            "phone",
            "phonenumber",
            "mobile",
            "mobilenumber",
            "tel",
            "telephone",
            "msisdn",
            "firstname",
            "lastname",
            "fullname",
            "surname",
            "address",
            "street",
            "city",
            "zip",
            "postalcode",
            "dateofbirth",
            "dob",
            "birthdate",
            "birthday",
            "gender",
            "ip",
            "ipaddress",
            "useragent",
            "password",
            "token",
            "ssn",
            "nationalid",
            "passport",
            "cardnumber",
            "iban",
            "idfa",
            "idfv",
            "gaid");

    static Redaction of(Caller caller) {
        return caller.allows(Scopes.EVENTS_READ_PII) ? SHOWN : HIDDEN;
    }

    @Nullable
    String text(@Nullable String text) {
        if (text == null || this == SHOWN) {
            return text;
        }
        return HASH.matcher(text).replaceAll(REDACTED.replace("[", "\\["));
    }

    ObjectNode object(JsonNode node) {
        ObjectNode shown = Json.object();
        node.properties().forEach(member -> shown.set(member.getKey(), member(member.getKey(), member.getValue())));
        return shown;
    }

    private JsonNode member(String key, JsonNode value) {
        if (this == HIDDEN && !value.isNull() && isPersonal(key)) {
            return TextNode.valueOf(REDACTED);
        }
        return value(value);
    }

    private JsonNode value(JsonNode value) {
        return switch (value) {
            case ObjectNode object -> object(object);
            case ArrayNode array -> {
                ArrayNode shown = Json.array();
                array.forEach(element -> shown.add(value(element)));
                yield shown;
            }
            case TextNode text -> TextNode.valueOf(text(text.textValue()));
            default -> exact(value);
        };
    }

    private static JsonNode exact(JsonNode value) {
        boolean tooLarge =
                value.isIntegralNumber() && value.bigIntegerValue().abs().compareTo(EXACT) > 0;
        return tooLarge ? TextNode.valueOf(value.bigIntegerValue().toString()) : value;
    }

    private static boolean isPersonal(String key) {
        return KEYS.contains(key.toLowerCase(Locale.ROOT).replace("-", "").replace("_", ""));
    }
}
