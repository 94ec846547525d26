package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.Pace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetaUsageTest {
    private static final String APP = "x-app-usage";
    private static final String ACCOUNT = "x-ad-account-usage";
    private static final String USE_CASE = "x-business-use-case-usage";
    private static final String INSIGHTS = "x-fb-ads-insights-throttle";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x-app-usage               | {\"call_count\":79.9,\"total_cputime\":1,\"total_time\":2} | false | 0",
                "x-app-usage               | {\"call_count\":10,\"total_cputime\":80,\"total_time\":2}  | true  | 0",
                "x-app-usage               | {\"call_count\":10,\"total_cputime\":1,\"total_time\":94}  | true  | 0",
                "x-app-usage               | {\"call_count\":95}                                       | true  | 60",
                "x-app-usage               | {\"call_count\":100}                                      | true  | 60",
                "x-ad-account-usage        | {\"acc_id_util_pct\":81,\"reset_time_duration\":300}       | true  | 0",
                "x-ad-account-usage        | {\"acc_id_util_pct\":100,\"reset_time_duration\":300}      | true  | 300",
                "x-ad-account-usage        | {\"acc_id_util_pct\":12,\"reset_time_duration\":300}       | false | 0",
                "x-fb-ads-insights-throttle| {\"app_id_util_pct\":83,\"acc_id_util_pct\":1}             | true  | 0",
                "x-business-use-case-usage | {\"1\":[{\"call_count\":3},{\"total_time\":88}]}           | true  | 0",
                "x-business-use-case-usage | {\"1\":[{\"estimated_time_to_regain_access\":2}]}          | true  | 120",
                "x-business-use-case-usage | {\"1\":[{\"estimated_time_to_regain_access\":0}]}          | false | 0",
                "x-business-use-case-usage | {\"1\":\"nonsense\"}                                       | false | 0",
                "x-app-usage               | {broken                                                   | false | 0",
                "x-app-usage               | [100]                                                     | false | 0",
                "x-app-usage               | {\"call_count\":\"many\"}                                  | false | 0"
            })
    void theHighestPercentageSetsThePace(String header, String value, boolean halved, long seconds) {
        assertThat(pace(Map.of(header, List.of(value)))).isEqualTo(new Pace(halved, Duration.ofSeconds(seconds)));
    }

    @Test
    void theWorstOfAllHeadersCounts() {
        assertThat(pace(Map.of(
                        APP, List.of("{\"call_count\":20}"),
                        ACCOUNT, List.of("{\"acc_id_util_pct\":96}"),
                        INSIGHTS, List.of("{broken"),
                        USE_CASE, List.of("{\"1\":[{\"call_count\":85}]}"))))
                .isEqualTo(new Pace(true, Duration.ofSeconds(60)));
        assertThat(pace(Map.of())).isEqualTo(Pace.FULL);
    }

    @Test
    void aRegainTimeIsNeverLongerThanADay() {
        assertThat(pace(Map.of(USE_CASE, List.of("{\"1\":[{\"estimated_time_to_regain_access\":99999999}]}")))
                        .pause())
                .isEqualTo(Duration.ofDays(1));
    }

    @Test
    void aThrottleEndsWhenTheLongestRegainTimeSaysElseAfterRetryAfterElseWithoutATime() {
        assertThat(pause(Map.of(
                        USE_CASE,
                        List.of("{\"1\":[{\"estimated_time_to_regain_access\":2},"
                                + "{\"estimated_time_to_regain_access\":7}]}"),
                        "retry-after",
                        List.of("3"))))
                .contains(Duration.ofMinutes(7));
        assertThat(pause(Map.of(USE_CASE, List.of("{broken"), "retry-after", List.of("3"))))
                .contains(Duration.ofSeconds(3));
        assertThat(pause(Map.of())).isEmpty();
    }

    @Test
    void aThrottleThatOnlyTheStatusTellsAlsoEndsThen() {
        var headers = Map.of(USE_CASE, List.of("{\"1\":[{\"estimated_time_to_regain_access\":4}]}"));

        assertThat(new MetaAnswerReader().read(answer(429, "<html>", headers)))
                .isInstanceOfSatisfying(Throttled.class, throttled -> assertThat(throttled.pause())
                        .contains(Duration.ofMinutes(4)));
    }

    @Property(tries = 300)
    void anyHeaderIsReadWithoutHarm(@ForAll String value) {
        Pace pace = pace(Map.of(APP, List.of(value), ACCOUNT, List.of(value), USE_CASE, List.of(value)));

        assertThat(pace.pause()).isBetween(Duration.ZERO, Duration.ofDays(1));
    }

    private static Pace pace(Map<String, List<String>> headers) {
        if (new MetaAnswerReader().read(answer(200, "{'events_received':1}", headers)) instanceof Delivered delivered) {
            return delivered.pace();
        }
        throw new AssertionError("not delivered");
    }

    private static Optional<Duration> pause(Map<String, List<String>> headers) {
        String body = "{'error':{'code':80004}}";
        return new MetaAnswerReader().read(answer(400, body, headers)) instanceof Throttled throttled
                ? throttled.pause()
                : Optional.of(Duration.ZERO);
    }
}
