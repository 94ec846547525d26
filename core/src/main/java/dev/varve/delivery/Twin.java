package dev.varve.delivery;

import dev.varve.event.Platform;
import java.time.Duration;
import java.util.Set;

/// What a platform recognises a repeated event by, and where the other one may come from. Event ids are unique per app,
/// so a twin comes from another app that reports to the same pixel. `otherApps`: those apps.
public record Twin(Platform platform, String pixelId, String sentAs, String eventId, Set<String> otherApps) {
    /// How long the platforms merge events of the same name and id.
    public static final Duration WINDOW = Duration.ofHours(48);

    public Twin {
        otherApps = Set.copyOf(otherApps);
    }

    /// The same for both of a pair.
    record Key(Platform platform, String pixelId, String sentAs, String eventId) {}

    Key key() {
        return new Key(platform, pixelId, sentAs, eventId);
    }
}
