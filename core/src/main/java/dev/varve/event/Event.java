package dev.varve.event;

import java.time.Instant;

/// One validated event as it is stored: personal data already hashed, nothing in it is raw.
///
/// `document` is UTF-8 JSON, the only copy of what has no column:
/// ```
/// {"properties": {…},            as sent, personal values replaced by `sha256:<hex>` or `[redacted]`
///  "context": {…},               the camelCase fields of the contract's section 5.3
///  "match": {…},                 hashed and plain matching fields, see dev.varve.identity.MatchFields
///  "actionSource": "app",        absent unless given
///  "limitedDataUse": true | {"country": 0, "state": 0},   absent unless given
///  "testEventCode": {"meta": "TEST1", "tiktok": "TEST2"}, absent unless given: forward as test event
///  "notes": ["clockAdjusted"]}   absent when empty
/// ```
public record Event(
        EventIdentity identity,
        Instant occurredAt,
        EventSource source,
        boolean synthetic,
        SenderFacts sender,
        Consent consent,
        byte[] document,
        RequestOrigin origin) {
    /// Name of the events made of Apple's postbacks: never forwarded, whatever a layer maps, and no sign of life of the
    /// app.
    public static final String SKAN_POSTBACK = "skan_postback";

    /// The same with the stricter of its own consent and `other`.
    public Event narrowedTo(Consent other) {
        return new Event(identity, occurredAt, source, synthetic, sender, consent.and(other), document, origin);
    }

    public String name() {
        return identity.name();
    }
}
