package dev.varve.connectors.tiktok;

import dev.varve.connectors.AppCredentials;
import java.time.Duration;
import java.util.Optional;

/// `timeout`: for a whole answer; TikTok is slow at peaks and a repeat is harmless. `app`: finds the advertiser of a
/// pixel, without which its statistics cannot be asked for. `maxEventAge`: older events are not sent; TikTok states no
/// limit, 28 days is its longest click window.
public record TikTokSettings(Duration timeout, Optional<AppCredentials> app, Duration maxEventAge) {
    public static final TikTokSettings DEFAULT =
            new TikTokSettings(Duration.ofSeconds(15), Optional.empty(), Duration.ofDays(28));

    public TikTokSettings {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("tiktok.timeout: must be positive");
        }
        if (maxEventAge.isNegative() || maxEventAge.isZero()) {
            throw new IllegalArgumentException("tiktok.maxEventAge: must be positive");
        }
    }

    public TikTokSettings withMaxEventAge(Duration other) {
        return new TikTokSettings(timeout, app, other);
    }

    public TikTokSettings withApp(Optional<AppCredentials> other) {
        return new TikTokSettings(timeout, other, maxEventAge);
    }
}
