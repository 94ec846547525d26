package dev.varve.connectors.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.PlatformHttp;
import dev.varve.destination.Destination;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.PlatformCounts.Counted;
import dev.varve.destination.PlatformCounts.Period;
import dev.varve.destination.PlatformCounts.Unreadable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// TikTok's own count of the events a pixel got from servers, per UTC day. One request per day: an answer over several
/// days does not tell them apart. Nothing read here says anything about sending. Thread-safe.
final class TikTokStatistics {
    private static final String PATH = "/open_api/v1.3/pixel/event/stats/";
    private static final int MAX_DAYS = 28;
    private static final Duration SETTLING = Duration.ofHours(3);

    private final Map<Destination.Key, Found> pixels = new ConcurrentHashMap<>();
    private final TikTokReads reads;
    private final PixelSearch search;
    private final InstantSource clock;

    TikTokStatistics(PlatformHttp http, TikTokAnswerReader reader, InstantSource clock, TikTokSettings settings) {
        this.reads = new TikTokReads(http, reader, settings.timeout());
        this.search = new PixelSearch(reads, settings.app());
        this.clock = clock;
    }

    /// What was found with a token for a Pixel Code; of no use with another one.
    private record Found(String code, Destination.AccessToken token, PixelSearch.Pixel pixel) {
        boolean isFor(Destination destination) {
            return code.equals(destination.pixelId())
                    && destination.accessToken().filter(token::equals).isPresent();
        }
    }

    PlatformCounts counts(Destination destination, Instant from, Instant until) {
        TikTokSource source = TikTokSource.ofDestination(destination);
        if (source != TikTokSource.WEB) {
            return new Unreadable("TikTok has no statistics of " + source.wireName() + " events");
        }
        String code = destination.pixelId();
        if (code == null || destination.accessToken().isEmpty()) {
            return new Unreadable("the destination has no pixel id or no token");
        }
        Found known = pixels.get(destination.key());
        if (known != null && known.isFor(destination)) {
            return ofPixel(destination, known.pixel(), from, until);
        }
        return switch (search.find(destination, code)) {
            case PixelSearch.Result.Nothing nothing -> nothing.why();
            case PixelSearch.Result.Hit hit -> {
                pixels.put(
                        destination.key(),
                        new Found(code, destination.accessToken().get(), hit.pixel()));
                yield ofPixel(destination, hit.pixel(), from, until);
            }
        };
    }

    private PlatformCounts ofPixel(Destination destination, PixelSearch.Pixel pixel, Instant from, Instant until) {
        List<Period> periods = new ArrayList<>();
        for (LocalDate day : days(from, until)) {
            switch (reads.get(destination, PATH, query(pixel, day))) {
                case TikTokReads.Result.Refused refused -> {
                    if (refused.why() instanceof Unreadable) {
                        pixels.remove(destination.key());
                    }
                    return refused.why();
                }
                case TikTokReads.Result.Data data -> {
                    Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
                    long events = eventsFromServers(data.json(), pixel.id());
                    if (events > 0) {
                        periods.add(new Period(start, start.plus(1, ChronoUnit.DAYS), events));
                    }
                }
            }
        }
        return new Counted(periods, clock.instant().minus(SETTLING).truncatedTo(ChronoUnit.DAYS));
    }

    private static List<LocalDate> days(Instant from, Instant until) {
        if (!from.isBefore(until)) {
            return List.of();
        }
        LocalDate last = until.minusNanos(1).atOffset(ZoneOffset.UTC).toLocalDate();
        LocalDate first = from.atOffset(ZoneOffset.UTC).toLocalDate();
        LocalDate oldest = last.minusDays(MAX_DAYS - 1L);
        return (first.isBefore(oldest) ? oldest : first)
                .datesUntil(last.plusDays(1))
                .toList();
    }

    private static Map<String, String> query(PixelSearch.Pixel pixel, LocalDate day) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("advertiser_id", pixel.advertiserId());
        query.put("pixel_ids", "[\"" + pixel.id() + "\"]");
        query.put("date_range", "{\"start_date\":\"" + day + "\",\"end_date\":\"" + day + "\"}");
        return query;
    }

    /// Over all event types. `total_count` is never read: TikTok was seen to report 0 there.
    private static long eventsFromServers(JsonNode data, String pixelId) {
        long sum = 0;
        for (JsonNode pixel : data.path("list")) {
            if (pixelId.equals(pixel.path("pixel_id").asText())) {
                for (JsonNode type : pixel.path("statistics")) {
                    sum += Math.max(0, type.path("server_event_total_count").asLong(0));
                }
            }
        }
        return sum;
    }
}
