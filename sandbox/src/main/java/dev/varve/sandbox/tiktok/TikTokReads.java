package dev.varve.sandbox.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.sandbox.sim.Digest;
import dev.varve.sandbox.sim.HourlyCounts.Count;
import dev.varve.sandbox.sim.Incoming;
import dev.varve.sandbox.sim.Json;
import dev.varve.sandbox.sim.Reply;
import dev.varve.sandbox.sim.SimPlatform;
import dev.varve.sandbox.sim.Simulation;
import dev.varve.sandbox.sim.Switch;
import java.io.IOException;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// TikTok's advertisers, pixel list and event statistics. The numeric id of a pixel derives from its code.
final class TikTokReads {
    private static final SimPlatform TIKTOK = SimPlatform.TIKTOK;
    /// Beyond 2^53, as real ones: a reader that takes it for a number changes it.
    private static final String ADVERTISER = "7300000000000000101";
    private static final int MAX_PIXELS = 10;
    private static final int MAX_DAYS = 30;
    private static final Map<String, String> AD_NAMES = Map.ofEntries(
            Map.entry("CompletePayment", "SHOPPING"),
            Map.entry("Purchase", "SHOPPING"),
            Map.entry("PlaceAnOrder", "ON_WEB_ORDER"),
            Map.entry("InitiateCheckout", "INITIATE_ORDER"),
            Map.entry("AddToCart", "ON_WEB_CART"),
            Map.entry("ViewContent", "ON_WEB_DETAIL"),
            Map.entry("CompleteRegistration", "ON_WEB_REGISTER"),
            Map.entry("Search", "ON_WEB_SEARCH"),
            Map.entry("AddToWishlist", "ON_WEB_ADD_TO_WISHLIST"),
            Map.entry("Subscribe", "ON_WEB_SUBSCRIBE"),
            Map.entry("AddPaymentInfo", "ADD_BILLING"),
            Map.entry("SubmitForm", "FORM"),
            Map.entry("Lead", "FORM"),
            Map.entry("Contact", "CONSULT"),
            Map.entry("Download", "DOWNLOAD_START"),
            Map.entry("ClickButton", "BUTTON"),
            Map.entry("PageView", "LANDING_PAGE_VIEW"),
            Map.entry("Pageview", "LANDING_PAGE_VIEW"));

    private final Simulation simulation;
    private final TikTokVoice voice;

    TikTokReads(Simulation simulation, TikTokVoice voice) {
        this.simulation = simulation;
        this.voice = voice;
    }

    /// The 19-digit id of a pixel code.
    static String pixelId(String code) {
        BigInteger hash = new BigInteger(1, Digest.sha256(code)).mod(BigInteger.TEN.pow(17));
        return "73" + String.format("%017d", hash);
    }

    /// The app needs digits for an id; a secret that starts with `wrong` is wrong, as with Meta's app credentials.
    Reply advertisers(Incoming in) {
        String app = in.query("app_id").orElse("");
        String secret = in.query("secret").orElse("");
        if (app.isEmpty() || secret.isEmpty()) {
            String missing = app.isEmpty() ? "app_id" : "secret";
            return voice.refused(TikTokRefusal.root(missing, "Missing data for required field"));
        }
        if (!app.matches("[0-9]+") || secret.startsWith("wrong")) {
            return voice.refused(TikTokRefusal.root("app_id", "The app id or secret is not correct"));
        }
        ObjectNode data = Json.object();
        data.putArray("list").addObject().put("advertiser_id", ADVERTISER).put("advertiser_name", "Sandbox advertiser");
        return voice.ok(data, new byte[0]);
    }

    Reply pixels(Incoming in) {
        if (in.query("advertiser_id").orElse("").isEmpty()) {
            return voice.refused(TikTokRefusal.root("advertiser_id", "Missing data for required field"));
        }
        int page = number(in, "page", 1);
        int size = number(in, "page_size", 10);
        if (page < 1 || size < 1 || size > 20) {
            return voice.refused(TikTokRefusal.root("page_size", "Must be between 1 and 20"));
        }
        List<String> codes = wanted(in);
        ObjectNode data = Json.object();
        ArrayNode list = data.putArray("pixels");
        int from = (int) Math.min(codes.size(), (page - 1L) * size);
        for (String code : codes.subList(from, Math.min(codes.size(), from + size))) {
            ObjectNode pixel = list.addObject();
            pixel.put("pixel_id", pixelId(code));
            pixel.put("pixel_code", code);
            pixel.put("pixel_name", "Sandbox pixel " + code);
        }
        ObjectNode pageInfo = data.putObject("page_info");
        pageInfo.put("page", page);
        pageInfo.put("page_size", size);
        pageInfo.put("total_number", codes.size());
        pageInfo.put("total_page", (codes.size() + size - 1) / size);
        return voice.ok(data, new byte[0]);
    }

