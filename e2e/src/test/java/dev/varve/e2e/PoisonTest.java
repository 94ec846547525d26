package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.rig.RelayRig;
import dev.varve.e2e.rig.RigEvents;
import dev.varve.e2e.rig.RigShop;
import dev.varve.event.Platform;
import dev.varve.health.Accounting;
import dev.varve.tenant.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An event that the platform refuses costs few requests, itself, and no other event.
class PoisonTest {
    private static RelayRig rig;

    @BeforeAll
    static void start() {
        rig = new RelayRig(1_000, Duration.ofSeconds(10));
    }

    @AfterEach
    void restore() {
        rig.sandbox().switches("\"tiktok\": {\"errorIndexStyle\": \"Batch\"}");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    /// Meta names nobody, so the guilty event is searched for: 2·log2 n + 1 requests each. TikTok names one item per
    /// answer.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            META   | 1000 | 1    | 21   | Batch
            META   | 1000 | 5    | 101  | Batch
            META   | 300  | 300  | 400  | Batch
            TIKTOK | 1000 | 1    | 2    | Batch
            TIKTOK | 1000 | 5    | 6    | brackets
            TIKTOK | 1000 | 1    | 21   | none
            TIKTOK | 300  | 300  | 400  | Batch
            """)
    void onlyTheRefusedEventsAreDeadLetters(Platform platform, int events, int guilty, int mostRequests, String style) {
        rig.sandbox().switches("\"tiktok\": {\"errorIndexStyle\": \"" + style + "\"}");
        RigShop shop = rig.openShop(Mode.TEST);
        Platform other = platform == Platform.META ? Platform.TIKTOK : Platform.META;
        rig.switchOff(shop, other);
        List<String> ids = RigEvents.ids("p", events);
        Set<Integer> poisoned = spread(events, guilty);
        rig.sendBody(shop, body(ids, poisoned), events);
        rig.awaitPlanned();
        rig.advanceUntilSettled(shop, Duration.ofSeconds(1));

        Accounting.Sums sums = rig.sums(shop, platform);
        assertThat(sums.accepted()).isEqualTo(events);
        assertThat(sums.dead()).isEqualTo(guilty);
        assertThat(sums.forwarded()).isEqualTo(events - guilty);
        assertThat(rig.sandbox().received(shop, platform).keySet())
                .containsExactlyInAnyOrderElementsOf(innocent(ids, poisoned));
        assertThat(rig.sandbox().received(shop, platform).values())
                .allSatisfy(times -> assertThat(times).isEqualTo(1));
        assertThat(rig.sandbox().requestCount(shop, platform)).isLessThanOrEqualTo(mostRequests);
        assertThat(rig.sums(shop, other).skippedBy()).containsOnly(Map.entry("disabled", (long) events));
    }

    /// Evenly over the batch, first and last not among them when there are few.
    private static Set<Integer> spread(int events, int guilty) {
        return IntStream.range(0, guilty)
                .map(i -> (int) ((i + 0.5) * events / guilty))
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String body(List<String> ids, Set<Integer> poisoned) {
        Instant now = rig.now();
        return RigEvents.body(
                IntStream.range(0, ids.size())
                        .mapToObj(i -> poisoned.contains(i)
                                ? RigEvents.poison(ids.get(i), now)
                                : RigEvents.purchase(ids.get(i), now))
                        .collect(Collectors.joining(",")),
                now);
    }

    private static List<String> innocent(List<String> ids, Set<Integer> poisoned) {
        return IntStream.range(0, ids.size())
                .filter(i -> !poisoned.contains(i))
                .mapToObj(ids::get)
                .toList();
    }
}
