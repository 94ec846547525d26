package dev.varve.store.postgres.timeline;

import dev.varve.delivery.ReceiptState;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.eventlog.EventRef;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An event of the `RelayModel`, and where it stands on each platform as far as the ledger was told.
final class ModelEvent {
    /// `state` null: the destination is off, nothing is ever recorded. `attempts` of the backlog entry.
    record Place(@Nullable ReceiptState state, @Nullable String reason, int attempts) {
        static final Place OFF = new Place(null, null, 0);
    }

    final LoggedEvent logged;
    /// Without an entry: not planned yet.
    final Map<Platform, Place> places = new EnumMap<>(Platform.class);
    boolean isPassed;

    ModelEvent(LoggedEvent logged) {
        this.logged = logged;
    }

    boolean isReal() {
        return !logged.event().synthetic();
    }

    String app() {
        return logged.identity().appId();
    }

    EventRef ref() {
        return new EventRef(logged.offset(), logged.event().occurredAt());
    }

    /// `forwarded`, `skipped.<reason>`, `dead.<reason>`, `pending` or `retrying`.
    String standing(Platform platform) {
        Place place = places.get(platform);
        if (place == null) {
            return "pending";
        }
        if (place.state() == null) {
            return isPassed ? "skipped.disabled" : "pending";
        }
        return place.state().wireName() + (place.reason() == null ? "" : "." + place.reason());
    }

    static Event event(EventIdentity identity, java.time.Instant occurredAt, boolean synthetic) {
        return new Event(
                identity,
                occurredAt,
                EventSource.SDK,
                synthetic,
                SenderFacts.NONE,
                Consent.UNSTATED,
                "{}".getBytes(StandardCharsets.UTF_8),
                RequestOrigin.UNKNOWN);
    }
}
