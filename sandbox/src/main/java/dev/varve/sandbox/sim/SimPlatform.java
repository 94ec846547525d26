package dev.varve.sandbox.sim;

import java.util.Optional;

/// The platforms this sandbox imitates.
public enum SimPlatform {
    META("meta", "Meta"),
    TIKTOK("tiktok", "TikTok");

    private final String shortName;
    private final String title;

    SimPlatform(String shortName, String title) {
        this.shortName = shortName;
        this.title = title;
    }

    public String shortName() {
        return shortName;
    }

    public String title() {
        return title;
    }

    public static Optional<SimPlatform> parse(String text) {
        for (SimPlatform platform : values()) {
            if (text.equals(platform.shortName)) {
                return Optional.of(platform);
            }
        }
        return Optional.empty();
    }
}
