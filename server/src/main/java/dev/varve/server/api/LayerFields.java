package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Platform;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers.TokenChange;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The body of `PUT …/capi`: everything but the token is replaced.
record LayerFields(boolean enabled, @Nullable String pixelId, TokenChange token, Layer.Settings settings) {
    private static final Fields.Text SHORT = Fields.Text.length(0, 64);
    /// Stands in paths and headers of requests to the platforms.
    private static final Fields.Text PIXEL = new Fields.Text(
            text -> text.matches("[!-~]{1,64}"),
            "must be 1 to 64 printable ASCII characters without spaces",
            text -> ", got " + text.length() + " characters");
    private static final Fields.Text COUNTRY = Fields.Text.oneOf(Set.of(Locale.getISOCountries()));
    private static final Fields.Text ISO_COUNTRY =
            new Fields.Text(COUNTRY.test(), "not an ISO 3166-1 alpha-2 country", COUNTRY.got());
    private static final Set<String> META_SOURCES = Set.of(
            "website",
            "app",
            "email",
            "phone_call",
            "chat",
            "physical_store",
            "system_generated",
            "business_messaging",
            "other");
    private static final Set<String> TIKTOK_SOURCES = Set.of("web", "app", "offline", "crm");
    private static final Fields.Text EVENT_NAME = Fields.Text.length(1, 128);
    private static final int MAX_EVENT_MAP = 200;
    /// The states of the USA with a law that Meta knows.
    private static final int FIRST_STATE = 1000;

    private static final int LAST_STATE = 1010;
    private static final Fields.Text LIMITED = Fields.Text.oneOf(Set.of("LDU"));

    static LayerFields read(JsonNode body, Platform platform) {
        Fields fields = Fields.of(body);
        fields.require("enabled", "pixelId");
        LayerFields read = new LayerFields(
                fields.bool("enabled", false),
                fields.textOrNull("pixelId", null, PIXEL),
                token(fields),
                new Layer.Settings(
                        testEventCode(fields),
                        eventMap(fields),
                        fields.textOrNull("actionSource", null, Fields.Text.oneOf(sources(platform))),
                        dataProcessing(fields, platform),
                        fields.textOrNull("defaultCountry", null, ISO_COUNTRY)));
        fields.finish();
        return read;
    }

    private static Set<String> sources(Platform platform) {
        return switch (platform) {
            case META -> META_SOURCES;
            case TIKTOK -> TIKTOK_SOURCES;
        };
    }

    /// An empty code names no test.
    private static @Nullable String testEventCode(Fields fields) {
        String code = fields.textOrNull("testEventCode", null, SHORT);
        return code == null || code.isEmpty() ? null : code;
    }

    private static TokenChange token(Fields fields) {
        if (!fields.has("accessToken")) {
            return new TokenChange.Kept();
        }
        String token = fields.textOrNull("accessToken", null, Fields.Text.length(1, 4096));
        return token == null ? new TokenChange.Deleted() : new TokenChange.Replaced(token);
    }

    private static @Nullable ObjectNode eventMap(Fields fields) {
        ObjectNode map = fields.objectOrNull("eventMap", Body.LIMIT).orElse(null);
        if (map != null && map.size() > MAX_EVENT_MAP) {
            fields.issue("eventMap", "at most " + MAX_EVENT_MAP + " members, got " + map.size());
        }
        Optional.ofNullable(map).flatMap(_ -> fields.fields("eventMap")).ifPresent(members -> members.names()
                .forEach(name -> {
                    if (!EVENT_NAME.test().test(name)) {
                        fields.issue(
                                "eventMap",
                                "event names have " + EVENT_NAME.message()
                                        + EVENT_NAME.got().apply(name));
                    }
                    members.textOrNull(name, null, Fields.Text.length(1, 50));
                }));
        return map;
    }

    private static @Nullable JsonNode dataProcessing(Fields fields, Platform platform) {
        return fields.fieldsOrNull("dataProcessingOptions")
                .map(members -> dataProcessingOptions(members, platform))
                .orElse(null);
    }

    /// A state that Meta does not know would switch off every event of the layer: none is sent without the limit that
    /// was asked for.
    private static JsonNode dataProcessingOptions(Fields members, Platform platform) {
        members.require("options");
        ObjectNode stored = Json.object();
        members.textsOrNone("options", 1, LIMITED).forEach(stored.putArray("options")::add);
        int state = members.integer("state", 0, Integer.MIN_VALUE, Integer.MAX_VALUE);
        boolean isLimited = platform == Platform.META && !stored.path("options").isEmpty();
        if (isLimited && state != 0 && (state < FIRST_STATE || state > LAST_STATE)) {
            members.issue("state", "with LDU must be 0 or " + FIRST_STATE + " to " + LAST_STATE + ", got " + state);
        }
        return stored.put("country", members.integer("country", 0, 0, 1)).put("state", state);
    }
}
