package dev.varve.connectors.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.Properties.Names;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What both platforms are told about money and goods, read from the properties by the rules of the mapping reference.
public record Commerce(
        @Nullable BigDecimal value,
        @Nullable String currency,
        @Nullable String orderId,
        Goods goods) {
    private static final Names TOTAL = Names.of("revenue", "value", "total", "_valueToSum");
    private static final Names PRICE = Names.of("price");
    private static final Names QUANTITY = Names.of("quantity");
    private static final Names CURRENCY = Names.of("currency", "currency_code", "fb_currency");
    private static final Names ORDER = Names.of("order_id", "transaction_id", "fb_order_id");
    private static final Names CONTENT_IDS = Names.of("content_ids", "fb_content_id");
    private static final Names CONTENT_TYPE = Names.of("content_type", "fb_content_type");
    private static final Names COUNT = Names.of("num_items", "fb_num_items");

    /// `type` and `count` null: not stated and nothing to derive them from.
    public record Goods(
            List<Item> items,
            List<String> contentIds,
            @Nullable String type,
            @Nullable Integer count) {}

    public static Commerce of(Properties properties) {
        JsonNode order = properties.first(ORDER);
        String orderId = Text.id(order);
        return new Commerce(
                total(properties),
                Currencies.code(properties.text(CURRENCY)),
                orderId == null || PersonalData.isReplaced(orderId) ? null : PersonalData.masked(orderId),
                goods(properties));
    }

    public boolean hasNegativeValue() {
        return value != null && value.signum() < 0;
    }

    /// Without value and currency, which only make sense together.
    public Commerce withoutValue() {
        return new Commerce(null, null, orderId, goods);
    }

    private static @Nullable BigDecimal total(Properties properties) {
        JsonNode given = properties.first(TOTAL);
        if (given != null) {
            return Amounts.amount(given);
        }
        BigDecimal price = Amounts.amount(properties.first(PRICE));
        if (price == null) {
            return null;
        }
        JsonNode quantity = properties.first(QUANTITY);
        BigDecimal pieces = quantity == null ? BigDecimal.ONE : Amounts.amount(quantity);
        return pieces == null ? null : Amounts.rounded(price.multiply(pieces));
    }

    /// Ids that the sender lists itself win over those of the items: a search may show more than it details.
    private static Goods goods(Properties properties) {
        List<Item> items = Item.of(properties);
        List<String> given = contentIds(properties.first(CONTENT_IDS));
        List<String> ids = given.isEmpty() ? items.stream().map(Item::id).toList() : given;
        String type = properties.plainText(CONTENT_TYPE);
        Integer count = Amounts.count(properties.first(COUNT));
        return new Goods(
                items,
                ids,
                type != null || ids.isEmpty() ? type : "product",
                count != null || items.isEmpty() ? count : sumOfQuantities(items));
    }

    private static List<String> contentIds(@Nullable JsonNode node) {
        List<String> ids = new ArrayList<>();
        if (node != null) {
            JsonNode given =
                    node.isTextual() && node.textValue().startsWith("[") ? EventFacts.parsed(node.textValue()) : node;
            addId(ids, given);
            given.forEach(element -> addId(ids, element));
        }
        return ids;
    }

    private static void addId(List<String> ids, JsonNode node) {
        String id = Text.id(node);
        if (id != null && !PersonalData.isReplaced(id)) {
            ids.add(PersonalData.masked(id));
        }
    }

    private static @Nullable Integer sumOfQuantities(List<Item> items) {
        long sum = 0;
        for (Item item : items) {
            Integer quantity = item.quantity();
            sum += quantity == null ? 1 : quantity;
        }
        return sum <= Integer.MAX_VALUE ? (int) sum : null;
    }
}
