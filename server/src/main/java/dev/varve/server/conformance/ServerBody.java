package dev.varve.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Platform;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/// A neutral event as a server sends it: the body of a `POST /v1/events`.
final class ServerBody {
    /// Lists of the neutral form are lists under the singular name.
    private static final Map<String, String> SINGULAR = Map.ofEntries(
            Map.entry("emails", "email"),
            Map.entry("phones", "phone"),
            Map.entry("firstNames", "firstName"),
            Map.entry("lastNames", "lastName"),
            Map.entry("datesOfBirth", "dateOfBirth"),
            Map.entry("genders", "gender"),
            Map.entry("cities", "city"),
            Map.entry("states", "state"),
            Map.entry("zips", "zip"),
            Map.entry("countries", "country"),
            Map.entry("externalIds", "externalId"));

    private ServerBody() {}

    static byte[] of(JsonNode neutral, Platform platform) {
        ObjectNode body = CaseFile.JSON.createObjectNode();
        ObjectNode event = body.putArray("events").addObject();
        set(event, "name", neutral.path("event"));
        event.set("occurredAt", time(neutral.path("timestamp")));
        set(event, "eventId", neutral.path("eventId"));
        boolean isMeta = neutral.has("actionSource");
        set(event, "actionSource", neutral.path(isMeta ? "actionSource" : "eventSource"));
        set(event, "user", user(neutral.path("userData")));
        set(event, "properties", neutral.path("properties"));
        set(event, "context", neutral.path("context"));
        set(event, "consent", neutral.path("consent"));
        addOptions(body, event, neutral.path("options"), platform);
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void addOptions(ObjectNode body, ObjectNode event, JsonNode options, Platform platform) {
        if (options.path("limitedDataUse").asBoolean() && options.has("country")) {
            event.putObject("limitedDataUse")
                    .put("country", options.path("country").asInt())
                    .put("state", options.path("state").asInt());
        } else {
            set(event, "limitedDataUse", options.path("limitedDataUse"));
        }
        if (options.hasNonNull("testEventCode")) {
            body.putObject("testEventCode").set(platform.shortName(), options.path("testEventCode"));
        }
    }

    private static JsonNode user(JsonNode given) {
        if (!given.isObject()) {
            return given;
        }
        ObjectNode user = CaseFile.JSON.createObjectNode();
        given.properties()
                .forEach(field -> user.set(SINGULAR.getOrDefault(field.getKey(), field.getKey()), field.getValue()));
        return user;
    }

    /// The wire knows ISO 8601 only.
    private static JsonNode time(JsonNode given) {
        Instant time = given.isIntegralNumber() ? CaseReading.instant(given) : null;
        return time == null ? given : CaseFile.JSON.getNodeFactory().textNode(time.toString());
    }

    private static void set(ObjectNode object, String name, JsonNode value) {
        if (!value.isMissingNode() && !value.isNull()) {
            object.set(name, value);
        }
    }
}
