package dev.varve.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.PlatformCounts.Period;
import dev.varve.destination.ProbeResult;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountsPollerTest {
    private static final Instant START = Instant.parse("2026-11-04T12:30:00Z");
    private static final Answer ANSWER = new Answer(START, Duration.ZERO, 500, null, "as the test says", null);

    private final InMemoryCountPolls polls = new InMemoryCountPolls();
    private volatile Instant now = START;
    private volatile PlatformCounts answer = new PlatformCounts.Unknown(ANSWER);
    private final CountsPoller poller = new CountsPoller(
            polls,
            List.of(new AskedConnector(Platform.META, _ -> new ProbeResult.Accepted(ANSWER, true), (_, _) -> answer)),
            Duration.ofMinutes(10),
            () -> now);

    @Test
    void finalHoursAreKeptAndThePlatformIsAskedAgainAfterTheInterval() {
        Destination.Key key = polls.add(START);
        Instant eight = Instant.parse("2026-11-04T08:00:00Z");
        Instant running = Instant.parse("2026-11-04T12:00:00Z");
        answer = new PlatformCounts.Counted(
                List.of(new Period(eight, eight.plusSeconds(3600), 7), new Period(running, START, 2)), START);
        beat();
        assertThat(polls.entry(key).events).containsEntry(eight, 7L).doesNotContainKey(running);
        assertThat(polls.entry(key).countedUntil).isEqualTo(Instant.parse("2026-11-04T09:00:00Z"));
        assertNextWithin(key, Duration.ofMinutes(9), Duration.ofMinutes(11));
    }

    @Test
    void anUnreadablePlatformIsAskedAgainTheNextDayAndASilentOneSoon() {
        Destination.Key key = polls.add(START);
        answer = new PlatformCounts.Unknown(ANSWER);
        beat();
        assertNextWithin(key, Duration.ofMinutes(9), Duration.ofMinutes(11));
        assertThat(polls.entry(key).unreadable).isNull();

        now = START.plus(Duration.ofMinutes(11));
        answer = new PlatformCounts.Unreadable("no permission");
        beat();
        assertThat(polls.entry(key).unreadable).isEqualTo("no permission");
        assertNextWithin(key, Duration.ofHours(21), Duration.ofHours(27));
    }

    private void beat() {
        poller.pollDue();
        assertThat(poller.awaitIdle(Duration.ofSeconds(10))).isTrue();
    }

    private void assertNextWithin(Destination.Key key, Duration least, Duration most) {
        assertThat(polls.entry(key).nextAt).isBetween(now.plus(least), now.plus(most));
    }
}
