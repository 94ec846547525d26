package dev.varve.tenant;

import java.util.Locale;

/// Which request allowance an API key has.
public enum RateLimitTier {
    STANDARD,
    PILOT,
    PARTNER,
    SANDBOX,
    INTERNAL;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException for anything but a wire name
    public static RateLimitTier of(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }
}
