package dev.varve.connectors.tiktok;

import dev.varve.connectors.PlatformAnswer;
import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.Throttled.Scope;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;

/// How long and for whom TikTok's throttles hold. It names no time of its own; a text about the exceeded limit tells
/// whether that counts per second, minute or day. `jitter`: from 0 to 1, so that not everybody is back at once.
record TikTokThrottle(DoubleSupplier jitter) {
    static final int TOO_FREQUENT = 40100;
    static final int FIELD_LIMIT = 40132;
    /// 40132 counts per pixel. 40016 is not explained; the smaller scope costs one more refusal, the larger one would
    /// silence destinations that hit nothing.
    private static final Map<Integer, Scope> SCOPES = Map.of(
            TOO_FREQUENT,
            Scope.TOKEN,
            61000,
            Scope.TOKEN,
            40133,
            Scope.TOKEN,
            FIELD_LIMIT,
            Scope.DESTINATION,
            40016,
            Scope.DESTINATION);
    private static final Duration MINUTE_LIMIT = Duration.ofMinutes(5);
    private static final Pattern PER_SECOND = Pattern.compile("\\bqps\\b|(?:per|/|a|each|this) ?second");
    private static final Pattern PER_MINUTE = Pattern.compile("\\bqpm\\b|(?:per|/|a|each|this) ?minute");
    private static final Pattern PER_DAY = Pattern.compile("\\bqpd\\b|(?:per|/|a|each|this) ?day|\\bdaily\\b");

    static boolean isCode(int code) {
        return SCOPES.containsKey(code);
    }

    static boolean isAboutFrequency(String text) {
        return text.toLowerCase(Locale.ROOT).contains("too frequent");
    }

    Throttled read(PlatformAnswer answer, int code, String text, Answer cleaned) {
        Optional<Duration> asked = answer.retryAfter();
        return new Throttled(
                cleaned,
                asked.isPresent() ? asked : hinted(text.toLowerCase(Locale.ROOT), answer.at()),
                SCOPES.getOrDefault(code, Scope.DESTINATION));
    }

    private Optional<Duration> hinted(String text, Instant at) {
        if (PER_DAY.matcher(text).find()) {
            return Optional.of(untilMidnight(at));
        }
        if (PER_MINUTE.matcher(text).find()) {
            return Optional.of(MINUTE_LIMIT);
        }
        return PER_SECOND.matcher(text).find() ? Optional.of(untilNextSecond(at)) : Optional.empty();
    }

    private static Duration untilMidnight(Instant at) {
        Instant midnight = at.atOffset(ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.DAYS)
                .plusDays(1)
                .toInstant();
        return Duration.between(at, midnight);
    }

    private Duration untilNextSecond(Instant at) {
        Instant next = at.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        return Duration.between(at, next).plusMillis((long) (1000 * jitter.getAsDouble()));
    }
}
