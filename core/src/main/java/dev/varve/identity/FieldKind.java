package dev.varve.identity;

/// What a field of an event is to matching and to privacy, decided by its name alone; see [FieldName].
public enum FieldKind {
    EMAIL(Treatment.HASH),
    PHONE(Treatment.HASH),
    /// A ready-made hash of the E.164 form, for TikTok only.
    PHONE_E164_HASH(Treatment.HASH),
    FIRST_NAME(Treatment.HASH),
    LAST_NAME(Treatment.HASH),
    BIRTH_DATE(Treatment.HASH),
    GENDER(Treatment.HASH),
    CITY(Treatment.HASH),
    STATE(Treatment.KEEP),
    ZIP(Treatment.HASH),
    COUNTRY(Treatment.KEEP),
    EXTERNAL_ID(Treatment.KEEP),
    USER_ID(Treatment.KEEP),
    INSTALL_ID(Treatment.KEEP),
    ANONYMOUS_ID(Treatment.KEEP),
    FBC(Treatment.KEEP),
    FBP(Treatment.KEEP),
    FBCLID(Treatment.KEEP),
    TTCLID(Treatment.KEEP),
    TTP(Treatment.KEEP),
    SUBSCRIPTION_ID(Treatment.KEEP),
    LEAD_ID(Treatment.KEEP),
    FB_LOGIN_ID(Treatment.KEEP),
    ANON_ID(Treatment.KEEP),
    CTWA_CLID(Treatment.KEEP),
    PARTNER_ID(Treatment.KEEP),
    PARTNER_NAME(Treatment.KEEP),
    /// Stored in the `match` object only, and only with the user's permission.
    IDFA(Treatment.REDACT),
    GAID(Treatment.KEEP),
    /// Either of the two, told apart by the event's system.
    ADVERTISING_ID(Treatment.REDACT),
    IDFV(Treatment.KEEP),
    ATT_STATUS(Treatment.KEEP),
    LOCALE(Treatment.KEEP),
    /// The address of a page, whose query may hold click ids.
    PAGE_URL(Treatment.KEEP),
    REFERRER(Treatment.KEEP),
    /// Belongs into the short-lived matching record.
    IP(Treatment.REDACT),
    /// Personal, but no platform takes it.
    OTHER_PERSONAL(Treatment.HASH),
    /// Passwords, tokens and numbers of documents: never stored in any form.
    SECRET(Treatment.REDACT);

    /// What is done to the value where it is stored with the event.
    public enum Treatment {
        KEEP,
        /// `sha256:<hex>` in its place.
        HASH,
        /// `[redacted]` in its place.
        REDACT
    }

    private final Treatment treatment;

    FieldKind(Treatment treatment) {
        this.treatment = treatment;
    }

    public Treatment treatment() {
        return treatment;
    }
}
