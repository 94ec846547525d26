package dev.varve.connectors.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.Properties.Names;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One article of an event. `price` is per piece; `quantity` null: not stated, which counts as one.
public record Item(
        String id, @Nullable Integer quantity, @Nullable BigDecimal price, Description description) {
    private static final Names LISTS = Names.of("products", "items", "contents", "fb_content");
    private static final Names ID = Names.of("product_id", "sku", "item_id", "content_id", "id");
    private static final Names SINGLE_ID = Names.of("product_id", "sku", "item_id", "content_id");
    private static final Names QUANTITY = Names.of("quantity");
    private static final Names PRICE = Names.of("price", "item_price");
    private static final Names NAME = Names.of("name", "title", "product_name", "content_name");
    private static final Names SINGLE_NAME = Names.of("product_name", "content_name", "name");
    private static final Names CATEGORY = Names.of("category", "content_category");
    private static final Names BRAND = Names.of("brand");
    private static final Names DELIVERY = Names.of("delivery_category");

    public record Description(
            @Nullable String name,
            @Nullable String category,
            @Nullable String brand,
            @Nullable String delivery) {}

    /// The event's articles: a list if there is one, else the single product named by the properties. Entries without a
    /// usable id are left out.
    static List<Item> of(Properties properties) {
        JsonNode list = properties.first(LISTS);
        if (list == null) {
            Item single = item(properties.json(), SINGLE_ID, SINGLE_NAME);
            return single == null ? List.of() : List.of(single);
        }
        JsonNode entries = list.isTextual() ? EventFacts.parsed(list.textValue()) : list;
        List<Item> items = new ArrayList<>();
        if (entries.isObject()) {
            addTo(items, entries);
        } else {
            entries.forEach(entry -> addTo(items, entry));
        }
        return items;
    }

    private static void addTo(List<Item> items, JsonNode entry) {
        Item item = item(entry, ID, NAME);
        if (item != null) {
            items.add(item);
        }
    }

    private static @Nullable Item item(JsonNode entry, Names idNames, Names nameNames) {
        String id = Text.id(Properties.first(entry, idNames));
        if (id == null || PersonalData.isReplaced(id)) {
            return null;
        }
        return new Item(
                PersonalData.masked(id),
                Amounts.count(Properties.first(entry, QUANTITY)),
                Amounts.amount(Properties.first(entry, PRICE)),
                new Description(
                        Properties.plainText(entry, nameNames),
                        Properties.plainText(entry, CATEGORY),
                        Properties.plainText(entry, BRAND),
                        Properties.plainText(entry, DELIVERY)));
    }
}
