package dev.varve.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Destination;
import dev.varve.destination.PlatformCounts.Period;
import dev.varve.event.Platform;
import dev.varve.health.CountPolls.Due;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What everything that shares out polls of the platforms' counts must do. Starts every test without layers.
public abstract class CountPollsContract {
    private static final Instant AT = Instant.parse("2026-11-04T12:00:00Z");
    private static final Instant HOUR = AT.minus(Duration.ofHours(4));

    protected abstract CountPolls polls();

    /// A new project with a layer that is switched on, with pixel and valid token, due at once.
    protected abstract Destination.Key layer(Instant at);

    /// Another token for the same pixel, or another pixel.
    protected abstract void configure(Destination.Key key, String pixelId, Instant at);

    protected abstract void switchOff(Destination.Key key);

    protected abstract Seen seen(Destination.Key key);

    /// `events`: by beginning of the period. `unreadable`: the reason.
    public record Seen(
            Map<Instant, Long> events,
            @Nullable Instant countedUntil,
            Optional<String> unreadable,
            @Nullable Instant unreadableSince) {}

    @Test
    void whatIsDueIsGivenToOneProcessAtATime() {
        Destination.Key key = layer(AT);
        assertThat(claim(AT.minusSeconds(1))).isEmpty();
        Due due = only(claim(AT));
        assertThat(due.destination().key()).isEqualTo(key);
        assertThat(due.destination().accessToken()).isPresent();
        assertThat(claim(AT)).isEmpty();
        assertThat(claim(AT.plusSeconds(300))).hasSize(1);
        assertThat(polls().claim(Platform.TIKTOK, AT.plusSeconds(900), AT.plusSeconds(901), 9))
                .isEmpty();
    }

    @Test
    void countsAreKeptAndReplacedByLaterOnes() {
        Destination.Key key = layer(AT);
        polls().counted(only(claim(AT)), List.of(hour(3), hour(HOUR.plusSeconds(3600), 4)), HOUR, AT.plusSeconds(600));
        assertThat(seen(key).events()).isEqualTo(Map.of(HOUR, 3L, HOUR.plusSeconds(3600), 4L));
        assertThat(seen(key).countedUntil()).isEqualTo(HOUR);
        assertThat(claim(AT.plusSeconds(599))).isEmpty();

        polls().counted(only(claim(AT.plusSeconds(600))), List.of(hour(5)), HOUR.plusSeconds(60), AT.plusSeconds(1200));
        assertThat(seen(key).events()).isEqualTo(Map.of(HOUR, 5L, HOUR.plusSeconds(3600), 4L));
    }

    @Test
    void anUnreadablePlatformKeepsItsReasonAndFirstTimeUntilItCanBeRead() {
        Destination.Key key = layer(AT);
        polls().unreadable(only(claim(AT)), "no permission", AT, AT.plusSeconds(60));
        polls().unreadable(only(claim(AT.plusSeconds(60))), "none at all", AT.plusSeconds(60), AT.plusSeconds(120));
        assertThat(seen(key).unreadable()).contains("none at all");
        assertThat(seen(key).unreadableSince()).isEqualTo(AT);
        polls().counted(only(claim(AT.plusSeconds(120))), List.of(), HOUR, AT.plusSeconds(180));
        assertThat(seen(key).unreadable()).isEmpty();
        assertThat(seen(key).unreadableSince()).isNull();
    }

    @Test
    void silenceOnlyPutsOff() {
        Destination.Key key = layer(AT);
        polls().postponed(only(claim(AT)), AT.plusSeconds(60));
        assertThat(seen(key).unreadable()).isEmpty();
        assertThat(claim(AT.plusSeconds(59))).isEmpty();
        assertThat(claim(AT.plusSeconds(60))).hasSize(1);
    }

    @Test
    void anotherTokenIsTriedAtOnceAndAnotherPixelStartsOver() {
        Destination.Key key = layer(AT);
        polls().counted(only(claim(AT)), List.of(hour(3)), HOUR, AT.plusSeconds(600));
        polls().unreadable(only(claim(AT.plusSeconds(600))), "no permission", AT, AT.plusSeconds(90_000));

        configure(key, "pixel", AT.plusSeconds(700));
        assertThat(seen(key).unreadable()).isEmpty();
        assertThat(seen(key).events()).isEqualTo(Map.of(HOUR, 3L));
        assertThat(claim(AT.plusSeconds(700))).hasSize(1);

        configure(key, "other", AT.plusSeconds(800));
        assertThat(seen(key).events()).isEmpty();
        assertThat(seen(key).countedUntil()).isNull();
        assertThat(only(claim(AT.plusSeconds(800))).destination().pixelId()).isEqualTo("other");
    }

    @Test
    void anAnswerForAConfigurationThatIsGoneIsDropped() {
        Destination.Key key = layer(AT);
        Due due = only(claim(AT));
        configure(key, "other", AT.plusSeconds(5));
        polls().counted(due, List.of(hour(3)), HOUR, AT.plusSeconds(600));
        assertThat(seen(key).events()).isEmpty();
        polls().unreadable(due, "no permission", AT, AT.plusSeconds(600));
        assertThat(seen(key).unreadable()).isEmpty();
        polls().postponed(due, AT.plusSeconds(600));
        assertThat(claim(AT.plusSeconds(5))).hasSize(1);
    }

    @Test
    void whatIsSwitchedOffIsNotAskedAbout() {
        Destination.Key key = layer(AT);
        switchOff(key);
        assertThat(claim(AT.plusSeconds(600))).isEmpty();
    }

    private List<Due> claim(Instant now) {
        return polls().claim(Platform.META, now, now.plusSeconds(300), 9);
    }

    private static Period hour(long events) {
        return hour(HOUR, events);
    }

    private static Period hour(Instant from, long events) {
        return new Period(from, from.plusSeconds(3600), events);
    }

    private static Due only(List<Due> dues) {
        assertThat(dues).hasSize(1);
        return dues.getFirst();
    }
}
