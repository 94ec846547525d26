package dev.varve.connectors.tiktok;

import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.tenant.PrefixedId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an operator should hear of although sending goes on.
enum TikTokNotices {
    /// Twice the same events, and TikTok does not say which it left out.
    PARTIAL("tiktok.partial_success"),
    /// Our requests carry a name TikTok does not accept.
    PARTNER_NAME_REFUSED("tiktok.partner_name_refused"),
    /// A matching field went out that is no SHA-256: a defect of this program.
    UNHASHED("tiktok.unhashed_personal_data");

    private static final Logger LOG = LoggerFactory.getLogger(TikTokConnector.class);

    private final String message;

    TikTokNotices(String message) {
        this.message = message;
    }

    void log(Destination destination, Answer answer) {
        LOG.atWarn()
                .addKeyValue(
                        "projectId", PrefixedId.PROJECT.format(destination.key().projectId()))
                .addKeyValue("platform", destination.key().platform().layerName())
                .addKeyValue("platformCode", answer.platformCode())
                .addKeyValue("traceId", answer.traceId())
                .log(message);
    }
}
