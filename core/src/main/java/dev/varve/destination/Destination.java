package dev.varve.destination;

import dev.varve.event.Platform;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A project's configured target on one platform: the layer's CAPI configuration with its token.
///
/// `endpoint` is scheme, host and port; the platform's own paths follow.
public record Destination(
        Key key,
        boolean enabled,
        boolean testMode,
        @Nullable String pixelId,
        Optional<AccessToken> accessToken,
        String endpoint,
        Mapping mapping) {

    public record Key(UUID projectId, Platform platform) {}

    /// A token that never prints itself.
    public record AccessToken(String value) {
        @Override
        public String toString() {
            return "***";
        }
    }

    /// How events become the platform's. `eventMap`: our name → platform name, empty = do not forward.
    public record Mapping(
            Map<String, Optional<String>> eventMap,
            @Nullable String actionSource,
            @Nullable DataProcessing dataProcessing) {
        public Mapping {
            eventMap = Map.copyOf(eventMap);
        }

        public static final Mapping DEFAULT = new Mapping(Map.of(), null, null);
    }

    /// Meta's data processing options; `limited` means `["LDU"]`.
    public record DataProcessing(boolean limited, int country, int state) {}

    /// Can events be sent at all?
    public boolean isSendable() {
        return enabled && pixelId != null && accessToken.isPresent();
    }
}
