package dev.varve.e2e.rig;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Bodies in the SDK's form, stamped with the rig's time.
public final class RigEvents {
    private RigEvents() {}

    /// `name-0`, `name-1`, …
    public static List<String> ids(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> name + "-" + i).toList();
    }

    /// Purchases that both platforms map and can match.
    public static String purchases(List<String> ids, Instant at) {
        return body(ids.stream().map(id -> purchase(id, at)).collect(Collectors.joining(",")), at);
    }

    public static String body(String events, Instant sentAt) {
        return "{\"sent_at\": \"" + sentAt + "\", \"events\": [" + events + "]}";
    }

    public static String purchase(String id, Instant at) {
        return """
                {"event": "purchase_success", "event_id": "%s", "timestamp": "%s", "platform": "web",
                 "app_user_id": "buyer-%s", "install_id": "inst-%s",
                 "properties": {"revenue": 12.5, "currency": "EUR", "product_id": "sku-1", "quantity": 1,
                   "$page_url": "https://shop.example.com/thanks"}}""".formatted(id, at, id, id);
    }

    /// A purchase that the sandbox refuses for its content.
    public static String poison(String id, Instant at) {
        return purchase(id, at).replace("\"revenue\"", "\"sandbox_outcome\": \"reject\", \"revenue\"");
    }
}
