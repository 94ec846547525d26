package dev.varve.connectors.tiktok;

import java.time.Duration;

/// `timeout`: for a whole answer; TikTok is slow at peaks and a repeat is harmless.
public record TikTokSettings(Duration timeout) {
    public static final TikTokSettings DEFAULT = new TikTokSettings(Duration.ofSeconds(15));

    public TikTokSettings {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("tiktok.timeout: must be positive");
        }
    }
}
