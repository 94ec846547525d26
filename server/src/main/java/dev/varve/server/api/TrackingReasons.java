package dev.varve.server.api;

import dev.varve.audit.AuditTrail;
import dev.varve.event.Platform;
import dev.varve.health.Receipt;
import dev.varve.server.api.TrackingTroubles.Trouble;
import dev.varve.tenant.Project;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Why platforms have not taken an event. `since`: when the test event was sent.
record TrackingReasons(AuditTrail audit, Project project, Instant since, Map<Platform, Trouble> troubles) {
    /// A platform that throttles wants nothing for a while, so its refusal may be older than the test event.
    private static final Duration THROTTLED_FOR = Duration.ofMinutes(15);

    private static final int REQUESTS = 100;

    @Nullable
    Trouble trouble(Platform platform) {
        return troubles.get(platform);
    }

    /// Of an event that is not forwarded: that of its receipt, or what it waits for.
    String of(Receipt receipt) {
        if (receipt.isSettled()) {
            return Objects.requireNonNullElse(receipt.reason(), receipt.state().wireName());
        }
        Trouble trouble = trouble(receipt.platform());
        if (trouble != null) {
            return trouble.reason();
        }
        return isThrottled(receipt.platform()) ? "platform_throttled" : "timeout";
    }

    /// Whether that was the answer to the newest request.
    private boolean isThrottled(Platform platform) {
        AuditTrail.Filter filter = new AuditTrail.Filter(
                project.organizationId(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("capi.forward"),
                Optional.of(project.id()),
                Optional.empty(),
                Optional.of(since.minus(THROTTLED_FOR)),
                Optional.empty());
        return audit.page(filter, Optional.empty(), REQUESTS).stream()
                .filter(row -> row.data().path("platform").asText().equals(platform.layerName()))
                .findFirst()
                .filter(row -> row.data().path("outcome").asText().equals("throttled"))
                .isPresent();
    }
}
