package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.rig.RelayRig;
import dev.varve.e2e.rig.RigEvents;
import dev.varve.e2e.rig.RigSandbox.Request;
import dev.varve.e2e.rig.RigShop;
import dev.varve.event.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A platform that is away for a day costs few requests, gets everything afterwards, and live events do not wait for
/// that.
class LongOutageTest {
    private static final Duration OUTAGE = Duration.ofHours(24);
    private static final Duration STEP = Duration.ofMinutes(5);
    private static final int PER_STEP = 110;

    /// Requests a live event may see ahead of it: those on their way, and one of the backlog between any two live.
    private static final int FEW = 10;

    private static final Pattern FIRST_TIME = Pattern.compile("\"event_time\":([0-9]+)");

    private static RelayRig rig;

    @BeforeAll
    static void start() {
        rig = new RelayRig(1_000, Duration.ofSeconds(10));
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
        assertThat(during).as("it was tried all the time").isGreaterThan(48);
        assertThat(rig.sums(shop, Platform.META).retrying()
                        + rig.sums(shop, Platform.META).pending())
                .isEqualTo(ids.size());

        rig.sandbox().clearFaults();
        rig.advanceUntil(
                "the platform is known to be back",
                Duration.ofSeconds(5),
                () -> rig.sandbox().counted(shop, Platform.META) > 0);
        List<Integer> waits = sendLiveEventsMeanwhile(shop, ids);
        rig.advanceUntilSettled(shop, Duration.ofSeconds(1));

        rig.assertForwarded(shop, Platform.META, ids);
        assertThat(rig.sandbox().received(shop, Platform.META).values()).containsOnly(1);
        int all = rig.sandbox().requestCount(shop, Platform.META);
        assertThat(all - waits.size()).as("requests").isLessThanOrEqualTo(ids.size() / 100);
        assertThat(waits).as("requests ahead of a live event").allMatch(ahead -> ahead <= FEW);
        assertOldestFirst(shop);
        rig.assertNoTokenInTheLog();
    }

    private static List<String> outage(RigShop shop) {
        List<String> ids = new ArrayList<>();
        for (int step = 0; step < OUTAGE.dividedBy(STEP); step++) {
            List<String> some = RigEvents.ids("h" + step, PER_STEP);
            rig.send(shop, some);
            ids.addAll(some);
            rig.advance(STEP);
            if (step % 4 == 0) {
                rig.awaitRecorded();
            }
        }
        return ids;
    }

    /// Answers, for each live event, how many requests the platform got between its acceptance and its arrival.
    private static List<Integer> sendLiveEventsMeanwhile(RigShop shop, List<String> ids) {
        List<Integer> waits = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int before = rig.sandbox().requestCount(shop, Platform.META);
            String live = "live-" + i;
            rig.send(shop, List.of(live));
            ids.add(live);
            rig.advanceUntil(
                    "the live event is there",
                    Duration.ofMillis(500),
                    () -> rig.sandbox().received(shop, Platform.META).containsKey(live));
            waits.add(position(shop, live) - before);
        }
        return waits;
    }

    private static int position(RigShop shop, String id) {
        List<Request> requests = rig.sandbox().requests(shop, Platform.META);
        for (int i = requests.size() - 1; i >= 0; i--) {
            if (requests.get(i).body().contains("\"" + id + "\"")) {
                return i + 1;
            }
        }
        throw new AssertionError(id + " was never sent");
    }

    /// Requests travel side by side, so neighbours may swap; across a few batches the order holds.
    private static void assertOldestFirst(RigShop shop) {
        List<Long> times = new ArrayList<>();
        for (Request request : rig.sandbox().requests(shop, Platform.META)) {
            if (request.status() == 200 && !request.body().contains("\"live-")) {
                times.add(Long.parseLong(FIRST_TIME.matcher(request.body()).results().findFirst().orElseThrow().group(1)));
            }
        }
        assertThat(times).hasSizeGreaterThan(20);
        for (int i = 4; i < times.size(); i++) {
            assertThat(times.get(i)).isGreaterThan(times.get(i - 4));
        }
    }
}
