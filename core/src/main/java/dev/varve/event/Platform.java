package dev.varve.event;

import java.util.Optional;

/// An ad platform that takes conversions. Event-level data spells it `meta`, project-level data `meta_ads`.
public enum Platform {
    META("meta", "Meta"),
    TIKTOK("tiktok", "TikTok");

    private final String shortName;
    private final String title;

    Platform(String shortName, String title) {
        this.shortName = shortName;
        this.title = title;
    }

    /// `meta`, `tiktok`.
    public String shortName() {
        return shortName;
    }

    /// `meta_ads`, `tiktok_ads`.
    public String layerName() {
        return shortName + "_ads";
    }

    /// As people write it.
    public String title() {
        return title;
    }

    /// Reads either spelling.
    public static Optional<Platform> parse(String text) {
        for (Platform platform : values()) {
            if (text.equals(platform.shortName) || text.equals(platform.layerName())) {
                return Optional.of(platform);
            }
        }
        return Optional.empty();
    }
}
