package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.AnswerBody;
import dev.varve.connectors.PlatformAnswer;
import dev.varve.destination.Pace;
import java.time.Duration;
import java.util.Optional;

/// How much of Meta's limits is used up, from the usage headers an answer may carry. `percent`: the highest of all of
/// them, 0 without any. `regain`: until access returns, zero when it was not lost. A header that is no JSON says
/// nothing.
record MetaUsage(double percent, Duration regain) {
    private static final double HALVE_AT = 80;
    private static final double PAUSE_AT = 95;
    private static final double FULL_AT = 100;
    private static final Duration PAUSE = Duration.ofSeconds(60);

    /// A platform's slip must not silence a destination for longer.
    private static final Duration MAX_REGAIN = Duration.ofDays(1);

    private static final MetaUsage NONE = new MetaUsage(0, Duration.ZERO);

    static MetaUsage of(PlatformAnswer answer) {
        return header(answer, "x-app-usage")
                .map(MetaUsage::ofLimit)
                .orElse(NONE)
                .and(header(answer, "x-ad-account-usage")
                        .map(MetaUsage::ofAdAccount)
                        .orElse(NONE))
                .and(header(answer, "x-fb-ads-insights-throttle")
                        .map(MetaUsage::ofLimit)
                        .orElse(NONE))
                .and(header(answer, "x-business-use-case-usage")
                        .map(MetaUsage::ofUseCases)
                        .orElse(NONE));
    }

    /// What the sender should do after an answer that let it pass.
    Pace pace() {
        if (!regain.isZero()) {
            return new Pace(true, regain);
        }
        if (percent >= PAUSE_AT) {
            return new Pace(true, PAUSE);
        }
        return percent >= HALVE_AT ? Pace.HALF : Pace.FULL;
    }

    private MetaUsage and(MetaUsage other) {
        return new MetaUsage(
                Math.max(percent, other.percent), regain.compareTo(other.regain) >= 0 ? regain : other.regain);
    }

    private static Optional<JsonNode> header(PlatformAnswer answer, String name) {
        return answer.header(name).flatMap(AnswerBody::readHeader);
    }

    /// By id a list of limits; minutes.
    private static MetaUsage ofUseCases(JsonNode usage) {
        MetaUsage all = NONE;
        for (JsonNode limits : usage) {
            for (JsonNode limit : limits) {
                double minutes = limit.path("estimated_time_to_regain_access").asDouble(0);
                all = all.and(ofLimit(limit)).and(new MetaUsage(0, bounded(minutes * 60)));
            }
        }
        return all;
    }

    /// The time to the reset is named at any usage; it means waiting only when all is used up. Seconds.
    private static MetaUsage ofAdAccount(JsonNode usage) {
        MetaUsage limit = ofLimit(usage);
        return limit.percent < FULL_AT
                ? limit
                : new MetaUsage(
                        limit.percent, bounded(usage.path("reset_time_duration").asDouble(0)));
    }

    private static MetaUsage ofLimit(JsonNode limit) {
        double highest = 0;
        for (String name :
                new String[] {"call_count", "total_cputime", "total_time", "acc_id_util_pct", "app_id_util_pct"}) {
            double percent = limit.path(name).asDouble(0);
            highest = percent > highest ? percent : highest;
        }
        return new MetaUsage(highest, Duration.ZERO);
    }

    private static Duration bounded(double seconds) {
        if (!(seconds > 0)) {
            return Duration.ZERO;
        }
        return seconds >= MAX_REGAIN.toSeconds() ? MAX_REGAIN : Duration.ofSeconds((long) Math.ceil(seconds));
    }
}
