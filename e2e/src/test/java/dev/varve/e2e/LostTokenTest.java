package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DestinationState.LastError;
import dev.varve.delivery.DestinationState.Phase;
import dev.varve.e2e.rig.RelayRig;
import dev.varve.e2e.rig.RigEvents;
import dev.varve.e2e.rig.RigShop;
import dev.varve.event.Platform;
import dev.varve.health.Accounting;
import dev.varve.health.CapiFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A token or a permission that is lost stops the destination with all its events; a new token goes on from there.
class LostTokenTest {
    private static RelayRig rig;

    @BeforeAll
    static void start() {
        rig = new RelayRig(200, Duration.ofSeconds(10));
    }

    @AfterEach
    void clearFaults() {
        rig.sandbox().clearFaults();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @ParameterizedTest
    @CsvSource({
        "META,token_expired,TOKEN,TOKEN_INVALID",
        "META,token_revoked,TOKEN,TOKEN_INVALID",
        "META,permission_revoked,PERMISSION,PIXEL_INVALID",
        "TIKTOK,token_expired,TOKEN,TOKEN_INVALID",
        "TIKTOK,token_revoked,TOKEN,TOKEN_INVALID",
        "TIKTOK,permission_revoked,PERMISSION,PIXEL_INVALID"
    })
    void theDestinationStopsAtOnceAndANewTokenResumesWhereItStopped(
            Platform platform, String fault, String reason, String code) {
        RigShop shop = rig.openShop();
        List<String> ids = new ArrayList<>(send(shop, "before", 20));
        rig.advanceUntilSettled(shop, Duration.ofSeconds(1));
        rig.sandbox().fault(shop, platform, fault);
        ids.addAll(send(shop, "during", 40));
        rig.advanceUntil(
                "stopped",
                Duration.ofSeconds(5),
                () -> rig.state(shop, platform).phase() == Phase.STOPPED);
        assertThat(rig.state(shop, platform).brokenReason()).isEqualTo(reason);
        assertThat(rig.state(shop, platform).lastError())
                .extracting(LastError::code)
                .isEqualTo(code);
        int asked = purchasesRefused(shop, platform);
        ids.addAll(send(shop, "late", 40));
        rig.awaitPlanned();
        rig.advance(Duration.ofMinutes(10));
        rig.awaitRecorded();
        assertThat(purchasesRefused(shop, platform)).as("no event is sent").isEqualTo(asked);
        assertThat(rig.sums(shop, platform).retrying()
                        + rig.sums(shop, platform).pending())
                .isEqualTo(80);

        rig.sandbox().clearFaults();
        rig.useToken(shop, platform, "sbx_ok_new" + shop.suffix());
        rig.advanceUntilSettled(shop, Duration.ofSeconds(1));

        for (Platform one : Platform.values()) {
            rig.assertForwarded(shop, one, ids);
            assertThat(rig.sandbox().received(shop, one).values()).containsOnly(1);
        }
        assertThat(rig.state(shop, platform).phase()).isEqualTo(Phase.FLOWING);
        rig.assertNoTokenInTheLog();
    }

    @ParameterizedTest
    @CsvSource({"META,8", "TIKTOK,29"})
    void whatGrowsTooOldMeanwhileIsSkippedCountedAndShown(Platform platform, int days) {
        RigShop shop = rig.openShop();
        rig.sandbox().fault(shop, platform, "token_revoked");
        send(shop, "old", 60);
        rig.advanceUntil(
                "stopped",
                Duration.ofSeconds(5),
                () -> rig.state(shop, platform).phase() == Phase.STOPPED);
        rig.awaitRecorded();
        rig.advance(Duration.ofDays(days));
        List<String> young = send(shop, "young", 20);
        rig.advanceUntil(
                "aged out",
                Duration.ofSeconds(10),
                () -> rig.sums(shop, platform).skipped() == 60);
        CapiFacts shown = rig.facts(shop, platform);
        assertThat(shown.counts().skipped24h("too_old")).isEqualTo(60);
        rig.advanceUntil(
                "the young ones wait",
                Duration.ofSeconds(1),
                () -> rig.facts(shop, platform).backlog().events() == 20);

        rig.sandbox().clearFaults();
        rig.useToken(shop, platform, "sbx_ok_newer" + shop.suffix());
        rig.advanceUntilSettled(shop, Duration.ofSeconds(1));

        Accounting.Sums sums = rig.sums(shop, platform);
        assertThat(sums.skippedBy()).isEqualTo(Map.of("too_old", 60L));
        assertThat(sums.forwarded()).isEqualTo(20);
        assertThat(sums.dead()).isZero();
        assertThat(rig.sandbox().received(shop, platform).keySet()).containsExactlyInAnyOrderElementsOf(young);
        assertThat(rig.receipt(shop, platform, "old-0").reason()).isEqualTo("too_old");
    }

    @ParameterizedTest
    @EnumSource(Platform.class)
    void aPermissionThatIsGoneForAMomentStopsNothing(Platform platform) {
        RigShop shop = rig.openShop();
        rig.sandbox().fault(shop, platform, "permission_blip", 2, "");
        List<String> ids = send(shop, "blip", 40);
        rig.advanceUntilSettled(shop, Duration.ofSeconds(5));
        rig.assertForwarded(shop, platform, ids);
        assertThat(rig.state(shop, platform).phase()).isEqualTo(Phase.FLOWING);
        assertThat(rig.state(shop, platform).brokenReason()).isNull();
    }

    private static List<String> send(RigShop shop, String name, int count) {
        List<String> ids = RigEvents.ids(name, count);
        rig.send(shop, ids);
        return ids;
    }

    /// Requests with events of ours; probes carry none.
    private static int purchasesRefused(RigShop shop, Platform platform) {
        return (int) rig.sandbox().requests(shop, platform).stream()
                .filter(request ->
                        request.body().contains("during-") || request.body().contains("late-"))
                .count();
    }
}
