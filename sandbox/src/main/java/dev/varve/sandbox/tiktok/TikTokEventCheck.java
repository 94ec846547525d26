package dev.varve.sandbox.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// TikTok's checks of one event, in the order of the protocol reference, section 17. Pure.
final class TikTokEventCheck {
    static final Set<String> SOURCES = Set.of("web", "app", "offline", "crm");
    private static final Set<String> STANDARD = Set.of(
            "AddPaymentInfo",
            "AddToCart",
            "AddToWishlist",
            "ApplicationApproval",
            "CompleteRegistration",
            "Contact",
            "CustomizeProduct",
            "Download",
            "FindLocation",
            "InitiateCheckout",
            "Lead",
            "Purchase",
            "Schedule",
            "Search",
            "StartTrial",
            "SubmitApplication",
            "Subscribe",
            "ViewContent",
            "CompletePayment",
            "SubmitForm",
            "PlaceAnOrder",
            "ClickButton");
    private static final Set<String> EVENT_KEYS = Set.of(
            "event", "event_time", "event_id", "user", "properties", "page", "app", "ad", "limited_data_use", "lead");
    private static final Set<String> USER_KEYS = Set.of(
            "email",
            "phone",
            "external_id",
            "first_name",
            "last_name",
            "zip_code",
            "city",
            "state",
            "country",
            "ttclid",
            "ttp",
            "ip",
            "user_agent",
            "locale",
            "idfa",
            "idfv",
            "gaid",
            "att_status");
    private static final Set<String> PROPERTY_KEYS = Set.of(
            "contents",
            "content_ids",
            "content_type",
            "currency",
            "value",
            "num_items",
            "search_string",
            "query",
            "description",
            "order_id",
            "shop_id",
            "customer_type",
            "sandbox_outcome");
    private static final Set<String> CONTENT_KEYS =
            Set.of("content_id", "content_category", "content_name", "brand", "price", "quantity", "content_type");
    private static final Set<String> ATT =
            Set.of("AUTHORIZED", "DENIED", "NOT_DETERMINED", "RESTRICTED", "NOT_APPLICABLE");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final int MAX_CLICK_ID = 1_000;

    private final JsonNode event;
    private final String source;
    private final int index;
    private final Instant now;
    private final Rules rules;

    /// `strictPage`: web events need `page.url`. `maxAgeDays` 0: no limit.
    record Rules(boolean strictPage, int maxAgeDays) {}

    private TikTokEventCheck(JsonNode event, String source, int index, Instant now, Rules rules) {
        this.event = event;
        this.source = source;
        this.index = index;
        this.now = now;
        this.rules = rules;
    }

    /// The first thing wrong with the event.
    static Optional<TikTokRefusal> check(JsonNode event, String source, int index, Instant now, Rules rules) {
        TikTokEventCheck check = new TikTokEventCheck(event, source, index, now, rules);
        List<Supplier<@Nullable TikTokRefusal>> steps =
                List.of(check::required, check::bySource, check::properties, check::user, check::age);
        for (Supplier<@Nullable TikTokRefusal> step : steps) {
            TikTokRefusal refusal = step.get();
            if (refusal != null) {
                return Optional.of(refusal);
            }
        }
        return Optional.empty();
    }

    /// Keys that TikTok takes silently and does not understand.
    static List<String> ignoredKeys(JsonNode event) {
        List<String> ignored = new ArrayList<>();
        collect(ignored, "", event, EVENT_KEYS);
        collect(ignored, "user.", event.path("user"), USER_KEYS);
        collect(ignored, "properties.", event.path("properties"), PROPERTY_KEYS);
        for (JsonNode item : event.path("properties").path("contents")) {
            collect(ignored, "properties.contents.", item, CONTENT_KEYS);
        }
        return ignored;
    }

