package dev.varve.sandbox.sim;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a token may do; its prefix decides.
public enum MagicToken {
    OK("sbx_ok"),
    SEND_ONLY("sbx_sendonly"),
    EXPIRED("sbx_expired"),
    REVOKED("sbx_revoked"),
    NO_PERMISSION("sbx_noperm"),
    BLIP("sbx_blip"),
    THROTTLE("sbx_throttle"),
    UNKNOWN("");

    private final String prefix;

    MagicToken(String prefix) {
        this.prefix = prefix;
    }

    /// `accepted`: further tokens that behave like `sbx_ok`.
    public static MagicToken of(@Nullable String token, Set<String> accepted) {
        if (token == null || token.isEmpty()) {
            return UNKNOWN;
        }
        if (accepted.contains(token)) {
            return OK;
        }
        for (MagicToken kind : values()) {
            if (token.startsWith(kind.prefix)) {
                return kind;
            }
        }
        return UNKNOWN;
    }
}
