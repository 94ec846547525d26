package dev.varve.connectors.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.varve.connectors.mapping.BatchKey;
import dev.varve.destination.MatchQuality;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.Documents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Estimates how well TikTok can recognise the person behind an event. The weights of all keys of a source add up to
/// 100; the score is a tenth of what is present:
///
/// | key | web | app | offline | crm |
/// |---|---|---|---|---|
/// | `lead_id` | | | | 45 |
/// | `email` | 25 | 20 | 40 | 20 |
/// | `phone` | 20 | 18 | 35 | 20 |
/// | `ttclid` | 20 | | 5 | |
/// | `idfa` (Android: `gaid`) | | 30 (40) | | |
/// | `external_id` | 10 | | 10 | 10 |
/// | `ttp` | 10 | | | |
/// | `idfv` (not on Android) | | 10 | | |
/// | `ip` | 7 | 10 | 3 | |
/// | `user_agent` | 5 | 6 | 1 | |
/// | `first_name`, `last_name`, `zip_code` | 1 each | 2 each | 2 each | 1, 2, 2 |
///
/// With `att_status` `DENIED` TikTok uses neither e-mail nor phone, so they count nothing;
/// an `idfa` cannot be had then.
final class TikTokMatchQuality {
    private static final ObjectMapper JSON =
            JsonMapper.builder(Documents.FACTORY).build();
    private static final Set<String> UNUSED_WHEN_DENIED = Set.of("email", "phone", "idfa");

    private record Weight(String key, int points) {}

    /// Heaviest first.
    private static final List<Weight> WEB = weights(
            "email 25 phone 20 ttclid 20 external_id 10 ttp 10 ip 7 user_agent 5 first_name 1 last_name 1 zip_code 1");
    private static final List<Weight> APPLE =
            weights("idfa 30 email 20 phone 18 idfv 10 ip 10 user_agent 6 first_name 2 last_name 2 zip_code 2");
    private static final List<Weight> ANDROID =
            weights("gaid 40 email 20 phone 18 ip 10 user_agent 6 first_name 2 last_name 2 zip_code 2");
    private static final List<Weight> OFFLINE =
            weights("email 40 phone 35 external_id 10 ttclid 5 ip 3 first_name 2 last_name 2 zip_code 2 user_agent 1");
    private static final List<Weight> CRM =
            weights("lead_id 45 email 20 phone 20 external_id 10 last_name 2 zip_code 2 first_name 1");

    private TikTokMatchQuality() {}

    static MatchQuality of(PreparedEvent event) {
        JsonNode payload = payload(event);
        JsonNode user = payload.path("user");
        boolean denied = user.path("att_status").asText().equals("DENIED");
        List<String> present = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        int points = 0;
        for (Weight weight : weights(event, user)) {
            boolean unused = denied && UNUSED_WHEN_DENIED.contains(weight.key());
            if (user.has(weight.key()) || payload.path("lead").has(weight.key())) {
                present.add(weight.key());
                points += unused ? 0 : weight.points();
            } else if (!unused) {
                missing.add(weight.key());
            }
        }
        return new MatchQuality(points / 10.0, present, missing);
    }

    private static List<Weight> weights(PreparedEvent event, JsonNode user) {
        return switch (BatchKey.parse(event.batchKey()).source()) {
            case "app" -> isAndroid(user) ? ANDROID : APPLE;
            case "offline" -> OFFLINE;
            case "crm" -> CRM;
            default -> WEB;
        };
    }

    /// Old iOS versions also have no tracking prompt, but an `idfv`.
    private static boolean isAndroid(JsonNode user) {
        return user.has("gaid")
                || user.path("att_status").asText().equals("NOT_APPLICABLE") && !user.has("idfv") && !user.has("idfa");
    }

    private static JsonNode payload(PreparedEvent event) {
        try {
            return JSON.readTree(event.payload());
        } catch (IOException e) {
            throw new IllegalStateException("a prepared payload is JSON", e);
        }
    }

    private static List<Weight> weights(String text) {
        List<Weight> weights = new ArrayList<>();
        String[] words = text.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            weights.add(new Weight(words[i], Integer.parseInt(words[i + 1])));
        }
        return List.copyOf(weights);
    }
}
