package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.SdkPlatform;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Ready-made values for delivery tests.
final class DeliveryFixtures {
    static final UUID PROJECT = UUID.fromString("553b1ece-d8be-4051-be35-1cb962aae2e8");
    static final String APP = "app_bb86d28894e61b49cac37482";

    private DeliveryFixtures() {}

    static Event event(String eventId, Instant occurredAt) {
        return new Event(
                new EventIdentity(PROJECT, APP, eventId, "purchase_success"),
                occurredAt,
                EventSource.SDK,
                false,
                SenderFacts.NONE,
                Consent.UNSTATED,
                "{}".getBytes(StandardCharsets.UTF_8),
                RequestOrigin.UNKNOWN);
    }

    /// An event of this app and sender, with a `match` member.
    static Event event(EventIdentity identity, SenderFacts sender, Instant occurredAt, String match) {
        return new Event(
                identity,
                occurredAt,
                EventSource.SDK,
                false,
                sender,
                Consent.UNSTATED,
                ("{\"match\":" + match + "}").getBytes(StandardCharsets.UTF_8),
                RequestOrigin.UNKNOWN);
    }

    static LaneItem item(long offset, Instant now) {
        LoggedEvent event = new LoggedEvent(offset, now, event("e-" + offset, now));
        PreparedEvent prepared = new PreparedEvent(event, "Purchase", new byte[] {'{', '}'}, "", false, List.of());
        return new LaneItem(prepared, now, new ProgressWindow.Tracked(event, Set.of(), 1));
    }

    /// Oldest first, nothing urgent.
    static DueQuery query(Instant now, int max, Set<Long> held) {
        return new DueQuery(now, max, held, BacklogOrder.OLDEST, Instant.EPOCH);
    }

    static Destination destination(Platform platform, String token) {
        return new Destination(
                new Destination.Key(PROJECT, platform),
                true,
                true,
                "900100200300400",
                Optional.of(new Destination.AccessToken(token)),
                "http://127.0.0.1:1",
                Destination.Mapping.DEFAULT);
    }

    static IngestApp app() {
        return app(APP);
    }

    static IngestApp app(String appId) {
        return new IngestApp(
                appId,
                PROJECT,
                SdkPlatform.WEB,
                new IngestApp.AppKeyPolicy(new byte[32], false),
                new IngestApp.AppStoreIdentity("Shop", null, null, "shop.example", null),
                Map.of(),
                Map.of());
    }
}
