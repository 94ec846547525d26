package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DestinationState.Phase;
import dev.varve.e2e.rig.RelayRig;
import dev.varve.e2e.rig.RigEvents;
import dev.varve.e2e.rig.RigShop;
import dev.varve.event.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A platform that is away for a day costs few requests, gets everything afterwards, and live events do not wait for
/// that.
class LongOutageTest {
    private static final Duration OUTAGE = Duration.ofHours(24);
    private static final Duration STEP = Duration.ofMinutes(5);
    private static final int PER_STEP = 110;

    private static final int BATCH = 1_000;

    /// Batches a live event may see ahead of it: those on their way, and the one whose turn it is.
    private static final int FEW = 8;

    private static RelayRig rig;

    @BeforeAll
    static void start() {
        rig = new RelayRig(BATCH, Duration.ofSeconds(10));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void aDayIsCaughtUpWithAHundredthOfTheRequestsOldestFirstAndLiveEventsDoNotQueueBehindIt() {
        RigShop shop = rig.openShop();
        rig.switchOff(shop, Platform.TIKTOK);
        rig.sandbox().fault(shop, Platform.META, "http_503");
        List<String> ids = outage(shop);
        int during = rig.sandbox().requestCount(shop, Platform.META);
        assertThat(during).as("it was tried all the time").isGreaterThan(12);
        assertThat(rig.sums(shop, Platform.META).retrying()
                        + rig.sums(shop, Platform.META).pending())
                .isEqualTo(ids.size());

        rig.sandbox().clearFaults();
        rig.advanceUntil(
                "the platform is known to be back",
                Duration.ofSeconds(5),
                () -> rig.state(shop, Platform.META).phase() == Phase.FLOWING);
        List<Integer> waits = sendLiveEventsMeanwhile(shop, ids);
        rig.advanceUntilSettled(shop, Duration.ofSeconds(1));

        rig.assertForwarded(shop, Platform.META, ids);
        assertThat(rig.sandbox().received(shop, Platform.META).values()).containsOnly(1);
        int all = rig.sandbox().requestCount(shop, Platform.META);
        assertThat(all - waits.size()).as("requests").isLessThanOrEqualTo(ids.size() / 100);
        assertThat(waits).as("events ahead of a live one").allMatch(ahead -> ahead <= FEW * BATCH);
        assertOldestFirst(shop);
        rig.assertNoTokenInTheLog();
    }

    private static List<String> outage(RigShop shop) {
        List<String> ids = new ArrayList<>();
        for (int step = 0; step < OUTAGE.dividedBy(STEP); step++) {
            List<String> some = RigEvents.ids("h" + step, PER_STEP);
            rig.send(shop, some);
            ids.addAll(some);
            boolean isHour = step % 12 == 0;
            if (isHour) {
                rig.awaitPlanned(); // what came to a lane after the step would wait for the next one
            }
            rig.advance(STEP);
            if (isHour) {
                rig.awaitRecorded();
            }
        }
        return ids;
    }

    /// Answers, for each live event, how many stored ones the platform took between its acceptance and its arrival.
    private static List<Integer> sendLiveEventsMeanwhile(RigShop shop, List<String> ids) {
        List<Integer> waits = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int before = received(shop).size();
            String live = "live-" + i;
            rig.send(shop, List.of(live));
            ids.add(live);
            rig.advanceUntil("the live event is there", Duration.ofMillis(500), () -> received(shop)
                    .contains(live));
            waits.add(received(shop).indexOf(live) - before);
        }
        return waits;
    }

    /// Requests travel side by side, so batches may swap places; across a few of them the order holds.
    private static void assertOldestFirst(RigShop shop) {
        List<Integer> steps = received(shop).stream()
                .filter(id -> id.startsWith("h"))
                .map(id -> Integer.parseInt(id.substring(1, id.indexOf('-'))))
                .toList();
        int few = 4 * BATCH;
        for (int i = few; i < steps.size(); i++) {
            assertThat(steps.get(i)).isGreaterThanOrEqualTo(steps.get(i - few));
        }
    }

    /// In the order of arrival.
    private static List<String> received(RigShop shop) {
        return List.copyOf(rig.sandbox().received(shop, Platform.META).keySet());
    }
}
