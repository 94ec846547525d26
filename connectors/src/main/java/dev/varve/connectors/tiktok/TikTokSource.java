package dev.varve.connectors.tiktok;

import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.Properties.Names;
import dev.varve.connectors.mapping.Text;
import dev.varve.destination.Destination;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// TikTok's `event_source`; one request has one.
public enum TikTokSource {
    WEB,
    APP,
    OFFLINE,
    CRM;

    private static final Names ACTION_SOURCE = Names.of("action_source");

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The event's own source, the layer's, else by the kind of id: digits are an app id, anything with letters a Pixel
    /// Code. An event never becomes `app` on a Pixel Code by its own wish, and `offline` and `crm` are never
    /// guessed.
    static TikTokSource of(EventFacts facts) {
        boolean appId = isAppId(facts.destination());
        TikTokSource own = own(facts);
        if (own == APP && !appId) {
            own = null;
        }
        TikTokSource layers = parse(facts.destination().mapping().actionSource(), facts.matchText("lead_id") != null);
        if (own != null) {
            return own;
        }
        if (layers != null) {
            return layers;
        }
        return appId && isMobile(facts.senderPlatform()) ? APP : WEB;
    }

    /// What an empty request for this destination would be.
    static TikTokSource ofDestination(Destination destination) {
        TikTokSource layers = parse(destination.mapping().actionSource(), true);
        return layers != null ? layers : isAppId(destination) ? APP : WEB;
    }

    /// Could any event of this destination be sent as `source`? Decides whether its column of names matters.
    static boolean isAppId(Destination destination) {
        String id = destination.pixelId();
        return id != null && Text.isDigits(id);
    }

    private static @Nullable TikTokSource own(EventFacts facts) {
        boolean lead = facts.matchText("lead_id") != null;
        TikTokSource byProperty = parse(facts.properties().text(ACTION_SOURCE), lead);
        return byProperty != null ? byProperty : parse(Text.of(facts.document().get("actionSource")), lead);
    }

    private static @Nullable TikTokSource parse(@Nullable String text, boolean hasLeadId) {
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "web", "website" -> WEB;
            case "app" -> APP;
            case "offline", "physical_store" -> OFFLINE;
            case "crm" -> CRM;
            case "system_generated" -> hasLeadId ? CRM : null;
            default -> null;
        };
    }

    private static boolean isMobile(String platform) {
        return switch (platform) {
            case "ios", "android", "react-native", "flutter", "unity", "macos" -> true;
            default -> false;
        };
    }
}
