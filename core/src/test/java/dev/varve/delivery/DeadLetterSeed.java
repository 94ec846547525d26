package dev.varve.delivery;

import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/// A dead letter for tests. Its event arrived when it occurred and is too old seven days later.
public record DeadLetterSeed(String id, Platform platform, Instant occurredAt, Kind kind) {
    public record Kind(String app, String eventName, String reason, boolean synthetic) {}

    static final Kind ORDINARY = new Kind("app_a", "purchase", "platform_rejected", false);

    public static DeadLetterSeed of(String id, Instant occurredAt) {
        return new DeadLetterSeed("dl_" + id, Platform.META, occurredAt, ORDINARY);
    }

    DeadLetterSeed on(Platform other) {
        return new DeadLetterSeed(id, other, occurredAt, kind);
    }

    DeadLetterSeed kind(String app, String eventName, String reason) {
        return new DeadLetterSeed(id, platform, occurredAt, new Kind(app, eventName, reason, false));
    }

    DeadLetterSeed synthetic() {
        return new DeadLetterSeed(id, platform, occurredAt, new Kind(kind.app, kind.eventName, kind.reason, true));
    }

    public String eventId() {
        return "event of " + id;
    }

    public Instant tooOldAt() {
        return occurredAt.plus(Duration.ofDays(7));
    }

    public record Owner(UUID organization, UUID project) {}
}
