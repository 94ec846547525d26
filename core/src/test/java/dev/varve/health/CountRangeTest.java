package dev.varve.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.PlatformCounts.Counted;
import dev.varve.destination.PlatformCounts.Period;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class CountRangeTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:34:56Z");

    @Test
    void metaIsAskedForTwoDaysOfHoursAndTikTokForTwoWholeDaysAndTheRunningOne() {
        assertThat(CountRange.asked(Platform.META, NOW).from()).isEqualTo(Instant.parse("2026-11-02T12:00:00Z"));
        assertThat(CountRange.asked(Platform.TIKTOK, NOW).from()).isEqualTo(Instant.parse("2026-11-02T00:00:00Z"));
    }

    @Test
    void anHourIsFinalThreeHoursAfterItsEnd() {
        CountRange range = CountRange.asked(Platform.META, NOW);
        Counted early = new Counted(List.of(), NOW);
        assertThat(range.countedUntil(early)).isEqualTo(Instant.parse("2026-11-04T09:00:00Z"));
        Counted late = new Counted(List.of(), Instant.parse("2026-11-04T07:10:00Z"));
        assertThat(range.countedUntil(late)).isEqualTo(Instant.parse("2026-11-04T07:00:00Z"));
    }

    @Test
    void aDayIsFinalThreeHoursAfterItsEnd() {
        Instant soon = Instant.parse("2026-11-04T02:59:00Z");
        assertThat(CountRange.asked(Platform.TIKTOK, soon).countedUntil(new Counted(List.of(), soon)))
                .isEqualTo(Instant.parse("2026-11-03T00:00:00Z"));
        assertThat(CountRange.asked(Platform.TIKTOK, NOW).countedUntil(new Counted(List.of(), NOW)))
                .isEqualTo(Instant.parse("2026-11-04T00:00:00Z"));
    }

    @Test
    void hoursWithoutEventsCountZeroAndEventsOfOneHourAddUp() {
        Instant eight = Instant.parse("2026-11-04T08:00:00Z");
        Period first = new Period(eight, eight.plusSeconds(1800), 3);
        Period second = new Period(eight.plusSeconds(1800), eight.plusSeconds(3600), 4);
        List<Period> settled = CountRange.asked(Platform.META, NOW).settled(new Counted(List.of(first, second), NOW));
        assertThat(settled).hasSize(45);
        assertThat(settled.getLast()).isEqualTo(new Period(eight, eight.plusSeconds(3600), 7));
        assertThat(settled.getFirst().events()).isZero();
    }

    @Property
    void settledPeriodsCoverTheRangeUpToWhatIsCountedWithoutAGap(
            @ForAll @LongRange(min = 1_700_000_000L, max = 1_900_000_000L) long second,
            @ForAll @LongRange(min = -400_000, max = 400_000) long countedAfter,
            @ForAll Platform platform) {
        Instant now = Instant.ofEpochSecond(second);
        CountRange range = CountRange.asked(platform, now);
        Counted counted = new Counted(List.of(), now.plusSeconds(countedAfter));
        Instant end = range.from();
        for (Period period : range.settled(counted)) {
            assertThat(period.from()).isEqualTo(end);
            end = period.until();
        }
        assertThat(end).isEqualTo(range.countedUntil(counted)).isBeforeOrEqualTo(now.minusSeconds(3 * 3600));
    }
}
