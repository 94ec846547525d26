package dev.varve.event;

import org.jspecify.annotations.Nullable;

/// Who and what sent an event: `environment` and `platform` as the SDK spells them, ids as the app gave them
/// (an e-mail address given as user id is already replaced by its hash).
public record SenderFacts(
        @Nullable String environment,
        @Nullable String platform,
        @Nullable String userId,
        @Nullable String installId,
        @Nullable String sessionId) {
    public static final SenderFacts NONE = new SenderFacts(null, null, null, null, null);
}
