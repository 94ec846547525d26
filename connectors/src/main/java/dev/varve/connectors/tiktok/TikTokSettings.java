package dev.varve.connectors.tiktok;

import dev.varve.connectors.AppCredentials;
import java.time.Duration;
import java.util.Optional;

/// `timeout`: for a whole answer; TikTok is slow at peaks and a repeat is harmless. `app`: finds the advertiser of a
/// pixel, without which its statistics cannot be asked for.
public record TikTokSettings(Duration timeout, Optional<AppCredentials> app) {
    public static final TikTokSettings DEFAULT = new TikTokSettings(Duration.ofSeconds(15), Optional.empty());

    public TikTokSettings {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("tiktok.timeout: must be positive");
        }
    }

    public TikTokSettings withApp(Optional<AppCredentials> other) {
        return new TikTokSettings(timeout, other);
    }
}
