package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.rig.RelayRig;
import dev.varve.e2e.rig.RigEvents;
import dev.varve.e2e.rig.RigShop;
import dev.varve.event.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Faults that other relays are known for when a platform refuses or is dead.
class KnownRelayFaultsTest {
    private static final int DEAD = 40;
    private static RelayRig rig;

    @BeforeAll
    static void start() {
        rig = new RelayRig(200, Duration.ofSeconds(3));
    }

    @AfterEach
    void clear() {
        rig.sandbox().clearFaults();
        rig.sandbox()
                .switches(
                        "\"meta\": {\"throttleStatus\": 400}, \"tiktok\": {\"throttleStatus\": 200, \"authStatus\": 200}");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    /// Statuses from 400 to 499, none of which means that the events are bad.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            META   | html_error         | "status": 400
            META   | html_error         | "status": 404
            META   | html_error         | "status": 408
            META   | http_413           |
            META   | http_429_bare      |
            META   | throttle_code      |
            META   | unknown_code       |
            META   | permission_revoked |
            META   | token_expired      |
            TIKTOK | html_error         | "status": 403
            TIKTOK | html_error         | "status": 404
            TIKTOK | http_429_bare      |
            TIKTOK | throttle_code      |
            TIKTOK | unknown_code       |
            TIKTOK | token_expired      |
            """)
    void noStatusBelow500EndsAnEventByItself(Platform platform, String fault, String params) {
        rig.sandbox().switches("\"tiktok\": {\"throttleStatus\": 401, \"authStatus\": 401}");
        RigShop shop = rig.openShop();
        rig.sandbox().fault(shop, platform, fault, 1, params == null ? "" : params);
        List<String> ids = RigEvents.ids("e", 25);
        rig.send(shop, ids);
        rig.advanceUntilSettled(shop, Duration.ofSeconds(5));

        rig.assertForwarded(shop, platform, ids);
        assertThat(rig.sandbox().received(shop, platform).values()).containsOnly(1);
    }

    @Test
    void a429IsNotRepeatedWithinSecondsThreeTimes() {
        RigShop shop = rig.openShop();
        rig.sandbox().fault(shop, Platform.META, "http_429_bare");
        rig.send(shop, RigEvents.ids("e", 25));
        rig.advanceUntil("throttled", Duration.ofSeconds(1), () -> asked(shop) == 1);
        for (int second = 0; second < 59; second++) {
            rig.advance(Duration.ofSeconds(1));
            rig.awaitRecorded();
        }
        assertThat(asked(shop)).as("requests within a minute").isEqualTo(1);
        assertThat(rig.sums(shop, Platform.META).dead()).isZero();
    }

    @Test
    void destinationsThatHangDelayNoOther() {
        List<RigShop> dead = new ArrayList<>();
        for (int i = 0; i < DEAD; i++) {
            RigShop shop = rig.openShop();
            rig.sandbox().fault(shop, Platform.META, "hang");
            rig.send(shop, RigEvents.ids("dead", 5));
            dead.add(shop);
        }
        RigShop healthy = rig.openShop();
        List<String> ids = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            List<String> some = RigEvents.ids("healthy" + round, 20);
            rig.send(healthy, some);
            ids.addAll(some);
            long began = System.nanoTime();
            rig.advanceUntil(
                    "the healthy shop's events arrive",
                    Duration.ofMillis(500),
                    () -> rig.sandbox().received(healthy, Platform.META).size() == ids.size());
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("real time, while each dead request takes three seconds")
                    .isLessThan(Duration.ofMillis(2_500));
        }
        rig.sandbox().clearFaults();
        for (RigShop shop : dead) {
            rig.advanceUntilSettled(shop, Duration.ofSeconds(5));
            rig.assertForwarded(shop, Platform.META, RigEvents.ids("dead", 5));
        }
        rig.advanceUntilSettled(healthy, Duration.ofSeconds(1));
        rig.assertForwarded(healthy, Platform.META, ids);
    }

    private static int asked(RigShop shop) {
        return rig.sandbox().requests(shop, Platform.META).size();
    }
}
