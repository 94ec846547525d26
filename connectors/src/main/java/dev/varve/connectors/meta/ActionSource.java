package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.Device;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.PageAddresses;
import dev.varve.connectors.mapping.Properties;
import dev.varve.connectors.mapping.Properties.Names;
import dev.varve.connectors.mapping.Text;
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

    private static final Names PROPERTY = Names.of("action_source");
    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }

    /// The event's property, the event's own source, the layer's, the table by platform: first hit wins. An app event
    /// of a system that is neither iOS nor Android is `other`, because Meta takes no third kind of `extinfo`.
    static ActionSource of(EventFacts facts, Device device) {
        ActionSource stated = stated(facts.document());
        ActionSource layers = parse(facts.destination().mapping().actionSource());
        ActionSource source = stated != null ? stated : layers != null ? layers : byPlatform(facts);
        return source == APP && device.os() == Device.Os.OTHER ? OTHER : source;
    }

    /// What the event itself says.
    static @Nullable ActionSource stated(JsonNode document) {
        ActionSource byProperty = parse(new Properties(document.path("properties")).text(PROPERTY));
        return byProperty != null ? byProperty : parseAny(Text.of(document.get("actionSource")));
    }

    private static ActionSource byPlatform(EventFacts facts) {
        return switch (facts.senderPlatform()) {
            case "web" -> WEBSITE;
            case "ios", "android", "react-native", "flutter", "unity", "macos" -> APP;
            default -> PageAddresses.of(facts).page() != null ? WEBSITE : SYSTEM_GENERATED;
        };
    }

    /// Meta's own spellings only; null for anything else.
    static @Nullable ActionSource parse(@Nullable String text) {
        if (text == null) {
            return null;
        }
        for (ActionSource source : values()) {
            if (source.wireName.equals(text)) {
                return source;
            }
        }
        return null;
    }

    /// Also TikTok's spellings, which an event may carry.
    private static @Nullable ActionSource parseAny(@Nullable String text) {
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
