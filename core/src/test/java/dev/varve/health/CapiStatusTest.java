package dev.varve.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.health.CapiFacts.Backlog;
import dev.varve.health.CapiFacts.Configuration;
import dev.varve.health.CapiFacts.Counts;
import dev.varve.health.CapiFacts.Drift;
import dev.varve.health.CapiFacts.Lane;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CapiStatusTest {
    private static final Instant NOW = Instant.parse("2026-11-04T16:00:00Z");
    private static final Configuration READY = new Configuration(true, true, true, false);
    private static final Counts BUSY = new Counts(Map.of(), Map.of("eligible", 3L), 0, 0);

    static Stream<Arguments> firstMatchGivesTheStatus() {
        return Stream.of(
                Arguments.of(
                        "layer off",
                        new Configuration(false, true, true, true),
                        lane("stopped"),
                        BUSY,
                        CapiStatus.DISABLED),
                Arguments.of(
                        "no pixel",
                        new Configuration(true, false, true, false),
                        lane("flowing"),
                        BUSY,
                        CapiStatus.BROKEN),
                Arguments.of(
                        "no token",
                        new Configuration(true, true, false, false),
                        lane("flowing"),
                        BUSY,
                        CapiStatus.BROKEN),
                Arguments.of(
                        "token refused",
                        new Configuration(true, true, true, true),
                        lane("flowing"),
                        BUSY,
                        CapiStatus.BROKEN),
                Arguments.of("refusal confirmed", READY, lane("stopped"), BUSY, CapiStatus.BROKEN),
                Arguments.of("refusal unconfirmed", READY, lane("held"), BUSY, CapiStatus.DEGRADED),
                Arguments.of("failing for 5 min", READY, failing(300, 10), BUSY, CapiStatus.DEGRADED),
                Arguments.of("failing for 4:59", READY, failing(299, 10), BUSY, CapiStatus.HEALTHY),
                Arguments.of("newest failure 15:01 ago", READY, failing(3600, 901), BUSY, CapiStatus.HEALTHY),
                Arguments.of("6 of 100 failed", READY, lane("flowing"), attempts(100, 6), CapiStatus.DEGRADED),
                Arguments.of("5 of 100 failed", READY, lane("flowing"), attempts(100, 5), CapiStatus.HEALTHY),
                Arguments.of("nothing for a day", READY, lane("flowing"), Counts.ZERO, CapiStatus.IDLE),
                Arguments.of("well", READY, lane("flowing"), BUSY, CapiStatus.HEALTHY));
    }

    @ParameterizedTest(name = "{0}: {4}")
    @MethodSource
    void firstMatchGivesTheStatus(
            String name, Configuration configuration, Lane lane, Counts counts, CapiStatus expected) {
        CapiFacts facts = new CapiFacts(configuration, lane, counts, new Drift(0, 0, NOW), Backlog.EMPTY, 0);
        assertThat(CapiStatus.of(facts, NOW)).isEqualTo(expected);
    }

    private static Lane lane(String state) {
        return new Lane(state, null, null, null, null);
    }

    private static Lane failing(int sinceSeconds, int newestSeconds) {
        return new Lane("waiting", null, NOW.minusSeconds(sinceSeconds), NOW.minusSeconds(newestSeconds), null);
    }

    private static Counts attempts(long attempts, long failed) {
        return new Counts(Map.of(), Map.of("eligible", 3L), attempts, failed);
    }
}
