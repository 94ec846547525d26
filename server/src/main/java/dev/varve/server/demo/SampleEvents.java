package dev.varve.server.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Made-up events of a coffee shop's app and site, in the SDK wire format. The people in it do not exist.
final class SampleEvents {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> COFFEES =
            List.of("flat-white", "espresso", "cold-brew", "cortado", "beans-250g", "beans-1kg");
    /// By weight: the later steps of a purchase are rarer.
    private static final List<String> NAMES = List.of(
            "app_open",
            "screen_view",
            "screen_view",
            "view_item",
            "view_item",
            "view_item",
            "search",
            "add_to_cart",
            "add_to_cart",
            "begin_checkout",
            "purchase_success",
            "sign_up",
            "subscription_start");

    private final RandomGenerator random;

    SampleEvents(RandomGenerator random) {
        this.random = random;
    }

    /// One request body of one event.
    ObjectNode ios(Instant now) {
        int person = random.nextInt(400);
        ObjectNode event = event(now, person);
        event.put("platform", "ios")
                .put("os_version", "18.1")
                .put("app_version", "3.4.0")
                .put("device_model", "iPhone16,2")
                .put("install_id", "inst_" + person)
                .put("idfv", new UUID(7, person).toString())
                .put("att_status", "denied");
        return body(event);
    }

    ObjectNode web(Instant now) {
        int person = random.nextInt(400);
        ObjectNode event = event(now, person);
        event.put("platform", "web")
                .put("os_version", "")
                .put("app_version", "web-112")
                .put("device_model", "Desktop")
                .put("anonymous_id", "anon_" + person);
        return body(event);
    }

    private ObjectNode event(Instant now, int person) {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        ObjectNode event = JSON.createObjectNode();
        event.put("event", name)
                .put("event_id", UUID.randomUUID().toString())
                .put("timestamp", now.toString())
                .put("environment", "production")
                .put("locale", "pt-PT")
                .put("app_user_id", "guest-" + person)
                .put("session_id", "sess_" + person + "_" + now.getEpochSecond() / 1800)
                .put("country_code", "PT");
        properties(event.putObject("properties").put("$page_url", "https://shop.acmecoffee.example/menu"), name);
        event.putObject("user")
                .put("email", "guest" + person + "@acmecoffee.example")
                .put("country", "pt");
        event.putObject("consent").put("advertising", random.nextInt(12) != 0);
        return event;
    }

    private void properties(ObjectNode properties, String name) {
        String coffee = COFFEES.get(random.nextInt(COFFEES.size()));
        switch (name) {
            case "purchase_success", "subscription_start" ->
                properties
                        .put("revenue", (250 + random.nextInt(2000)) / 100.0)
                        .put("currency", "EUR")
                        .put("product_id", coffee)
                        .put("quantity", 1 + random.nextInt(3))
                        .put("order_id", "order-" + UUID.randomUUID());
            case "view_item", "add_to_cart", "begin_checkout" ->
                properties
                        .put("product_id", coffee)
                        .put("price", (250 + random.nextInt(1500)) / 100.0)
                        .put("quantity", 1)
                        .put("currency", "EUR");
            case "search" -> properties.put("query", coffee);
            default -> properties.put("screen", "menu"); // names are made up here, the rest carry nothing special
        }
    }

    private static ObjectNode body(ObjectNode event) {
        ObjectNode body = JSON.createObjectNode();
        body.put("batch_id", UUID.randomUUID().toString())
                .put("sent_at", event.path("timestamp").asText());
        body.putArray("events").add(event);
        return body;
    }
}
