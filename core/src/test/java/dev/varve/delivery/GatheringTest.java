package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/// An event on an idle server is planned at once; under a stream of them a plan waits for a bounded moment.
class GatheringTest {
    private static final long PAUSE = Gathering.PAUSE.toNanos();

    @Test
    void anEventThatComesAloneWaitsForNobody() {
        Gathering gathering = new Gathering(5);
        assertThat(gathering.left(5)).isZero();
        gathering.planBegins(5);
        assertThat(gathering.left(5 + PAUSE)).isZero();
    }

    @Test
    void plansBeginAPauseApart() {
        Gathering gathering = new Gathering(0);
        gathering.planBegins(1_000);
        assertThat(gathering.left(1_001)).isEqualTo(PAUSE - 1);
    }

    @Property
    void noEventWaitsLongerThanThePause(@ForAll List<@LongRange(min = 0, max = 200_000_000) Long> steps) {
        long now = -50; // the origin of these times is any moment
        Gathering gathering = new Gathering(now);
        for (long step : steps) {
            now += step;
            long left = gathering.left(now);
            assertThat(left).isBetween(0L, PAUSE);
            now += left;
            assertThat(gathering.left(now)).isZero();
            gathering.planBegins(now);
        }
    }
}
