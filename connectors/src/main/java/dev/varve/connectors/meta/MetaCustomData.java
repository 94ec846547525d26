package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.Amounts;
import dev.varve.connectors.mapping.Commerce;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.Item;
import dev.varve.connectors.mapping.PayloadWriter;
import dev.varve.connectors.mapping.PersonalData;
import dev.varve.connectors.mapping.Properties;
import dev.varve.connectors.mapping.Properties.Names;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Meta's `custom_data`: the documented keys, then the event's own properties as far as they may be shown.
record MetaCustomData(EventFacts facts, String metaName, ActionSource source, Commerce commerce) {
    private static final Names CONTENT_NAME = Names.of("product_name", "content_name", "name");
    private static final Names CONTENT_CATEGORY = Names.of("category", "content_category");
    private static final Names SEARCH = Names.of("search_string", "query", "search_term", "fb_search_string");
    private static final Names REGISTRATION =
            Names.of("method", "registration_method", "sign_up_method", "fb_registration_method");
    private static final Names STATUS = Names.of("status");
    private static final Names LEVEL = Names.of("level", "fb_level");
    private static final Names MAX_RATING = Names.of("max_rating_value", "fb_max_rating_value");
    private static final Names SUCCESS = Names.of("success", "fb_success");
    private static final Names DESCRIPTION = Names.of("description", "fb_description");
    private static final Names PAYMENT_INFO = Names.of("payment_info_available", "fb_payment_info_available");
    private static final Names PREDICTED = Names.of("predicted_ltv");
    private static final Names NET_REVENUE = Names.of("net_revenue");
    private static final Names DELIVERY = Names.of("delivery_category");
    private static final Set<String> DELIVERIES = Set.of("in_store", "curbside", "home_delivery");

    /// Documented texts that need nothing but their spelling.
    private static final List<Map.Entry<String, Names>> TEXTS = List.of(
            Map.entry("lead_event_source", Names.of("lead_event_source")),
            Map.entry("product_catalog_id", Names.of("product_catalog_id")),
            Map.entry("item_number", Names.of("item_number")),
            Map.entry("ad_type", Names.of("ad_type")));

    /// Properties that are written under a documented key, feed the matching or steer the relay: never custom
    /// properties. Spelled in lower case without `_`, `-` and `$`.
    private static final Set<String> CONSUMED =
            Set.of(("revenue value total valuetosum price itemprice quantity currency"
                            + " currencycode fbcurrency orderid transactionid fborderid products items contents fbcontent productid sku"
                            + " itemid contentid contentids fbcontentid contenttype fbcontenttype numitems fbnumitems productname"
                            + " contentname name category contentcategory searchstring query searchterm fbsearchstring"
                            + " registrationmethod signupmethod fbregistrationmethod status level fblevel maxratingvalue"
                            + " fbmaxratingvalue success fbsuccess description fbdescription paymentinfoavailable"
                            + " fbpaymentinfoavailable predictedltv netrevenue deliverycategory"
                            + " leadeventsource productcatalogid itemnumber adtype optout ud customertype shopid"
                            + " pageurl referrer url deeplinkurl actionsource eventid testeventcode sandboxoutcome"
                            + " consentanalytics consentadvertising userdata user userid appuserid installid anonymousid externalid"
                            + " fbp fbc fbclid ttclid ttp gclid gbraid wbraid twclid msclkid lifatid sclid irclickid rclid"
                            + " idfa idfv gaid advertiserid attstatus anonid leadid subscriptionid fbloginid ctwaclid partnerid"
                            + " partnername countrycode subdivision1code clientcity locale adservicestoken"
                            + " clipboardattributionurl clipboardclickid installreferrer installsource installerpackage campaignids")
                    .split("\\s+"));

    void write(PayloadWriter json) throws IOException {
        json.object("custom_data", () -> {
            writeCommerce(json);
            writeTexts(json);
            writeAppFigures(json);
            writeFreeProperties(json);
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
        json.number("predicted_ltv", Amounts.amount(properties().first(PREDICTED)));
        json.number("net_revenue", Amounts.amount(properties().first(NET_REVENUE)));
    }

    private static void writeItem(PayloadWriter json, Item item) throws IOException {
        json.text("id", item.id());
        json.count("quantity", item.quantity());
        json.number("item_price", item.price());
        json.text("title", item.description().name());
        json.text("category", item.description().category());
        json.text("brand", item.description().brand());
        json.text("delivery_category", delivery(item.description().delivery()));
    }

    /// Only the three ways Meta knows.
    private static @Nullable String delivery(@Nullable String way) {
        return way != null && DELIVERIES.contains(way) ? way : null;
    }

    private void writeTexts(PayloadWriter json) throws IOException {
        json.text("content_name", properties().plainText(CONTENT_NAME));
        json.text("content_category", properties().plainText(CONTENT_CATEGORY));
        json.text("search_string", properties().plainText(SEARCH));
        json.text("delivery_category", delivery(properties().plainText(DELIVERY)));
        for (var text : TEXTS) {
            json.text(text.getKey(), properties().plainText(text.getValue()));
        }
        json.text("description", properties().plainText(DESCRIPTION));
        String status = properties().plainText(STATUS);
        String registration = isRegistration() ? properties().plainText(REGISTRATION) : null;
        boolean app = source == ActionSource.APP;
        json.text("status", status != null || app ? status : registration);
        json.text("registration_method", app ? registration : null);
    }

    private void writeAppFigures(PayloadWriter json) throws IOException {
        json.text("level", properties().plainText(LEVEL));
        json.number("max_rating_value", Amounts.amount(properties().first(MAX_RATING)));
        writeSwitch(json, "success", properties().first(SUCCESS));
        writeSwitch(json, "payment_info_available", properties().first(PAYMENT_INFO));
    }

    private static void writeSwitch(PayloadWriter json, String key, @Nullable JsonNode value) throws IOException {
        if (value != null && value.isValueNode()) {
            boolean on = value.asBoolean() || "1".equals(value.asText()) || "yes".equals(value.asText());
            json.number(key, on ? 1 : 0);
        }
    }

    private void writeFreeProperties(PayloadWriter json) throws IOException {
        for (var property : properties().json().properties()) {
            String name = property.getKey();
            if (!name.startsWith("$") && !CONSUMED.contains(PersonalData.plainKey(name)) && !isMethod(name)) {
                json.free(name, property.getValue());
            }
        }
    }

    /// `method` means the way of registering only in a registration; a payment method stays a custom property.
    private boolean isMethod(String name) {
        return isRegistration() && name.equals("method");
    }

    private boolean isRegistration() {
        return metaName.equals("CompleteRegistration");
    }

    private Properties properties() {
        return facts.properties();
    }
}
