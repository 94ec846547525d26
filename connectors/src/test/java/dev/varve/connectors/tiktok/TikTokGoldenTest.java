package dev.varve.connectors.tiktok;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.connectors.Samples;
import dev.varve.destination.Candidate;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.DataProcessing;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.identity.KnownIds;
import dev.varve.tenant.SdkPlatform;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One stored event per source of TikTok's and the exact JSON that is sent for it.
class TikTokGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-11-18T13:00:00Z");

    /// By path; `[]` stands for the elements of a list. From the tables of TikTok's Events API 2.0.
    private static final Set<String> DOCUMENTED =
            Set.of(("event event_time event_id limited_data_use user user.email[] user.phone[] user.external_id[]"
                            + " user.first_name[] user.last_name[] user.zip_code[] user.country user.ttclid user.ttp user.ip"
                            + " user.user_agent user.locale user.idfa user.idfv user.gaid user.att_status user.email user.phone"
                            + " user.external_id user.first_name user.last_name user.zip_code properties properties.contents"
                            + " properties.contents[] properties.contents[].content_id properties.contents[].content_category"
                            + " properties.contents[].content_name properties.contents[].brand properties.contents[].price"
                            + " properties.contents[].quantity properties.content_ids properties.content_ids[]"
                            + " properties.content_type properties.currency properties.value properties.num_items"
                            + " properties.search_string properties.query properties.description properties.order_id"
                            + " properties.shop_id properties.customer_type page page.url page.referrer app app.app_id"
                            + " app.app_name app.app_version lead lead.lead_id lead.lead_event_source")
                    .split(" "));

    @ParameterizedTest
    @ValueSource(strings = {"web", "web-known", "app-ios", "app-android", "offline", "crm"})
    void theEventBecomesExactlyTheDocumentedJson(String name) throws IOException {
        JsonNode golden = read(name);
        PreparedEvent prepared = prepare(golden);

        assertThat(sorted(JSON.readTree(prepared.payload()))).isEqualTo(sorted(golden.path("payload")));
        assertThat(prepared.batchKey()).isEqualTo(golden.path("batchKey").asText());
        assertThat(prepared.sentAs()).isEqualTo(golden.path("sentAs").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", "web-known", "app-ios", "app-android", "offline", "crm"})
    void everyKeyIsOneThatTikTokDocuments(String name) throws IOException {
        JsonNode payload = JSON.readTree(prepare(read(name)).payload());

        checkKeys("", payload);
    }

    private static void checkKeys(String path, JsonNode node) {
        if (node.isObject()) {
            node.properties().forEach(member -> {
                String child = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
                assertThat(DOCUMENTED).contains(child);
                checkKeys(child, member.getValue());
            });
        }
        node.forEach(element -> {
            if (node.isArray()) {
                checkKeys(path + "[]", element);
            }
        });
    }

    private static String sorted(JsonNode node) throws IOException {
        return JSON.writer()
                .with(com.fasterxml.jackson.databind.SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .withDefaultPrettyPrinter()
                .writeValueAsString(JSON.treeToValue(node, Object.class));
    }

    private static JsonNode read(String name) throws IOException {
        try (InputStream in = TikTokGoldenTest.class.getResourceAsStream("/tiktok/" + name + ".json")) {
            return JSON.readTree(in);
        }
    }

    private static PreparedEvent prepare(JsonNode golden) throws IOException {
        Candidate candidate = new Candidate(
                event(golden),
                Samples.app(SdkPlatform.valueOf(golden.path("app").asText())),
                known(golden));
        return Samples.prepared(new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge())
                .prepare(candidate, destination(golden.path("destination")), NOW));
    }

    private static Destination destination(JsonNode golden) {
        DataProcessing processing = golden.path("limited").asBoolean() ? new DataProcessing(true, 0, 0) : null;
        Mapping mapping = new Mapping(Map.of(), golden.path("actionSource").asText(null), processing);
        return Samples.destination(Platform.TIKTOK, golden.path("pixelId").asText(), mapping);
    }

    private static LoggedEvent event(JsonNode golden) throws IOException {
        JsonNode facts = golden.path("event");
        Instant occurredAt = Instant.parse(facts.path("occurredAt").asText());
        String platform = facts.path("platform").textValue();
        Event event = new Event(
                new EventIdentity(
                        Samples.PROJECT,
                        "app_1",
                        facts.path("eventId").asText(),
                        facts.path("name").asText()),
                occurredAt,
                platform == null ? EventSource.SERVER : EventSource.SDK,
                false,
                new SenderFacts("production", platform, null, null, null),
                Consent.UNSTATED,
                JSON.writeValueAsBytes(golden.path("document")),
                new RequestOrigin(
                        facts.path("ip").textValue(), facts.path("userAgent").textValue()));
        return new LoggedEvent(1, occurredAt.plusSeconds(1), event);
    }

    private static KnownIds known(JsonNode golden) {
        Map<String, KnownIds.Seen> ids = new HashMap<>();
        golden.path("known")
                .path("ids")
                .properties()
                .forEach(id ->
                        ids.put(id.getKey(), new KnownIds.Seen(id.getValue().asText(), NOW)));
        return golden.path("known").path("profile") instanceof ObjectNode profile
                ? new KnownIds(ids, profile)
                : new KnownIds(ids, JSON.createObjectNode());
    }
}
