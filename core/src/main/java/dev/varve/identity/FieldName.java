package dev.varve.identity;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A field name that means something to matching or privacy. Case, `_`, `-` and `$` do not matter, so that
/// `e_mail`, `E-Mail` and `$email` are one. `rank` orders names of the same kind: the lowest wins.
public record FieldName(FieldKind kind, int rank) {
    private static final int LONGEST = 20;
    private static final Map<String, FieldName> NAMES = new HashMap<>();

    static {
        names(FieldKind.EMAIL, "email", "emailaddress", "useremail", "mail", "emailhash", "emailsha256");
        names(
                FieldKind.PHONE,
                "phone",
                "phonenumber",
                "mobile",
                "mobilenumber",
                "tel",
                "telephone",
                "msisdn",
                "phonehash",
                "phonesha256");
        names(FieldKind.PHONE_E164_HASH, "phonehashe164");
        names(FieldKind.FIRST_NAME, "firstname");
        names(FieldKind.LAST_NAME, "lastname", "surname");
        names(FieldKind.BIRTH_DATE, "dateofbirth", "birthdate", "dob", "birthday");
        names(FieldKind.GENDER, "gender");
        names(FieldKind.CITY, "city", "clientcity");
        names(FieldKind.STATE, "state", "subdivision1code");
        names(FieldKind.ZIP, "zip", "postalcode", "zipcode");
        names(FieldKind.COUNTRY, "country", "countrycode");
        names(FieldKind.EXTERNAL_ID, "externalid");
        names(FieldKind.FBC, "fbc");
        names(FieldKind.FBP, "fbp");
        names(FieldKind.FBCLID, "fbclid");
        names(FieldKind.TTCLID, "ttclid");
        names(FieldKind.TTP, "ttp");
        names(FieldKind.SUBSCRIPTION_ID, "subscriptionid");
        names(FieldKind.LEAD_ID, "leadid");
        names(FieldKind.FB_LOGIN_ID, "fbloginid");
        names(FieldKind.ANON_ID, "anonid");
        names(FieldKind.CTWA_CLID, "ctwaclid");
        names(FieldKind.PARTNER_ID, "partnerid");
        names(FieldKind.PARTNER_NAME, "partnername");
        names(FieldKind.IDFA, "idfa");
        names(FieldKind.GAID, "gaid");
        names(FieldKind.ADVERTISING_ID, "advertisingid", "advertiserid", "madid");
        names(FieldKind.IDFV, "idfv");
        names(FieldKind.ATT_STATUS, "attstatus");
        names(FieldKind.PAGE_URL, "pageurl");
        names(FieldKind.REFERRER, "referrer");
        names(FieldKind.IP, "ip", "ipaddress");
        names(FieldKind.OTHER_PERSONAL, "fullname", "address", "street");
        names(FieldKind.SECRET, "password", "token", "ssn", "nationalid", "passport", "cardnumber", "iban");
    }

    /// Meta's own short names, which mean something only inside an object that describes a user.
    private static final Map<String, FieldName> IN_USER = Map.ofEntries(
            Map.entry("em", new FieldName(FieldKind.EMAIL, 15)),
            Map.entry("ph", new FieldName(FieldKind.PHONE, 15)),
            Map.entry("fn", new FieldName(FieldKind.FIRST_NAME, 15)),
            Map.entry("ln", new FieldName(FieldKind.LAST_NAME, 15)),
            Map.entry("db", new FieldName(FieldKind.BIRTH_DATE, 15)),
            Map.entry("ge", new FieldName(FieldKind.GENDER, 15)),
            Map.entry("ct", new FieldName(FieldKind.CITY, 15)),
            Map.entry("st", new FieldName(FieldKind.STATE, 15)),
            Map.entry("zp", new FieldName(FieldKind.ZIP, 15)));

    /// The meaning of a member of a `user` object; null for names without one.
    public static @Nullable FieldName inUser(String name) {
        FieldName meaning = of(name);
        return meaning != null ? meaning : IN_USER.get(name);
    }

    /// Null for names without meaning.
    public static @Nullable FieldName of(String name) {
        if (name.length() > 2 * LONGEST) {
            return null;
        }
        char[] plain = new char[LONGEST];
        int length = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '_' || c == '-' || c == '$') {
                continue;
            }
            if (length == LONGEST || c >= 0x80) {
                return null;
            }
            plain[length++] = c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
        }
        return length < 2 ? null : NAMES.get(new String(plain, 0, length));
    }

    private static void names(FieldKind kind, String... names) {
        for (int rank = 0; rank < names.length; rank++) {
            NAMES.put(names[rank], new FieldName(kind, rank));
        }
    }
}
