package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.rig.RelayRig;
import dev.varve.e2e.rig.RigEvents;
import dev.varve.e2e.rig.RigSandbox.Request;
import dev.varve.e2e.rig.RigShop;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A platform that asks for quiet gets it, however it asks, and then everything.
class ThrottleTest {
    private static final Duration STEP = Duration.ofSeconds(1);
    private static RelayRig rig;

    @BeforeAll
    static void start() {
        rig = new RelayRig(200, Duration.ofSeconds(10));
    }

    @AfterEach
    void clear() {
        rig.sandbox().clearFaults();
        rig.sandbox().switches("\"meta\": {\"throttleStatus\": 400}, \"tiktok\": {\"throttleStatus\": 200}");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    /// `first` and `second`: the shortest rests after two throttles in a row, in seconds. Without a time from the
    /// platform the connector's ladder counts.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            META   | http_429_retry_after | "retryAfterSeconds": 90 |     | 90  | 90  | 429
            META   | http_429_bare        |                         |     | 60  | 120 | 429
            META   | throttle_code        |                         |     | 120 | 120 | 400
            META   | throttle_code        |                         | 403 | 120 | 120 | 403
            META   | throttle_code        | "usageHeader": false    |     | 60  | 120 | 400
            TIKTOK | http_429_retry_after | "retryAfterSeconds": 90 |     | 90  | 90  | 429
            TIKTOK | http_429_bare        |                         |     | 1   | 5   | 429
            TIKTOK | throttle_code        |                         |     | 1   | 5   | 200
            TIKTOK | throttle_code        |                         | 401 | 1   | 5   | 401
            """)
    void nothingIsSentBeforeTheTimeAndTheThrottleCountsNoAttempt(
            Platform platform, String fault, String params, String status, int first, int second, int seenStatus) {
        RigShop shop = rig.openShop();
        if (status != null) {
            rig.sandbox().switches("\"%s\": {\"throttleStatus\": %s}".formatted(platform.shortName(), status));
        }
        rig.sandbox().fault(shop, platform, fault, 2, Objects.requireNonNullElse(params, ""));
        List<String> ids = new ArrayList<>(RigEvents.ids("first", 20));
        rig.send(shop, ids);
        rig.advanceUntil(
                "throttled", STEP, () -> rig.sandbox().requests(shop, platform).size() == 1);
        List<String> later = RigEvents.ids("meanwhile", 20);
        rig.send(shop, later);
        ids.addAll(later);
        rig.advanceUntilSettled(shop, STEP);

        List<Request> requests = rig.sandbox().requests(shop, platform);
        assertThat(requests.subList(0, 2)).extracting(Request::status).containsOnly(seenStatus);
        assertThat(between(requests, 0)).isGreaterThanOrEqualTo(Duration.ofSeconds(first));
        assertThat(between(requests, 1)).isGreaterThanOrEqualTo(Duration.ofSeconds(second));
        assertThat(requests).as("what waited goes out together").hasSizeLessThanOrEqualTo(5);
        for (Platform one : Platform.values()) {
            rig.assertForwarded(shop, one, ids);
            assertThat(rig.sandbox().received(shop, one).values()).containsOnly(1);
        }
        rig.assertNoTokenInTheLog();
    }

    private static Duration between(List<Request> requests, int index) {
        return Duration.between(
                Instant.parse(requests.get(index).at()),
                Instant.parse(requests.get(index + 1).at()));
    }
}
