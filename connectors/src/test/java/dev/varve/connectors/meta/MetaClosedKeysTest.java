package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.EM;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.candidate;
import static dev.varve.connectors.Samples.destination;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.event;
import static dev.varve.connectors.Samples.json;
import static dev.varve.connectors.Samples.mapping;
import static dev.varve.connectors.Samples.payload;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.destination.Destination.DataProcessing;
import dev.varve.event.Platform;
import dev.varve.tenant.SdkPlatform;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever an event holds, Meta gets keys that its reference lists, and the sender's own names inside `custom_data`.
class MetaClosedKeysTest {
    private static final Set<String> EVENT = words("event_name event_time event_id event_source_url referrer_url"
            + " action_source opt_out user_data custom_data app_data data_processing_options"
            + " data_processing_options_country data_processing_options_state");
    private static final Set<String> USER = words("em ph fn ln db ge ct st zp country external_id client_ip_address"
            + " client_user_agent fbc fbp subscription_id fb_login_id lead_id anon_id madid ctwa_clid partner_id"
            + " partner_name");
    private static final Set<String> CUSTOM = words("value currency content_name content_category content_ids contents"
            + " content_type order_id predicted_ltv num_items status search_string item_number delivery_category"
            + " net_revenue lead_event_source product_catalog_id description level max_rating_value success"
            + " registration_method payment_info_available ad_type");
    private static final Set<String> ITEM =
            words("id quantity item_price delivery_category title description brand category");
    private static final Set<String> APP = words("advertiser_tracking_enabled application_tracking_enabled extinfo"
            + " campaign_ids install_referrer installer_package");

    /// Everything any of the two platforms reads from properties, besides one name of the sender's own.
    private static final Set<String> PROPERTIES = words("revenue value total price quantity currency currency_code"
            + " order_id transaction_id product_id sku item_id content_id content_ids content_type num_items product_name"
            + " content_name name category content_category search_string query search_term method registration_method"
            + " sign_up_method level max_rating_value success predicted_ltv customer_type shop_id $page_url page_url"
            + " referrer event_id _valueToSum fb_content_id fb_content fb_content_type fb_currency fb_num_items"
            + " fb_search_string fb_order_id fb_registration_method fb_level fb_max_rating_value fb_success"
            + " fb_description fb_payment_info_available advertiser_id app_user_id anon_id ud user_data opt_out"
            + " action_source sandbox_outcome lead_id subscription_id partner_id install_referrer install_source"
            + " campaign_ids delivery_category net_revenue description payment_info_available idfa gaid idfv att_status"
            + " fbp fbc fbclid ttclid ttp email phone first_name last_name zip city gender birth_date ip user_agent"
            + " colour");

    @ParameterizedTest
    @ValueSource(strings = {"ios", "android", "web", "node", "macos"})
    void noKeyIsEverSentThatMetaDoesNotKnow(String platform) {
        for (String name : List.of("purchase_success", "sign_up", "Lead")) {
            JsonNode payload = payload(new MetaMapping()
                    .prepare(
                            candidate(event(name, platform, everything()), app(SdkPlatform.IOS)),
                            destination(Platform.META, "1", mapping(new DataProcessing(true, 0, 0))),
                            NOW));

            assertThat(EVENT).containsAll(keys(payload));
            assertThat(USER).containsAll(keys(payload.path("user_data")));
            assertThat(APP).containsAll(keys(payload.path("app_data")));
            payload.at("/custom_data/contents").forEach(item -> assertThat(ITEM).containsAll(keys(item)));
            Set<String> custom = keys(payload.path("custom_data"));
            custom.removeAll(CUSTOM);
            assertThat(custom).isSubsetOf("colour", "method");
        }
    }

    private static String everything() {
        ObjectNode properties = (ObjectNode) json("{}");
        PROPERTIES.forEach(name -> properties.put(name, "7"));
        properties.put("currency", "EUR").put("opt_out", true).put("$page_url", "https://shop.example.com/");
        properties.put("action_source", "none of them").put("value", 7);
        properties.set("contents", json("[{'id':1,'title':'a','brand':'b','category':'c','ean':'d','price':1}]"));
        String context = "{'osVersion':'18','locale':'sv-SE','idfv':'0a1b2c3d-0000-4000-8000-00000000c0de'}";
        String match = "{'em':['" + EM + "'],'ph':['" + EM + "'],'fn':['" + EM + "'],'ln':['" + EM + "'],'db':['" + EM
                + "'],'ge':['" + EM + "'],'ct':['" + EM + "'],'st':['" + EM + "'],'zp':['" + EM + "'],'country':['" + EM
                + "'],'tt_phone':['" + EM + "'],'tt_fn':['" + EM + "'],'country_code':'se','ttclid':'t','ttp':'p',"
                + "'locale':'sv','idfv':'0a1b2c3d-0000-4000-8000-00000000c0de','warnings':['md5_hash'],'anon_id':'a',"
                + "'lead_id':'1234567890123456','partner_id':'p','partner_name':'n','ctwa_clid':'c'}";
        return document(properties.toString().replace('"', '\''), context, match);
    }

    private static Set<String> words(String text) {
        return Set.of(text.split(" "));
    }

    private static Set<String> keys(JsonNode object) {
        Set<String> keys = new TreeSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
