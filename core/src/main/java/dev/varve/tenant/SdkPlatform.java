package dev.varve.tenant;

import java.util.Optional;

/// What an SDK app was made with.
public enum SdkPlatform {
    IOS("ios"),
    ANDROID("android"),
    WEB("web"),
    REACT_NATIVE("react-native"),
    FLUTTER("flutter"),
    EXPO("expo"),
    NEXTJS("nextjs"),
    VITE("vite"),
    REACT_ROUTER("react-router");

    private final String wireName;

    SdkPlatform(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    /// True for sites and web frameworks, which are named by a domain.
    public boolean isWeb() {
        return this == WEB || this == NEXTJS || this == VITE || this == REACT_ROUTER;
    }

    /// The SDK's own platform name: what an event without `platform` gets.
    public String eventPlatform() {
        return switch (this) {
            case IOS, ANDROID, REACT_NATIVE, FLUTTER -> wireName;
            case EXPO -> "react-native";
            case WEB, NEXTJS, VITE, REACT_ROUTER -> "web";
        };
    }

    public static Optional<SdkPlatform> parse(String text) {
        for (SdkPlatform platform : values()) {
            if (platform.wireName.equals(text)) {
                return Optional.of(platform);
            }
        }
        return Optional.empty();
    }
}
