package dev.varve.connectors.tiktok;

import static dev.varve.connectors.Samples.EM;
import static dev.varve.connectors.Samples.ID;
import static dev.varve.connectors.Samples.MATCH;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.OCCURRED;
import static dev.varve.connectors.Samples.PH;
import static dev.varve.connectors.Samples.TT_PHONE;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.candidate;
import static dev.varve.connectors.Samples.destination;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.event;
import static dev.varve.connectors.Samples.json;
import static dev.varve.connectors.Samples.mapping;
import static dev.varve.connectors.Samples.payload;
import static dev.varve.connectors.Samples.prepared;
import static dev.varve.connectors.Samples.withoutOrigin;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.Preparation;
import dev.varve.destination.Preparation.Refused;
import dev.varve.destination.Preparation.Skipped;
import dev.varve.destination.SkipReason;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.tenant.SdkPlatform;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TikTokMappingTest {
    private static final Destination PIXEL = destination(Platform.TIKTOK, "CVARVE0EXAMPLE", Mapping.DEFAULT);
    private static final Destination APP_ID = destination(Platform.TIKTOK, "7300000000000000001", Mapping.DEFAULT);

    @ParameterizedTest
    @CsvSource({
        "purchase_success,Purchase,Purchase",
        "paywall_purchased,Purchase,Purchase",
        "subscription_start,Purchase,Purchase",
        "subscription_renew,,",
        "trial_start,Purchase,Purchase",
        "trial_convert,,",
        "sign_up,CompleteRegistration,Registration",
        "register,CompleteRegistration,Registration",
        "add_to_cart,AddToCart,AddToCart",
        "content_open,ViewContent,ViewContent",
        "search,Search,Search",
        "purchase_attempt,,",
        "bookmark_add,,",
        "screen_view,PageView,",
        "app_open,,LaunchAPP",
        "app_install,,InstallApp",
        "login,,Login",
        "initiate_checkout,InitiateCheckout,Checkout",
        "begin_checkout,InitiateCheckout,Checkout",
        "view_item,ViewContent,ViewContent",
        "view_content,ViewContent,ViewContent",
        "add_to_wishlist,AddToWishlist,AddToWishlist",
        "start_trial,StartTrial,StartTrial",
        "subscribe,Subscribe,Subscribe",
        "Order Completed,Purchase,Purchase",
        "Checkout Started,InitiateCheckout,Checkout",
        "Download Link Clicked,Download,",
        "CompletePayment,Purchase,Purchase",
        "SubmitForm,Lead,GenerateLead",
        "Checkout,InitiateCheckout,Checkout",
        "Contact,Contact,",
        "Rate,,Rate",
        "anything,,"
    })
    void everyRowOfTheDefaultMapGetsItsNamePerSource(String name, String web, String app) {
        assertThat(sentAs(name, PIXEL)).isEqualTo(web);
        assertThat(sentAs(name, APP_ID)).isEqualTo(app);
    }

    @Test
    void theLayersMapIsSpelledForTheSourceAndRidOfOldNames() {
        Mapping own = mapping(Map.of(
                "a", Optional.of("CompletePayment"), "b", Optional.of("InitiateCheckout"), "search", Optional.empty()));

        assertThat(sentAs("a", destination(Platform.TIKTOK, "C1", own))).isEqualTo("Purchase");
        assertThat(sentAs("b", destination(Platform.TIKTOK, "7300", own))).isEqualTo("Checkout");
        assertThat(sentAs("search", destination(Platform.TIKTOK, "C1", own))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"screen_view", "own_event"})
    void offlineTakesStandardNamesOnly(String name) {
        Mapping offline = new Mapping(Map.of("own_event", Optional.of("Custom")), "offline", null);

        assertThat(prepare(event(name, "web", document("{}", "{}", MATCH)), destination(Platform.TIKTOK, "1", offline)))
                .isEqualTo(new Skipped(SkipReason.UNMAPPED));
    }

    @Test
    void aWebPurchaseBecomesTheDocumentedPayload() {
        String match = "{'em':['" + EM + "'],'ph':['" + PH + "'],'tt_phone':['" + TT_PHONE + "'],'external_id':['" + ID
                + "'],'ttclid':'E.C.P.x','ttp':'2F7h37','locale':'sv_SE','country_code':'SE'}";
        LoggedEvent event = event(
                "purchase_success",
                "web",
                document(
                        "{'revenue':249.9,'currency':'SEK','order_id':'O-1','$page_url':'https://shop.example.com/t',"
                                + "'referrer':'https://shop.example.com/','colour':'blue',"
                                + "'items':[{'item_id':551,'quantity':2,'price':'100','name':'Jacket','brand':'B'}]}",
                        "{}",
                        match));

        assertThat(payload(prepare(event, PIXEL)))
                .isEqualTo(json("{'event':'Purchase','event_time':1795005296,'event_id':'evt-1','user':{'email':['" + EM
                        + "'],'phone':['" + TT_PHONE + "'],'external_id':['" + ID + "'],'ttclid':'E.C.P.x',"
                        + "'ttp':'2F7h37','ip':'203.0.113.24','user_agent':'Mozilla/5.0 (test)','locale':'sv-SE',"
                        + "'country':'se'},'properties':{'value':249.9,'currency':'SEK','order_id':'O-1',"
                        + "'content_type':'product','content_ids':['551'],'contents':[{'content_id':'551',"
                        + "'content_name':'Jacket','brand':'B','quantity':2,'price':100}],'num_items':2},"
                        + "'page':{'url':'https://shop.example.com/t','referrer':'https://shop.example.com/'}}"));
    }

    @Test
    void anAppEventBecomesTheDocumentedPayload() {
        String match = "{'em':['" + EM + "'],'idfa':'aaaaaaaa-0000-0000-0000-000000000001',"
                + "'idfv':'1b4e28ba-2fa1-11d2-883f-0016d3cca427','att_status':'denied'}";
        LoggedEvent event = event(
                "sign_up", "ios", document("{'method':'email'}", "{'appVersion':'7.7.1','osVersion':'18.5'}", match));
        Preparation preparation = prepare(event, APP_ID);

        assertThat(prepared(preparation).batchKey()).isEqualTo("app");
        assertThat(payload(preparation))
                .isEqualTo(json("{'event':'Registration','event_time':1795005296,'event_id':'evt-1','user':{'email':['"
                        + EM + "'],'ip':'203.0.113.24','user_agent':'Mozilla/5.0 (test)',"
                        + "'idfv':'1B4E28BA-2FA1-11D2-883F-0016D3CCA427','att_status':'DENIED'},"
                        + "'properties':{'description':'email'},"
                        + "'app':{'app_id':'525463029','app_name':'Example Shop','app_version':'7.7.1'}}"));
    }

    @Test
    void aMobileAppOnAPixelCodeReportsAsWeb() {
        assertThat(prepared(prepare(event("search", "ios", document("{}", "{}", MATCH)), PIXEL))
                        .batchKey())
                .isEqualTo("web");
    }

    @Test
    void crmNeedsALeadId() {
        Destination crm = destination(Platform.TIKTOK, "1", mapping("crm"));

        assertThat(prepare(event("Lead", "web", document("{}", "{}", MATCH)), crm))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo("lead_id_missing"));
        JsonNode payload =
                payload(prepare(event("Lead", "web", document("{}", "{}", "{'lead_id':'123456789012345'}")), crm));
        assertThat(payload.at("/lead/lead_id").asText()).isEqualTo("123456789012345");
    }

    @Test
    void anUnlistedCurrencyCostsTheValueNotTheConversion() {
        Preparation preparation =
                prepare(event("purchase_success", "web", document("{'value':1,'currency':'ISK'}", "{}", MATCH)), PIXEL);
        Preparation unlisted =
                prepare(event("purchase_success", "web", document("{'value':1,'currency':'XAF'}", "{}", MATCH)), PIXEL);

        assertThat(payload(preparation).at("/properties/currency").asText()).isEqualTo("ISK");
        assertThat(payload(unlisted).path("properties").has("value")).isFalse();
        assertThat(prepared(unlisted).notes()).contains("currency_unsupported");
    }

    @Test
    void aLoneUserAgentIdentifiesNobody() {
        LoggedEvent event = withoutOrigin(event("search", "web", document("{}", "{'locale':'sv'}", "{}")));

        assertThat(prepare(event, PIXEL)).isEqualTo(new Skipped(SkipReason.NO_IDENTIFIERS));
    }

    @Test
    void theLayersAgeLimitDecides() {
        LoggedEvent event = event("search", "web", document("{}", "{}", MATCH));

        assertThat(new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge()).tooOldAt(event))
                .isEqualTo(OCCURRED.plus(Duration.ofDays(28)));
    }

    @Test
    void aTestEventGoesAloneUnderItsCode() {
        String document = "{'properties':{},'context':{},'match':" + MATCH + ",'testEventCode':{'tiktok':'T1'}}";

        assertThat(prepared(prepare(event("search", "web", document), PIXEL)).batchKey())
                .isEqualTo("web#T1");
        assertThat(prepared(prepare(event("search", "web", document), PIXEL)).single())
                .isTrue();
    }

    private static @Nullable String sentAs(String name, Destination destination) {
        return switch (prepare(
                event(name, "ios", document("{'value':1,'currency':'EUR'}", "{}", MATCH)), destination)) {
            case Preparation.Prepared prepared -> prepared.event().sentAs();
            case Refused refused -> throw new AssertionError(refused);
            case Skipped _ -> null;
        };
    }

    private static Preparation prepare(LoggedEvent event, Destination destination) {
        return new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge())
                .prepare(candidate(event, app(SdkPlatform.IOS)), destination, NOW);
    }
}
