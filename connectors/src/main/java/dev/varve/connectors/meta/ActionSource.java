package dev.varve.connectors.meta;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where Meta is told a conversion happened.
public enum ActionSource {
    EMAIL,
    WEBSITE,
    APP,
    PHONE_CALL,
    CHAT,
    PHYSICAL_STORE,
    SYSTEM_GENERATED,
    BUSINESS_MESSAGING,
    OTHER;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Meta's own spellings only; null for anything else.
    static @Nullable ActionSource parse(@Nullable String text) {
        if (text == null) {
            return null;
        }
        for (ActionSource source : values()) {
            if (source.wireName().equals(text)) {
                return source;
            }
        }
        return null;
    }

    /// Also TikTok's spellings, which an event may carry.
    static @Nullable ActionSource parseAny(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "web" -> WEBSITE;
            case "offline" -> PHYSICAL_STORE;
            case "crm" -> SYSTEM_GENERATED;
            default -> parse(text);
        };
    }
}