    private static void collect(List<String> ignored, String prefix, JsonNode object, Set<String> known) {
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String name = prefix + entry.getKey();
            if (!known.contains(entry.getKey()) && !ignored.contains(name) && ignored.size() < 100) {
                ignored.add(name);
            }
        }
    }

    private @Nullable TikTokRefusal required() {
        if (!event.isObject()) {
            return refused("event", "Not a valid object");
        }
        if (!event.path("event").isTextual() || event.path("event").asText().isBlank()) {
            return refused("event", "Missing data for required field");
        }
        if (!event.path("event_time").isIntegralNumber()) {
            return refused("event_time", "Not a valid integer");
        }
        JsonNode id = event.path("event_id");
        return id.isMissingNode() || id.isTextual() ? null : refused("event_id", "not a valid string");
    }

    private @Nullable TikTokRefusal bySource() {
        return switch (source) {
            case "web" ->
                rules.strictPage && isBlank("page", "url")
                        ? refused("page.url", "Missing data for required field")
                        : null;
            case "app" -> isBlank("app", "app_id") ? refused("app.app_id", "Missing data for required field") : null;
            case "crm" ->
                isBlank("lead", "lead_id") ? refused("lead.lead_id", "Missing data for required field") : null;
            default ->
                STANDARD.contains(event.path("event").asText())
                        ? null
                        : refused("event", "Only standard events are supported");
        };
    }

    private boolean isBlank(String object, String key) {
        JsonNode value = event.path(object).path(key);
        return !value.isTextual() || value.textValue().isBlank();
    }

    private @Nullable TikTokRefusal properties() {
        JsonNode properties = event.path("properties");
        if (!properties.isMissingNode() && !properties.isObject()) {
            return refused("properties", "Not a valid object");
        }
        int at = 0;
        for (JsonNode item : properties.path("contents")) {
            TikTokRefusal refusal = content(item, "properties.contents." + at++ + ".");
            if (refusal != null) {
                return refusal;
            }
        }
        for (JsonNode id : properties.path("content_ids")) {
            if (!id.isTextual()) {
                return refused("properties.content_ids", "Not a valid string");
            }
        }
        for (String number : List.of("value", "num_items")) {
            if (isWrongNumber(properties.path(number))) {
                return refused("properties." + number, "Not a valid number");
            }
        }
        return null;
    }

    private @Nullable TikTokRefusal content(JsonNode item, String where) {
        JsonNode id = item.path("content_id");
        if (!id.isMissingNode() && !id.isTextual()) {
            return refused(where + "content_id", "Not a valid string");
        }
        JsonNode price = item.path("price");
        if (price.isTextual()) {
            return new TikTokRefusal(40000, index, where + "price", "Invalid Price Field");
        }
        if (isWrongNumber(price)) {
            return refused(where + "price", "Not a valid number");
        }
        return isWrongNumber(item.path("quantity")) ? refused(where + "quantity", "Not a valid integer") : null;
    }

    private static boolean isWrongNumber(JsonNode value) {
        return !value.isMissingNode() && !value.isNumber();
    }

    private @Nullable TikTokRefusal user() {
        JsonNode user = event.path("user");
        if (!user.isMissingNode() && !user.isObject()) {
            return refused("user", "Not a valid object");
        }
        for (String key : List.of("email", "phone", "external_id")) {
            if (!isHashed(user.path(key))) {
                return new TikTokRefusal(40062, index, "user." + key, "Personal data is not hashed");
            }
        }
        JsonNode att = user.path("att_status");
        if (!att.isMissingNode() && !ATT.contains(att.asText())) {
            return refused("user.att_status", "Not a valid choice");
        }
        return user.path("ttclid").asText("").length() > MAX_CLICK_ID
                ? refused("user.ttclid", "Longer than maximum length 1000")
                : null;
    }

    private static boolean isHashed(JsonNode value) {
        if (value.isArray()) {
            for (JsonNode one : value) {
                if (!one.isTextual() || !HASH.matcher(one.textValue()).matches()) {
                    return false;
                }
            }
            return true;
        }
        return value.isMissingNode()
                || (value.isTextual() && HASH.matcher(value.textValue()).matches());
    }

    private @Nullable TikTokRefusal age() {
        long oldest = now.minus(Duration.ofDays(rules.maxAgeDays)).getEpochSecond();
        boolean tooOld = rules.maxAgeDays > 0 && event.path("event_time").asLong() < oldest;
        return tooOld ? refused("event_time", "timestamp is too old") : null;
    }

    private TikTokRefusal refused(String field, String complaint) {
        return TikTokRefusal.item(index, field, complaint);
    }
}
