package dev.varve.health;

import dev.varve.destination.PlatformCounts.Counted;
import dev.varve.destination.PlatformCounts.Period;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a platform is asked about its counts, and which of its periods are final. Meta counts hours, TikTok UTC days;
/// two whole days back hold the 24 h that drift compares, however late they become final.
public record CountRange(Instant from, Instant until, ChronoUnit unit) {
    /// Platforms were seen to count as late as this.
    private static final Duration LAG = Duration.ofHours(3);

    public static CountRange asked(Platform platform, Instant now) {
        return switch (platform) {
            case META ->
                new CountRange(now.truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(48)), now, ChronoUnit.HOURS);
            case TIKTOK ->
                new CountRange(now.truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(2)), now, ChronoUnit.DAYS);
        };
    }

    /// Everything before is counted for good: whole periods that ended at least 3 h ago.
    public Instant countedUntil(Counted counted) {
        Instant late = until.minus(LAG);
        Instant end = counted.countedUntil().isBefore(late) ? counted.countedUntil() : late;
        Instant whole = end.truncatedTo(unit);
        return whole.isBefore(from) ? from : whole;
    }

    /// Every final period of the range, those without any event too.
    public List<Period> settled(Counted counted) {
        Map<Instant, Long> events = new HashMap<>();
        for (Period period : counted.periods()) {
            events.merge(period.from().truncatedTo(unit), period.events(), Long::sum);
        }
        List<Period> settled = new ArrayList<>();
        Instant end = countedUntil(counted);
        for (Instant at = from; at.isBefore(end); at = at.plus(1, unit)) {
            settled.add(new Period(at, at.plus(1, unit), events.getOrDefault(at, 0L)));
        }
        return settled;
    }
}
