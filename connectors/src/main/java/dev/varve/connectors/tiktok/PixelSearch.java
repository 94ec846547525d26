package dev.varve.connectors.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.AppCredentials;
import dev.varve.connectors.mapping.Text;
import dev.varve.destination.Destination;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.PlatformCounts.Unreadable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the ad account and the number of a pixel of which only the code is known: among the advertisers that the
/// destination's token reaches through the operator's app.
record PixelSearch(TikTokReads reads, Optional<AppCredentials> app) {
    private static final String ADVERTISERS = "/open_api/v1.3/oauth2/advertiser/get/";
    private static final String PIXELS = "/open_api/v1.3/pixel/list/";
    private static final int MAX_ADVERTISERS = 100;

    record Pixel(String advertiserId, String id) {}

    sealed interface Result {
        record Hit(Pixel pixel) implements Result {}

        /// `why`: `Unreadable` or `Unknown`.
        record Nothing(PlatformCounts why) implements Result {}
    }

    Result find(Destination destination, String code) {
        if (app.isEmpty()) {
            return nothing("statistics need the operator's TikTok app (settings tiktok-app-id and tiktok-app-secret)");
        }
        Map<String, String> query =
                Map.of("app_id", app.get().id(), "secret", app.get().secret());
        return switch (reads.get(destination, ADVERTISERS, query)) {
            case TikTokReads.Result.Refused refused -> new Result.Nothing(refused.why());
            case TikTokReads.Result.Data data -> find(destination, code, advertisers(data.json()));
        };
    }

    /// An account whose pixels may not be listed is passed over.
    private Result find(Destination destination, String code, List<String> advertisers) {
        Result none = nothing("none of the ad accounts that the token may read has this pixel");
        for (String advertiser : advertisers) {
            switch (reads.get(destination, PIXELS, Map.of("advertiser_id", advertiser, "code", code))) {
                case TikTokReads.Result.Refused refused -> {
                    none = new Result.Nothing(refused.why());
                    if (!(refused.why() instanceof Unreadable)) {
                        return none;
                    }
                }
                case TikTokReads.Result.Data data -> {
                    String id = pixelId(data.json(), code);
                    if (!id.isEmpty()) {
                        return new Result.Hit(new Pixel(advertiser, id));
                    }
                }
            }
        }
        return none;
    }

    private static Result nothing(String reason) {
        return new Result.Nothing(new Unreadable(reason));
    }

    private static List<String> advertisers(JsonNode data) {
        List<String> ids = new ArrayList<>();
        for (JsonNode advertiser : data.path("list")) {
            String id = advertiser.path("advertiser_id").asText();
            if (Text.isDigits(id) && ids.size() < MAX_ADVERTISERS) {
                ids.add(id);
            }
        }
        return ids;
    }

    private static String pixelId(JsonNode data, String code) {
        for (JsonNode pixel : data.path("pixels")) {
            String id = pixel.path("pixel_id").asText();
            if (code.equals(pixel.path("pixel_code").asText()) && Text.isDigits(id)) {
                return id;
            }
        }
        return "";
    }
}
