package dev.varve.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-18T12:35:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    @ParameterizedTest
    @CsvSource({"0,PT0S", "7,PT7S", "' 120 ',PT2M", "86400,PT24H", "99999999,PT24H", "007,PT7S"})
    void secondsAreReadAndBounded(String text, Duration pause) {
        assertThat(RetryAfter.read(text, NOW)).contains(pause);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Wed, 18 Nov 2026 12:36:30 GMT|PT1M30S",
                "Wed, 18 Nov 2026 12:00:00 GMT|PT0S",
                "Wed, 18 Nov 2037 12:00:00 GMT|PT24H"
            })
    void datesAreReadAndBounded(String text, Duration pause) {
        assertThat(RetryAfter.read(text, NOW)).contains(pause);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-5", "1.5", "soon", "1234567890123", "2026-11-18", "٧"})
    void whatIsNeitherIsIgnored(String text) {
        assertThat(RetryAfter.read(text, NOW)).isEmpty();
    }

    @Property(tries = 300)
    void noHeaderSilencesADestinationForMoreThanADay(
            @ForAll String text, @ForAll @LongRange(max = 4_000_000_000L) long at) {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.ofEpochSecond(at).atOffset(ZoneOffset.UTC));

        for (Optional<Duration> read : List.of(RetryAfter.read(text, NOW), RetryAfter.read(date, NOW))) {
            read.ifPresent(pause -> assertThat(pause).isBetween(Duration.ZERO, DAY));
        }
    }
}
