package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.AnswerBody;
import dev.varve.connectors.PlatformAnswer;
import dev.varve.connectors.PlatformHttp.Exchange;
import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.PlatformCounts.Unknown;
import dev.varve.destination.PlatformCounts.Unreadable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads how many server events Meta counted for a dataset, page by page. Only the cursor of a page is used: the link
/// to the next one holds the token and is neither followed nor kept.
final class MetaStats {
    /// Hours younger than this may still grow.
    private static final Duration LAG = Duration.ofHours(3);
    private static final Duration REACH = Duration.ofDays(7);

    /// Seven days of hours with one hour a page, and some.
    private static final int MAX_PAGES = 200;

    private static final String UNREADABLE = "the access token may not read the dataset's statistics; Meta wants a "
            + "token with ads_read and access to the dataset";

    private final MetaGraph graph;
    private final InstantSource clock;

    MetaStats(MetaGraph graph, InstantSource clock) {
        this.graph = graph;
        this.clock = clock;
    }

    /// Of the part of the range that Meta still tells, in whole hours.
    PlatformCounts count(Destination destination, Instant from, Instant until) {
        Instant now = clock.instant();
        Instant oldest = now.minus(REACH).truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
        Instant start = from.isBefore(oldest) ? oldest : from.truncatedTo(ChronoUnit.HOURS);
        Instant end = until.isAfter(now) ? now : until;
        Instant settled = now.minus(LAG);
        MetaBuckets buckets =
                new MetaBuckets(start, end, (end.isBefore(settled) ? end : settled).truncatedTo(ChronoUnit.HOURS));
        return start.isBefore(end) ? pages(destination, buckets) : buckets.counted();
    }

    private PlatformCounts pages(Destination destination, MetaBuckets buckets) {
        String after = null;
        for (int page = 0; page < MAX_PAGES; page++) {
            Page read = page(destination, buckets, after);
            switch (read) {
                case Page.Failed(PlatformCounts counts) -> {
                    return counts;
                }
                case Page.Last() -> {
                    return buckets.counted();
                }
                case Page.Further(String cursor) -> after = cursor;
            }
        }
        return buckets.counted();
    }

    private sealed interface Page {
        record Failed(PlatformCounts counts) implements Page {}

        record Last() implements Page {}

        record Further(String cursor) implements Page {}
    }

    private Page page(Destination destination, MetaBuckets buckets, @Nullable String after) {
        String query = "/stats?aggregation=event&event_source=SERVER_ONLY&start_time="
                + buckets.from().getEpochSecond() + "&end_time="
                + buckets.until().getEpochSecond() + (after == null ? "" : "&after=" + MetaGraph.encoded(after));
        return switch (graph.readInsights(destination, query)) {
            case Exchange.Answered answered -> read(answered.answer(), buckets, after);
            case Exchange.Broken broken -> new Page.Failed(new Unknown(broken.answer()));
            case Exchange.Impossible impossible -> new Page.Failed(new Unknown(impossible.answer()));
        };
    }

    private static Page read(PlatformAnswer answer, MetaBuckets buckets, @Nullable String after) {
        Optional<JsonNode> body = AnswerBody.read(answer);
        Optional<MetaProblem> problem = body.flatMap(json -> MetaProblem.in(answer, json));
        if (problem.isPresent()) {
            return new Page.Failed(refused(problem.get()));
        }
        JsonNode data = body.map(json -> json.path("data")).orElse(null);
        if (!answer.isSuccess() || data == null || !data.isArray()) {
            return new Page.Failed(new Unknown(unreadable(answer)));
        }
        data.forEach(buckets::add);
        String cursor = body.get().at("/paging/cursors/after").asText("");
        return data.isEmpty() || cursor.isEmpty() || cursor.equals(after) ? new Page.Last() : new Page.Further(cursor);
    }

    private static PlatformCounts refused(MetaProblem problem) {
        return switch (problem.kind()) {
            case PERMISSION ->
                new Unreadable(UNREADABLE + " (" + problem.answer().message() + ")");
            case THROTTLE, POLICY, TRANSIENT, TOKEN, CONFIGURATION, PAYLOAD, UNKNOWN -> new Unknown(problem.answer());
        };
    }

    private static Answer unreadable(PlatformAnswer answer) {
        return answer.toRefusal(null, "HTTP " + answer.status() + " without readable statistics", null);
    }
}
