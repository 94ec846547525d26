package dev.varve.sandbox.meta;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Meta's checks of one event, in the order of the protocol reference, section 18. Pure.
final class MetaEventCheck {
    private static final Set<String> EVENT_KEYS = Set.of(
            "event_name",
            "event_time",
            "event_id",
            "event_source_url",
            "referrer_url",
            "action_source",
            "opt_out",
            "user_data",
            "custom_data",
            "app_data",
            "data_processing_options",
            "data_processing_options_country",
            "data_processing_options_state",
            "original_event_data",
            "customer_segmentation",
            "messaging_channel",
            "attribution_data",
            "advanced_measurement_table");
    private static final Set<String> ACTION_SOURCES = Set.of(
            "email",
            "website",
            "app",
            "phone_call",
            "chat",
            "physical_store",
            "system_generated",
            "business_messaging",
            "other");
    private static final Set<String> HASHED = Set.of(
            "em",
            "ph",
            "fn",
            "ln",
            "db",
            "ge",
            "ct",
            "st",
            "zp",
            "country",
            "external_id",
            "f5first",
            "f5last",
            "fi",
            "dobd",
            "dobm",
            "doby");
    private static final Set<String> PLAIN = Set.of(
            "client_ip_address",
            "client_user_agent",
            "fbc",
            "fbp",
            "subscription_id",
            "fb_login_id",
            "lead_id",
            "anon_id",
            "madid",
            "page_id",
            "page_scoped_user_id",
            "ctwa_clid",
            "ig_account_id",
            "ig_sid",
            "partner_id",
            "partner_name");
    private static final Set<String> APP_KEYS = Set.of(
            "advertiser_tracking_enabled",
            "application_tracking_enabled",
            "extinfo",
            "campaign_ids",
            "install_referrer",
            "installer_package",
            "url_schemes",
            "vendor_id",
            "windows_attribution_id",
            "app_user_id",
            "consider_views",
            "include_dwell_data",
            "include_video_data",
            "receipt_data",
            "device_token");
    private static final List<Set<String>> TOO_LITTLE = List.of(
            Set.of("ct", "country", "st", "zp", "ge", "client_user_agent"),
            Set.of("db", "client_user_agent"),
            Set.of("fn", "ge"),
            Set.of("ln", "ge"));
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}(\\.[A-Za-z0-9_-]{8})?");
    private static final Duration MAX_AGE = Duration.ofDays(7);
    private static final Duration MAX_AGE_STORE = Duration.ofDays(62);
    private static final Duration FUTURE = Duration.ofSeconds(60);

    private final JsonNode event;
    private final int index;
    private final Instant now;

    private MetaEventCheck(JsonNode event, int index, Instant now) {
        this.event = event;
        this.index = index;
        this.now = now;
    }

    /// The first thing wrong with the event. `ageFirst` false puts the age check last.
    static Optional<MetaRefusal> check(JsonNode event, int index, Instant now, boolean ageFirst) {
        MetaEventCheck check = new MetaEventCheck(event, index, now);
        List<Supplier<@Nullable MetaRefusal>> steps = new ArrayList<>(List.of(
                check::unknownKey,
                check::required,
                check::identifiers,
                check::hashes,
                check::purchase,
                check::currency,
                check::contents,
                check::leadId,
                check::limitedDataUse,
                check::app,
                check::sourceUrl));
        steps.add(ageFirst ? 2 : steps.size(), check::age);
        for (Supplier<@Nullable MetaRefusal> step : steps) {
            MetaRefusal refusal = step.get();
            if (refusal != null) {
                return Optional.of(refusal);
            }
        }
        return Optional.empty();
    }

    /// Keys of `user_data` and `app_data` that Meta would take and not understand.
    static List<String> ignoredKeys(JsonNode event) {
        List<String> ignored = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : event.path("user_data").properties()) {
            if (!HASHED.contains(entry.getKey()) && !PLAIN.contains(entry.getKey())) {
                ignored.add("user_data." + entry.getKey());
            }
        }
        for (Map.Entry<String, JsonNode> entry : event.path("app_data").properties()) {
            if (!APP_KEYS.contains(entry.getKey())) {
                ignored.add("app_data." + entry.getKey());
            }
        }
        return ignored;
    }

    private @Nullable MetaRefusal unknownKey() {
        for (Map.Entry<String, JsonNode> entry : event.properties()) {
            if (!EVENT_KEYS.contains(entry.getKey())) {
                String message = "(#100) Param $['data'][" + index + "]: Unexpected key \"" + entry.getKey()
                        + "\" on param \"$['data'][" + index + "]\".";
                return new MetaRefusal(100, null, message, index, true);
            }
        }
        return null;
    }

    private @Nullable MetaRefusal required() {
        if (!event.isObject()) {
            return MetaRefusal.parameter(index, "(#100) Invalid parameter: event must be an object");
        }
        if (event.path("event_name").asText("").isBlank()
                || !event.path("event_name").isTextual()) {
            return MetaRefusal.parameter(index, "(#100) Missing parameter: event_name");
        }
        if (!event.path("event_time").isIntegralNumber()) {
            return MetaRefusal.parameter(index, "(#100) Missing or invalid parameter: event_time");
        }
        if (!ACTION_SOURCES.contains(event.path("action_source").asText(""))) {
            return MetaRefusal.parameter(index, "(#100) Missing or invalid parameter: action_source");
        }
        if (!event.path("user_data").isObject()) {
            return MetaRefusal.parameter(index, "(#100) Missing parameter: user_data");
        }
        return null;
    }

    private @Nullable MetaRefusal age() {
        long time = event.path("event_time").asLong();
        boolean store = event.path("action_source").asText().equals("physical_store");
        if (time < now.minus(store ? MAX_AGE_STORE : MAX_AGE).getEpochSecond()) {
            return MetaRefusal.of(2804003, index, "Event Timestamp Too Old");
        }
        if (time > now.plus(FUTURE).getEpochSecond()) {
            return MetaRefusal.of(2804004, index, "Event Timestamp in the Future");
        }
        return null;
    }

    private @Nullable MetaRefusal identifiers() {
        Set<String> present = new HashSet<>();
        for (Map.Entry<String, JsonNode> entry : event.path("user_data").properties()) {
            boolean known = HASHED.contains(entry.getKey()) || PLAIN.contains(entry.getKey());
            if (known && isFilled(entry.getValue())) {
                present.add(entry.getKey());
            }
        }
        return TOO_LITTLE.stream().anyMatch(set -> set.containsAll(present))
                ? MetaRefusal.of(2804050, index, "Not Enough Customer Information")
                : null;
    }

    private static boolean isFilled(JsonNode value) {
        if (value.isArray()) {
            for (JsonNode one : value) {
                if (isFilled(one)) {
                    return true;
                }
            }
            return false;
        }
        return !value.isNull() && !value.isObject() && !value.asText().isBlank();
    }

    private @Nullable MetaRefusal hashes() {
        for (Map.Entry<String, JsonNode> entry : event.path("user_data").properties()) {
            if (HASHED.contains(entry.getKey()) && !isHashed(entry.getValue())) {
                return MetaRefusal.of(2804016, index, "Unhashed Customer Information: " + entry.getKey());
            }
        }
        return null;
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
        return value.isNull()
                || (value.isTextual() && HASH.matcher(value.textValue()).matches());
    }

    private @Nullable MetaRefusal purchase() {
        boolean isPurchase = event.path("event_name").asText().equals("Purchase");
        return isPurchase && !event.path("custom_data").path("value").isNumber()
                ? MetaRefusal.of(2804009, index, "Purchase Event Missing Value")
                : null;
    }

    private @Nullable MetaRefusal currency() {
        JsonNode custom = event.path("custom_data");
        boolean hasValue = custom.hasNonNull("value");
        boolean hasCurrency = custom.path("currency").asText("").matches("[A-Za-z]{3}");
        return hasValue && !hasCurrency ? MetaRefusal.of(2804023, index, "Missing or Invalid Currency") : null;
    }

    private @Nullable MetaRefusal contents() {
        for (JsonNode item : event.path("custom_data").path("contents")) {
            if (item.path("id").asText("").isBlank()) {
                return MetaRefusal.of(2804008, index, "Contents Item Missing id");
            }
        }
        return null;
    }

    private @Nullable MetaRefusal leadId() {
        JsonNode lead = event.path("user_data").path("lead_id");
        boolean bad = !lead.isMissingNode() && !lead.asText().matches("[0-9]{15,16}");
        return bad ? MetaRefusal.of(2804036, index, "Invalid lead_id") : null;
    }

    private @Nullable MetaRefusal limitedDataUse() {
        JsonNode options = event.path("data_processing_options");
        boolean valid = options.isMissingNode() || options.isNull() || options.isArray();
        boolean limited = false;
        for (JsonNode option : options) {
            limited |= option.asText().equals("LDU");
            valid &= option.asText().equals("LDU");
        }
        boolean placed = event.path("data_processing_options_country").isIntegralNumber()
                && event.path("data_processing_options_state").isIntegralNumber();
        return !valid || (limited && !placed)
                ? MetaRefusal.of(2804030, index, "Limited Data Use Options Incomplete")
                : null;
    }

    private @Nullable MetaRefusal app() {
        if (!event.path("action_source").asText().equals("app")) {
            return null;
        }
        JsonNode app = event.path("app_data");
        if (!isFlag(app.path("advertiser_tracking_enabled")) || !isFlag(app.path("application_tracking_enabled"))) {
            return MetaRefusal.parameter(index, "(#100) Missing parameter: app_data tracking flags");
        }
        JsonNode extinfo = app.path("extinfo");
        if (!extinfo.isArray() || extinfo.size() != 16 || !allText(extinfo)) {
            return MetaRefusal.parameter(index, "(#100) Invalid parameter: extinfo must be 16 strings");
        }
        if (!Set.of("i2", "a2").contains(extinfo.path(0).asText().toLowerCase(Locale.ROOT))) {
            return MetaRefusal.parameter(index, "(#100) Invalid parameter: extinfo version");
        }
        return extinfo.path(4).asText().isBlank()
                ? MetaRefusal.of(2804043, index, "Blank OS Version in extinfo")
                : null;
    }

    private static boolean isFlag(JsonNode node) {
        return node.isBoolean() || (node.isIntegralNumber() && (node.asInt() == 0 || node.asInt() == 1));
    }

    private static boolean allText(JsonNode array) {
        for (JsonNode one : array) {
            if (!one.isTextual()) {
                return false;
            }
        }
        return true;
    }

    /// Not in the list of section 18, but required by section 3; last, so that it hides no other answer.
    private @Nullable MetaRefusal sourceUrl() {
        boolean website = event.path("action_source").asText().equals("website");
        String url = event.path("event_source_url").asText("");
        return website && !url.startsWith("http://") && !url.startsWith("https://")
                ? MetaRefusal.parameter(index, "(#100) Missing or invalid parameter: event_source_url")
                : null;
    }
}