    private List<String> wanted(Incoming in) {
        Optional<String> code = in.query("code");
        if (code.isPresent()) {
            return simulation.knowsPixel(code.get()) ? List.of(code.get()) : List.of();
        }
        List<String> found = new ArrayList<>(simulation.store().pixels(TIKTOK));
        in.query("pixel_id").ifPresent(id -> found.removeIf(one -> !pixelId(one).equals(id)));
        in.query("name").ifPresent(name -> found.removeIf(one -> !("Sandbox pixel " + one).contains(name)));
        return in.query("order_by").orElse("").equals("LATEST_CREATE") ? found.reversed() : found;
    }

    private static int number(Incoming in, String name, int otherwise) {
        String text = in.query(name).orElse("");
        return text.isEmpty() ? otherwise : text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : -1;
    }

    Reply stats(Incoming in) {
        if (in.query("advertiser_id").orElse("").isEmpty()) {
            return voice.refused(TikTokRefusal.root("advertiser_id", "Missing data for required field"));
        }
        try {
            JsonNode ids = Json.MAPPER.readTree(in.query("pixel_ids").orElse("null"));
            JsonNode range = Json.MAPPER.readTree(in.query("date_range").orElse("null"));
            LocalDate start = LocalDate.parse(range.path("start_date").asText());
            LocalDate end = LocalDate.parse(range.path("end_date").asText());
            Optional<TikTokRefusal> refusal = refused(ids, start, end);
            return refusal.isPresent() ? voice.refused(refusal.get()) : stats(ids, start, end);
        } catch (IOException | DateTimeException unreadable) {
            return voice.refused(TikTokRefusal.root("date_range", "Not a valid date range"));
        }
    }

    private static Optional<TikTokRefusal> refused(JsonNode ids, LocalDate start, LocalDate end) {
        if (!ids.isArray() || ids.isEmpty() || ids.size() > MAX_PIXELS) {
            return Optional.of(TikTokRefusal.root("pixel_ids", "Length must be between 1 and 10"));
        }
        for (JsonNode id : ids) {
            if (!id.asText().matches("[0-9]+")) {
                return Optional.of(TikTokRefusal.root("pixel_ids", "Not a valid pixel id"));
            }
        }
        long days = ChronoUnit.DAYS.between(start, end) + 1;
        return days < 1 || days > MAX_DAYS
                ? Optional.of(TikTokRefusal.root("date_range", "Must be between 1 and 30 days"))
                : Optional.empty();
    }

    private Reply stats(JsonNode ids, LocalDate start, LocalDate end) {
        Map<String, String> codes = new TreeMap<>();
        simulation.store().pixels(TIKTOK).forEach(code -> codes.put(pixelId(code), code));
        ObjectNode data = Json.object();
        ArrayNode list = data.putArray("list");
        for (JsonNode id : ids) {
            String code = codes.getOrDefault(id.asText(), "");
            ObjectNode pixel = list.addObject();
            pixel.put("pixel_id", id.asText());
            statistics(pixel.putArray("statistics"), totals(code, start, end));
        }
        return voice.ok(data, new byte[0]);
    }

    private Map<String, Count> totals(String code, LocalDate start, LocalDate end) {
        Map<String, Count> totals = new TreeMap<>();
        simulation
                .store()
                .hourly()
                .between(
                        TIKTOK,
                        code,
                        start.atStartOfDay(ZoneOffset.UTC).toInstant(),
                        end.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant())
                .values()
                .forEach(hour -> hour.forEach((name, count) ->
                        totals.merge(AD_NAMES.getOrDefault(name, "custom:" + name), count, Count::plus)));
        return totals;
    }

    private void statistics(ArrayNode into, Map<String, Count> totals) {
        boolean zero = simulation.switches().isOn(Switch.TIKTOK_TOTAL_COUNT_ZERO);
        totals.forEach((name, count) -> {
            ObjectNode one = into.addObject();
            boolean custom = name.startsWith("custom:");
            one.put(custom ? "custom_event_type" : "pixel_event_type", custom ? name.substring(7) : name);
            one.put("attributed_count", 0);
            one.put("preview_count", 0);
            one.put("total_count", zero ? 0 : count.server() + count.browser());
            one.put("browser_event_total_count", count.browser());
            one.put("server_event_total_count", count.server());
        });
    }
}
