package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.audit.AuditTrail;
import dev.varve.delivery.ReceiptState;
import dev.varve.event.Platform;
import dev.varve.health.Receipt;
import dev.varve.server.api.TrackingTroubles.Trouble;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Project;
import dev.varve.tenant.ProjectProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What verify-tracking says of a platform that has not taken an event.
class TrackingReasonsTest {
    private static final Instant SENT_AT = Instant.parse("2026-11-04T12:00:00Z");

    private final InMemoryAuditTrail audit = new InMemoryAuditTrail();
    private final Project project = new Project(
            UUID.randomUUID(),
            UUID.randomUUID(),
            Mode.LIVE,
            Project.Status.ACTIVE,
            ProjectProfile.named("shop", "UTC"),
            new Project.Times(SENT_AT, SENT_AT, null));

    @Test
    void aReceiptSpeaksForItself() {
        assertThat(reasons(Map.of(Platform.META, new Trouble("token_invalid", "")))
                        .of(receipt(ReceiptState.SKIPPED, "consent")))
                .isEqualTo("consent");
    }

    @Test
    void whatWaitsForSomethingToBeMendedSaysForWhat() {
        assertThat(reasons(Map.of(Platform.META, new Trouble("token_invalid", "")))
                        .of(pending()))
                .isEqualTo("token_invalid");
    }

    @Test
    void whatWaitsForAThrottledPlatformSaysSo() {
        answered(Platform.META, "forwarded", SENT_AT.minus(Duration.ofMinutes(5)));
        answered(Platform.META, "throttled", SENT_AT.minus(Duration.ofMinutes(1)));
        answered(Platform.TIKTOK, "forwarded", SENT_AT.plusSeconds(1));

        assertThat(reasons(Map.of()).of(pending())).isEqualTo("platform_throttled");
    }

    @Test
    void aThrottleThatIsOverOrLongAgoIsNoReason() {
        answered(Platform.META, "throttled", SENT_AT.minus(Duration.ofHours(1)));
        assertThat(reasons(Map.of()).of(pending())).as("long ago").isEqualTo("timeout");

        answered(Platform.META, "throttled", SENT_AT.minus(Duration.ofMinutes(2)));
        answered(Platform.META, "retry", SENT_AT.plusSeconds(1));
        answered(Platform.TIKTOK, "throttled", SENT_AT.plusSeconds(2));
        assertThat(reasons(Map.of()).of(pending())).as("over").isEqualTo("timeout");
    }

    private TrackingReasons reasons(Map<Platform, Trouble> troubles) {
        return new TrackingReasons(audit, project, SENT_AT, troubles);
    }

    private static Receipt pending() {
        return new Receipt(Platform.META, ReceiptState.PENDING, null, null, null, List.of());
    }

    private static Receipt receipt(ReceiptState state, String reason) {
        return new Receipt(Platform.META, state, reason, SENT_AT, null, List.of());
    }

    private void answered(Platform platform, String outcome, Instant at) {
        audit.record(new AuditTrail.Row(
                UUID.randomUUID(),
                "capi.forward",
                at,
                new AuditTrail.Origin(project.organizationId(), "system", null, null),
                project.id(),
                null,
                Json.object().put("platform", platform.layerName()).put("outcome", outcome)));
    }
}
