package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.candidate;
import static dev.varve.connectors.Samples.destination;
import static dev.varve.connectors.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.Preparation;
import dev.varve.event.Platform;
import dev.varve.tenant.SdkPlatform;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One file for each row of the default event map: an event as stored, and the exact JSON that Meta gets for it.
class MetaGoldenTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "purchase_success",
                "paywall_purchased",
                "subscription_start",
                "subscription_renew",
                "trial_start",
                "trial_convert",
                "sign_up",
                "register",
                "add_to_cart",
                "content_open",
                "search",
                "purchase_attempt",
                "bookmark_add",
                "screen_view",
                "app_open",
                "app_install",
                "login",
                "initiate_checkout",
                "begin_checkout",
                "view_item",
                "view_content",
                "add_to_wishlist",
                "start_trial",
                "subscribe"
            })
    void theEventBecomesExactlyThisJson(String name) throws IOException {
        JsonNode golden = golden(name);

        assertThat(sorted(actual(golden.path("input")))).isEqualTo(sorted(golden.path("expected")));
    }

    static JsonNode golden(String name) throws IOException {
        try (InputStream file = MetaGoldenTest.class.getResourceAsStream("golden/" + name + ".json")) {
            return JSON.readTree(file);
        }
    }

    static JsonNode actual(JsonNode input) throws IOException {
        ObjectNode document = JSON.createObjectNode();
        for (String part : new String[] {"properties", "context", "match"}) {
            document.set(part, input.path(part));
        }
        String text = document.toString();
        Preparation preparation = new MetaMapping()
                .prepare(
                        candidate(
                                event(
                                        input.path("name").asText(),
                                        input.path("platform").asText(),
                                        text),
                                app(SdkPlatform.IOS)),
                        destination(Platform.META, "900100200300400", Mapping.DEFAULT),
                        NOW);
        return switch (preparation) {
            case Preparation.Prepared prepared -> JSON.readTree(prepared.event().payload());
            case Preparation.Skipped skipped ->
                JSON.createObjectNode().put("skipped", skipped.reason().wireName());
            case Preparation.Refused refused -> JSON.createObjectNode().put("refused", refused.reason());
        };
    }

    static String sorted(JsonNode tree) throws IOException {
        return JSON.writeValueAsString(JSON.treeToValue(tree, Object.class));
    }
}
