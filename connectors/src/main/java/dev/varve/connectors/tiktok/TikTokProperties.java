package dev.varve.connectors.tiktok;

import dev.varve.connectors.mapping.Commerce;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.Item;
import dev.varve.connectors.mapping.PayloadWriter;
import dev.varve.connectors.mapping.Properties.Names;
import dev.varve.connectors.mapping.Text;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// TikTok's `properties`: only documented keys, because TikTok takes unknown ones silently and ignores them.
record TikTokProperties(EventFacts facts, String tiktokName, Commerce commerce) {
    private static final Names SEARCH = Names.of("search_string", "query", "search_term", "fb_search_string");
    private static final Names DESCRIPTION = Names.of("description", "fb_description");
    private static final Names REGISTRATION =
            Names.of("method", "registration_method", "sign_up_method", "fb_registration_method");
    private static final Names SHOP = Names.of("shop_id");
    private static final Names CUSTOMER_TYPE = Names.of("customer_type");

    void write(PayloadWriter json) throws IOException {
        json.object("properties", () -> {
            writeCommerce(json);
            String search = facts.properties().plainText(SEARCH);
            json.text("search_string", search);
            json.text("query", search);
            json.text("description", description());
            json.text("shop_id", shopId());
            json.text("customer_type", customerType());
            json.text("sandbox_outcome", facts.sandboxOutcome());
        });
    }

    private void writeCommerce(PayloadWriter json) throws IOException {
        json.number("value", commerce.value());
        json.text("currency", commerce.currency());
        json.text("order_id", commerce.orderId());
        json.text("content_type", commerce.goods().type());
        json.texts("content_ids", commerce.goods().contentIds());
        if (!commerce.goods().items().isEmpty()) {
            json.array("contents", () -> {
                for (Item item : commerce.goods().items()) {
                    json.object(() -> writeItem(json, item));
                }
            });
        }
        json.count("num_items", commerce.goods().count());
    }

    private static void writeItem(PayloadWriter json, Item item) throws IOException {
        json.text("content_id", item.id());
        json.text("content_name", item.description().name());
        json.text("content_category", item.description().category());
        json.text("brand", item.description().brand());
        json.count("quantity", item.quantity());
        json.number("price", item.price());
    }

    private @Nullable String description() {
        String given = facts.properties().plainText(DESCRIPTION);
        boolean registration = tiktokName.equals("CompleteRegistration") || tiktokName.equals("Registration");
        return given != null || !registration ? given : facts.properties().plainText(REGISTRATION);
    }

    private @Nullable String shopId() {
        return Text.id(facts.properties().first(SHOP)) == null
                ? null
                : facts.properties().plainText(SHOP);
    }

    private @Nullable String customerType() {
        String type = facts.properties().text(CUSTOMER_TYPE);
        String plain = type == null ? "" : type.toLowerCase(Locale.ROOT);
        return plain.equals("new") || plain.equals("returning") ? plain : null;
    }
}
