package dev.varve.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.collect.EventAllowance;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AppEventAllowanceTest {
    @Test
    void anAppThatUsedItsAllowanceWaitsWhileOthersGoOn() {
        EventAllowance allowance = AppEventAllowance.perMinute(60);
        assertThat(allowance.take("a", 60)).isEmpty();
        assertThat(allowance.take("a", 30))
                .hasValueSatisfying(wait -> assertThat(wait).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(31)));
        assertThat(allowance.take("b", 60)).isEmpty();
    }

    @Test
    void aBatchLargerThanTheWholeAllowanceIsRefusedWithoutTakingAnything() {
        EventAllowance allowance = AppEventAllowance.perMinute(60);
        assertThat(allowance.take("a", 61)).contains(Duration.ofMinutes(1));
        assertThat(allowance.take("a", 60)).isEmpty();
    }

    @Test
    void zeroMeansNoLimit() {
        assertThat(AppEventAllowance.perMinute(0).take("a", Integer.MAX_VALUE)).isEmpty();
    }
}
