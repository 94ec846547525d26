package dev.varve.connectors.meta;

import dev.varve.connectors.mapping.Commerce;
import dev.varve.destination.Destination.DataProcessing;
import dev.varve.destination.Preparation;
import dev.varve.destination.Preparation.Refused;
import dev.varve.destination.Preparation.Skipped;
import dev.varve.destination.SkipReason;
import org.jspecify.annotations.Nullable;

/// What Meta would refuse, found before a request is spent on it. In the order of the protocol reference, so that an
/// event which fails several checks gets the first one's reason.
final class MetaChecks {
    private static final String PURCHASE = "Purchase";
    private static final int FIRST_STATE = 1000;
    private static final int LAST_STATE = 1010;

    private MetaChecks() {}

    /// Null: Meta should take it.
    static @Nullable Preparation refusal(MetaDraft draft, Commerce commerce) {
        if (draft.source() == ActionSource.WEBSITE && draft.sourceUrl() == null) {
            return refused(
                    draft,
                    "missing_event_source_url",
                    "a website event needs the address of its page: send $page_url or set the app's web domain");
        }
        if (draft.source() == ActionSource.APP && draft.device().osVersion() == null) {
            return refused(draft, "os_version_missing", "an app event needs os_version");
        }
        if (!draft.userData().isSufficient()) {
            return new Skipped(SkipReason.NO_IDENTIFIERS);
        }
        Preparation money = draft.name().equals(PURCHASE) ? refusalOfPurchase(draft, commerce) : null;
        return money != null ? money : refusalOfDataUse(draft);
    }

    private static @Nullable Preparation refusalOfPurchase(MetaDraft draft, Commerce commerce) {
        if (commerce.value() == null) {
            return refused(draft, "missing_value", "a purchase needs a numeric value or revenue");
        }
        if (commerce.hasNegativeValue()) {
            return refused(draft, "negative_value", "a refund is no purchase: the value is negative");
        }
        return commerce.currency() == null
                ? refused(draft, "missing_currency", "a purchase needs an ISO 4217 currency")
                : null;
    }

    /// Never sent without the limit that was asked for.
    private static @Nullable Preparation refusalOfDataUse(MetaDraft draft) {
        DataProcessing options = draft.facts().dataProcessing();
        if (options == null || !options.limited()) {
            return null;
        }
        boolean country = options.country() == 0 || options.country() == 1;
        boolean state = options.state() == 0 || options.state() >= FIRST_STATE && options.state() <= LAST_STATE;
        return country && state
                ? null
                : refused(draft, "ldu_invalid", "limited data use needs country 0 or 1, and state 0 or 1000 to 1010");
    }

    private static Refused refused(MetaDraft draft, String reason, String message) {
        return new Refused(reason, message, draft.name());
    }
}
