package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.EM;
import static dev.varve.connectors.Samples.MATCH;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.OCCURRED;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.candidate;
import static dev.varve.connectors.Samples.destination;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.json;
import static dev.varve.connectors.Samples.mapping;
import static dev.varve.connectors.Samples.payload;
import static dev.varve.connectors.Samples.prepared;
import static dev.varve.connectors.Samples.withoutOrigin;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.Samples;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.DataProcessing;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.Preparation;
import dev.varve.destination.Preparation.Refused;
import dev.varve.destination.Preparation.Skipped;
import dev.varve.destination.SkipReason;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.tenant.SdkPlatform;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetaFidelityTest {
    private static final Destination META = destination(Platform.META, "1", Mapping.DEFAULT);

    @Test
    void keysOfTheAppEventsApiAreUnderstood() {
        assertThat(custom(
                        "app_open",
                        "ios",
                        "{'_valueToSum':12.5,'fb_currency':'eur','fb_content_id':'[\\\"a\\\",\\\"b\\\"]',"
                                + "'fb_content_type':'product_group','fb_num_items':3,'fb_order_id':9,"
                                + "'fb_search_string':'shoe','fb_level':4,'fb_max_rating_value':5,'fb_success':'1',"
                                + "'fb_description':'d','fb_payment_info_available':0,'ud':{'em':'x'}}"))
                .isEqualTo(json("{'value':12.5,'currency':'EUR','order_id':'9','content_type':'product_group',"
                        + "'content_ids':['a','b'],'num_items':3,'search_string':'shoe','description':'d','level':'4',"
                        + "'max_rating_value':5,'success':1,'payment_info_available':0}"));
    }

    @Test
    void documentedKeysAreReadInBothSpellings() {
        assertThat(custom(
                        "view_item",
                        "web",
                        "{'netRevenue':0.23,'predictedLtv':'5.99','deliveryCategory':'curbside','leadEventSource':'crm',"
                                + "'productCatalogId':'77','ad_type':'interstitial','item_number':3}"))
                .isEqualTo(json("{'predicted_ltv':5.99,'net_revenue':0.23,'delivery_category':'curbside',"
                        + "'lead_event_source':'crm','product_catalog_id':'77','item_number':'3',"
                        + "'ad_type':'interstitial'}"));
    }

    @Test
    void aWayOfDeliveryThatMetaDoesNotKnowIsLeftOut() {
        JsonNode custom = custom(
                "view_item",
                "web",
                "{'delivery_category':'drone','contents':[{'id':'a','delivery_category':'drone'},"
                        + "{'id':'b','deliveryCategory':'in_store'},{'quantity':1}]}");

        assertThat(custom.has("delivery_category")).isFalse();
        assertThat(custom.path("contents")).isEqualTo(json("[{'id':'a'},{'id':'b','delivery_category':'in_store'}]"));
    }

    @Test
    void whatOnlyAnotherPlatformKnowsIsNoCustomProperty() {
        assertThat(custom("view_item", "web", "{'customer_type':'new','shop_id':'7','colour':'red'}"))
                .isEqualTo(json("{'colour':'red'}"));
    }

    @Test
    void optOutIsSaidAtEventLevelOnlyWhenTheSenderSaysIt() {
        assertThat(prepare("{'opt_out':true}").path("opt_out")).isEqualTo(json("true"));
        assertThat(prepare("{'optOut':false}").path("opt_out")).isEqualTo(json("false"));
        assertThat(prepare("{'opt_out':'maybe'}").has("opt_out")).isFalse();
        assertThat(prepare("{'opt_out':true}").path("custom_data")).isEmpty();
    }

    @Test
    void unlimitedDataUseIsSaidWithAnEmptyList() {
        JsonNode payload = payload(prepare(new DataProcessing(false, 0, 0), event(MATCH, "{}")));

        assertThat(payload.path("data_processing_options")).isEqualTo(json("[]"));
        assertThat(payload.has("data_processing_options_country")).isFalse();
    }

    @Test
    void limitedDataUseThatAsksMetaToLocateNeedsAnAddressAndSaysWhenThereIsNone() {
        DataProcessing locate = new DataProcessing(true, 0, 0);

        assertThat(prepared(prepare(locate, event(MATCH, "{}")))).satisfies(event -> {
            assertThat(event.notes()).isEmpty();
            assertThat(json(new String(event.payload(), StandardCharsets.UTF_8))
                            .at("/user_data/client_ip_address")
                            .asText())
                    .isEqualTo("203.0.113.24");
        });
        assertThat(prepared(prepare(locate, withoutOrigin(event(MATCH, "{}")))).notes())
                .containsExactly("ldu_without_ip");
    }

    @ParameterizedTest
    @CsvSource({"0,0,true", "1,1000,true", "1,1010,true", "1,0,true", "2,1000,false", "1,999,false", "1,1011,false"})
    void aLimitThatMetaDoesNotKnowIsNotSentWithoutIt(int country, int state, boolean sent) {
        Preparation preparation = prepare(new DataProcessing(true, country, state), event(MATCH, "{}"));

        if (sent) {
            assertThat(payload(preparation)
                            .path("data_processing_options_state")
                            .asInt())
                    .isEqualTo(state);
        } else {
            assertThat(preparation).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.reason())
                    .isEqualTo("ldu_invalid"));
        }
    }

    @Test
    void issuedIdsAreSentPlainAndIllFormedOnesLeftOut() {
        JsonNode user = payload(prepare(event(
                        "{'lead_id':'123456789012345','fb_login_id':'77','partner_id':'p1','partner_name':'liveramp',"
                                + "'subscription_id':'s','ctwa_clid':'C'}",
                        "{}")))
                .path("user_data");

        assertThat(user.path("lead_id")).isEqualTo(json("123456789012345"));
        assertThat(user.path("fb_login_id")).isEqualTo(json("77"));
        assertThat(user.path("partner_id").asText()).isEqualTo("p1");
        assertThat(user.path("partner_name").asText()).isEqualTo("liveramp");
        assertThat(payload(prepare(event("{'em':['" + EM + "'],'lead_id':'12345'}", "{}")))
                        .at("/user_data/lead_id")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void aReadyMadeHashKeepsTheAppendixOfMetasBuilder() {
        assertThat(payload(prepare(event("{'em':['" + EM + ".AQIDBAUG']}", "{}")))
                        .at("/user_data/em/0")
                        .asText())
                .isEqualTo(EM + ".AQIDBAUG");
    }

    @Test
    void theInstallIdIsSentPlainByAppsOnly() {
        assertThat(payload(prepare(event(MATCH, "{}"))).at("/user_data/anon_id").isMissingNode())
                .isTrue();
    }

    @Test
    void googlesIdStaysAtHomeWhenTheDeviceSaysNo() {
        String match = "{'em':['" + EM + "'],'gaid':'1b2c3d4e-0000-4000-8000-00000000beef'}";
        String context = "{'osVersion':'15','device':{'adTrackingEnabled':false}}";

        JsonNode payload = payload(new MetaMapping()
                .prepare(
                        candidate(
                                Samples.event("app_open", "android", document("{}", context, match)),
                                app(SdkPlatform.ANDROID)),
                        META,
                        NOW));
        assertThat(payload.path("user_data").has("madid")).isFalse();
        assertThat(payload.at("/app_data/advertiser_tracking_enabled").asInt()).isZero();
    }

    @Test
    void aSystemThatIsNeitherIosNorAndroidIsSentAsOther() {
        JsonNode payload = payload(new MetaMapping()
                .prepare(
                        candidate(Samples.event("search", "macos", document("{}", "{}", MATCH)), app(SdkPlatform.IOS)),
                        META,
                        NOW));

        assertThat(payload.path("action_source").asText()).isEqualTo("other");
        assertThat(payload.has("app_data")).isFalse();
    }

    @Test
    void aNameOfMoreThanFiftyCharactersIsUnmapped() {
        Destination layer = destination(Platform.META, "1", mapping(Map.of("search", Optional.of("x".repeat(51)))));

        assertThat(new MetaMapping().prepare(candidate(event(MATCH, "{}"), app(SdkPlatform.WEB)), layer, NOW))
                .isEqualTo(new Skipped(SkipReason.UNMAPPED));
    }

    @Test
    void anEventIdOfMoreThanSixtyFourCharactersBecomesItsHash() {
        LoggedEvent known = event(MATCH, "{}");
        Event event = known.event();
        EventIdentity identity =
                new EventIdentity(event.identity().projectId(), event.identity().appId(), "i".repeat(65), event.name());
        LoggedEvent longId = new LoggedEvent(
                1,
                known.receivedAt(),
                new Event(
                        identity,
                        event.occurredAt(),
                        event.source(),
                        false,
                        event.sender(),
                        event.consent(),
                        event.document(),
                        event.origin()));

        assertThat(payload(prepare(longId)).path("event_id").asText()).matches("[0-9a-f]{64}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                | ,'actionSource':'physical_store' | 62",
                "{}                                | ,'actionSource':'offline'        | 62",
                "{'action_source':'physical_store'}| ,'actionSource':'website'        | 62",
                "{'action_source':'website'}       | ,'actionSource':'offline'        | 7",
                "{'note':'physical_store'}         | ,'actionSource':'website'        | 7",
                "{'note':'actionSource offline'}   | ,'notes':['physical_store']      | 7"
            })
    void theAgeLimitFollowsTheSourceThatTheEventNames(String properties, String more, int days) {
        String document = "{'properties':" + properties + ",'context':{},'match':" + MATCH + more + "}";
        LoggedEvent event = Samples.event("search", "web", document);

        Duration margin = days == 7 ? Duration.ofMinutes(15) : Duration.ofHours(1);
        assertThat(new MetaMapping().tooOldAt(event, META))
                .isEqualTo(OCCURRED.plus(Duration.ofDays(days)).minus(margin));
    }

    @Test
    void aLayerForAStoreLetsASingleEventDiffer() {
        Destination store = destination(Platform.META, "1", mapping("physical_store"));

        assertThat(new MetaMapping().tooOldAt(event(MATCH, "{}"), store))
                .isEqualTo(OCCURRED.plus(MetaAge.MAX_IN_STORE));
        assertThat(new MetaMapping().tooOldAt(event(MATCH, "{'action_source':'website'}"), store))
                .isEqualTo(OCCURRED.plus(MetaAge.MAX));
    }

    private static JsonNode custom(String name, String platform, String properties) {
        return payload(new MetaMapping()
                        .prepare(
                                candidate(
                                        Samples.event(
                                                name, platform, document(properties, "{'osVersion':'18'}", MATCH)),
                                        app(SdkPlatform.IOS)),
                                META,
                                NOW))
                .path("custom_data");
    }

    private static JsonNode prepare(String properties) {
        return payload(prepare(event(MATCH, properties)));
    }

    private static LoggedEvent event(String match, String properties) {
        return Samples.event("search", "web", document(properties, "{}", match));
    }

    private static Preparation prepare(LoggedEvent event) {
        return new MetaMapping().prepare(candidate(event, app(SdkPlatform.WEB)), META, NOW);
    }

    private static Preparation prepare(DataProcessing processing, LoggedEvent event) {
        return new MetaMapping()
                .prepare(
                        candidate(event, app(SdkPlatform.WEB)),
                        destination(Platform.META, "1", mapping(processing)),
                        NOW);
    }
}
