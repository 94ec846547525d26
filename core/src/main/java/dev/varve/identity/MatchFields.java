package dev.varve.identity;

/// The member names of the `match` object in an event's document: what may be handed to a platform to recognise a
/// person.
///
/// Hashed members are lists of lower-case hex SHA-256 (64 characters), distinct, in the order given, of at most ten
/// values (a value may have two forms). A ready-made hash in Meta's form keeps the dot and the eight characters that
/// Meta's parameter builder appended; whoever writes for TikTok cuts them; without prefix they are in Meta's
/// form, a `tt_` member is TikTok's form and is present only where it differs, so read `tt_x`, else `x`.
/// Plain members are strings, except `warnings`, a list. A member that would be empty is absent, and so is
/// `match` itself.
public final class MatchFields {
    /// E-mail; both platforms.
    public static final String EMAIL = "em";
    /// Phone, hash of the digits without `+`.
    public static final String PHONE = "ph";
    /// Phone, hash of `+` and the digits.
    public static final String TIKTOK_PHONE = "tt_phone";

    public static final String FIRST_NAME = "fn";
    public static final String TIKTOK_FIRST_NAME = "tt_fn";
    public static final String LAST_NAME = "ln";
    public static final String TIKTOK_LAST_NAME = "tt_ln";
    public static final String BIRTH_DATE = "db";
    public static final String GENDER = "ge";
    public static final String CITY = "ct";
    public static final String STATE = "st";
    public static final String ZIP = "zp";
    public static final String TIKTOK_ZIP = "tt_zp";
    public static final String COUNTRY = "country";
    /// Given external ids, user id, install id and anonymous id, each as given and in lower case.
    public static final String EXTERNAL_ID = "external_id";
    /// The same, each only as given.
    public static final String TIKTOK_EXTERNAL_ID = "tt_external_id";

    /// ISO 3166 alpha-2 in lower case.
    public static final String COUNTRY_CODE = "country_code";
    /// Meta's click id cookie: as given, else built from `fbclid` and the event's time.
    public static final String FBC = "fbc";

    public static final String FBP = "fbp";
    public static final String FBCLID = "fbclid";
    public static final String TTCLID = "ttclid";
    public static final String TTP = "ttp";
    public static final String SUBSCRIPTION_ID = "subscription_id";
    public static final String LEAD_ID = "lead_id";
    public static final String FB_LOGIN_ID = "fb_login_id";
    public static final String ANON_ID = "anon_id";
    public static final String CTWA_CLID = "ctwa_clid";
    public static final String PARTNER_ID = "partner_id";
    public static final String PARTNER_NAME = "partner_name";
    /// Upper case; only with `att_status` `authorized`.
    public static final String IDFA = "idfa";
    /// Lower case.
    public static final String GAID = "gaid";

    public static final String IDFV = "idfv";
    /// `authorized`, `denied`, `restricted`, `not_determined`, or what else was sent, in lower case.
    public static final String ATT_STATUS = "att_status";

    public static final String LOCALE = "locale";
    /// What lowered the match quality: `phone_without_country`, `md5_hash`, `empty_hash`, `invalid_email`,
    /// `invalid_phone`.
    public static final String WARNINGS = "warnings";

    private MatchFields() {}
}
