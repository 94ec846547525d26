package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.rig.RelayRig;
import dev.varve.e2e.rig.RigEvents;
import dev.varve.e2e.rig.RigShop;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A wrong clock of a device moves no event in time: both platforms get the second in which it happened.
class ClockSkewTest {
    private static RelayRig rig;

    @BeforeAll
    static void start() {
        rig = new RelayRig(200, Duration.ofSeconds(10));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    /// `sentAhead`: how far the device's clock is ahead of ours; the event happened `before` it was sent, by
    /// that clock. `expected`: seconds before its arrival at which it must show.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PT0S    | PT90S   | 90    | false
            PT7H    | PT90S   | 90    | true
            PT-7H   | PT90S   | 90    | true
            P400D   | PT0.25S | 1     | true
            PT-7H   | PT26H   | 93600 | true
            """)
    void theDifferenceIsTakenOutAndNoted(Duration sentAhead, Duration before, long expected, boolean isNoted) {
        RigShop shop = rig.openShop();
        Instant arrived = rig.now();
        Instant sentAt = arrived.plus(sentAhead);
        rig.sendBody(shop, RigEvents.body(RigEvents.purchase("skewed", sentAt.minus(before)), sentAt), 1);
        rig.advanceUntilSettled(shop, Duration.ofSeconds(1));

        assertSent(shop, arrived.getEpochSecond() - expected, isNoted);
    }

    @ParameterizedTest
    @CsvSource({"PT3H", "P30D", "P20000D"})
    void aTimeAheadWithoutSentAtBecomesTheArrival(Duration ahead) {
        RigShop shop = rig.openShop();
        Instant arrived = rig.now();
        rig.sendBody(shop, "{\"events\": [" + RigEvents.purchase("skewed", arrived.plus(ahead)) + "]}", 1);
        rig.advanceUntilSettled(shop, Duration.ofSeconds(1));

        assertSent(shop, arrived.getEpochSecond(), true);
    }

    private static void assertSent(RigShop shop, long seconds, boolean isNoted) {
        for (Platform platform : Platform.values()) {
            JsonNode sent = rig.sandbox().events(shop, platform).getFirst().path("payload");
            assertThat(sent.path("event_time").toString())
                    .as("whole seconds, no milliseconds")
                    .isEqualTo(Long.toString(seconds));
            assertThat(rig.receipt(shop, platform, "skewed").notes().contains("clockAdjusted"))
                    .isEqualTo(isNoted);
        }
    }
}
