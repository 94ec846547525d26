package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.ReceiptState;
import dev.varve.e2e.rig.RelayRig;
import dev.varve.e2e.rig.RigEvents;
import dev.varve.e2e.rig.RigShop;
import dev.varve.event.Platform;
import dev.varve.health.Accounting;
import dev.varve.health.Receipt;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Events of a destination that is switched off leave a trace, and those after it is switched on are sent.
class DisabledDestinationTest {
    private static final Duration STEP = Duration.ofSeconds(1);
    private static RelayRig rig;

    @BeforeAll
    static void start() {
        rig = new RelayRig(200, Duration.ofSeconds(10));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @ParameterizedTest
    @EnumSource(Platform.class)
    void whatCameWhileItWasOffIsSkippedAndCountedAndWhatComesLaterFlows(Platform platform) {
        RigShop shop = rig.openShop();
        rig.switchOff(shop, platform);
        rig.send(shop, RigEvents.ids("off", 40));
        rig.advanceUntilSettled(shop, STEP);
        rig.useToken(shop, platform, "sbx_ok_on" + shop.suffix());
        List<String> later = RigEvents.ids("on", 30);
        rig.send(shop, later);
        rig.advanceUntilSettled(shop, STEP);

        Accounting.Sums sums = rig.sums(shop, platform);
        assertThat(sums.skippedBy()).isEqualTo(Map.of("disabled", 40L));
        assertThat(sums.forwarded()).isEqualTo(30);
        assertThat(rig.sandbox().received(shop, platform).keySet()).containsExactlyInAnyOrderElementsOf(later);
        Receipt receipt = rig.receipt(shop, platform, "off-7");
        assertThat(receipt.state()).isEqualTo(ReceiptState.SKIPPED);
        assertThat(receipt.reason()).isEqualTo("disabled");
    }

    @ParameterizedTest
    @EnumSource(Platform.class)
    void whatWaitsWhenItIsSwitchedOffIsSkippedAndCounted(Platform platform) {
        RigShop shop = rig.openShop();
        rig.sandbox().fault(shop, platform, "http_503");
        rig.send(shop, RigEvents.ids("waiting", 40));
        rig.advanceUntil("it failed", STEP, () -> rig.sums(shop, platform).retrying() == 40);
        rig.switchOff(shop, platform);
        rig.advanceUntilSettled(shop, Duration.ofSeconds(10));
        rig.sandbox().clearFaults();

        assertThat(rig.sums(shop, platform).skippedBy()).isEqualTo(Map.of("disabled", 40L));
        assertThat(rig.sandbox().received(shop, platform)).isEmpty();
    }
}
