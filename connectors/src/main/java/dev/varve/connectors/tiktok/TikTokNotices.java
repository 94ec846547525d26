package dev.varve.connectors.tiktok;

/// Names of what this connector reports although sending goes on.
final class TikTokNotices {
    /// Twice the same events, and TikTok does not say which it left out.
    static final String PARTIAL = "tiktok.partial_success";

    /// Our requests carry a name TikTok does not accept.
    static final String PARTNER_NAME_REFUSED = "tiktok.partner_name_refused";

    /// A matching field went out that is no SHA-256: a defect of this program.
    static final String UNHASHED = "tiktok.unhashed_personal_data";

    private TikTokNotices() {}
}
