package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.EM;
import static dev.varve.connectors.Samples.ID;
import static dev.varve.connectors.Samples.MATCH;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.OCCURRED;
import static dev.varve.connectors.Samples.PH;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.candidate;
import static dev.varve.connectors.Samples.destination;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.event;
import static dev.varve.connectors.Samples.json;
import static dev.varve.connectors.Samples.mapping;
import static dev.varve.connectors.Samples.namelessApp;
import static dev.varve.connectors.Samples.payload;
import static dev.varve.connectors.Samples.prepared;
import static dev.varve.connectors.Samples.withoutOrigin;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.DataProcessing;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.Preparation;
import dev.varve.destination.Preparation.Refused;
import dev.varve.destination.Preparation.Skipped;
import dev.varve.destination.SkipReason;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.tenant.SdkPlatform;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MetaMappingTest {
    private static final Destination DESTINATION = destination(Platform.META, "900100200300400", Mapping.DEFAULT);

    @Test
    void aWebPurchaseBecomesTheDocumentedPayload() {
        String match = "{'em':['" + EM + "'],'ph':['" + PH + "'],'external_id':['" + ID
                + "'],'fbc':'fb.1.1794998112345.IwAR0_q7','fbp':'fb.1.1794998101234.1029384756'}";
        LoggedEvent event = event(
                "purchase_success",
                "web",
                document(
                        "{'revenue':249.9,'currency':'sek','order_id':'O-1','$page_url':'https://shop.example.com/t?order=1',"
                                + "'products':[{'product_id':551,'quantity':1,'price':'199.9','name':'Jacket'},"
                                + "{'sku':'sku-2','quantity':2,'price':25}],'colour':'blue','email':'sha256:ab'}",
                        "{}",
                        match));

        assertThat(payload(prepare(event)))
                .isEqualTo(json("{'event_name':'Purchase','event_time':1795005296,'event_id':'evt-1',"
                        + "'action_source':'website','event_source_url':'https://shop.example.com/t?order=1',"
                        + "'user_data':{'em':['" + EM + "'],'ph':['" + PH + "'],'external_id':['" + ID + "'],"
                        + "'client_ip_address':'203.0.113.24','client_user_agent':'Mozilla/5.0 (test)',"
                        + "'fbc':'fb.1.1794998112345.IwAR0_q7','fbp':'fb.1.1794998101234.1029384756'},"
                        + "'custom_data':{'value':249.9,'currency':'SEK','order_id':'O-1','content_type':'product',"
                        + "'content_ids':['551','sku-2'],'contents':["
                        + "{'id':'551','quantity':1,'item_price':199.9,'title':'Jacket'},"
                        + "{'id':'sku-2','quantity':2,'item_price':25}],'num_items':3,'colour':'blue'}}"));
    }

    @Test
    void anIosRegistrationBecomesTheDocumentedPayload() {
        LoggedEvent event = event(
                "sign_up",
                "ios",
                document(
                        "{'method':'mail'}",
                        "{'osVersion':'iOS 18.5','appVersion':'7.7.1','buildNumber':'771','deviceModel':'iPhone16,2',"
                                + "'locale':'sv-SE','timezone':'Europe/Stockholm','screenSize':'393x852'}",
                        "{'em':['" + EM + "'],'att_status':'denied','idfa':'AAAAAAAA-0000-0000-0000-000000000001'}"));

        JsonNode payload = payload(prepare(event));
        assertThat(payload.path("app_data"))
                .isEqualTo(json("{'advertiser_tracking_enabled':0,'application_tracking_enabled':1,'extinfo':['i2',"
                        + "'com.example.shop','771','7.7.1','18.5','iPhone16,2','sv_SE','CET','','393','852','','','','',"
                        + "'Europe/Stockholm']}"));
        assertThat(payload.path("user_data").has("madid")).isFalse();
        assertThat(payload.path("user_data").path("anon_id").asText()).isEqualTo("inst_1");
        assertThat(payload.path("custom_data")).isEqualTo(json("{'registration_method':'mail'}"));
    }

    @Test
    void theAdvertisingIdGoesOnlyWithPermission() {
        String match = "{'em':['" + EM + "'],'att_status':'authorized','idfa':'aaaaaaaa-0000-0000-0000-000000000001'}";
        JsonNode payload = payload(prepare(event("app_open", "ios", document("{}", "{'osVersion':'18'}", match))));

        assertThat(payload.at("/user_data/madid").asText()).isEqualTo("AAAAAAAA-0000-0000-0000-000000000001");
        assertThat(payload.at("/app_data/advertiser_tracking_enabled").asInt()).isEqualTo(1);
    }

    @Test
    void aPurchaseWithoutValueOrCurrencyIsRefusedWithItsReason() {
        assertThat(refusal("{'currency':'EUR'}")).isEqualTo("missing_value");
        assertThat(refusal("{'value':'249,90','currency':'EUR'}")).isEqualTo("missing_value");
        assertThat(refusal("{'value':1}")).isEqualTo("missing_currency");
        assertThat(refusal("{'value':1,'currency':'DEM'}")).isEqualTo("missing_currency");
        assertThat(refusal("{'value':-1,'currency':'EUR'}")).isEqualTo("negative_value");
    }

    @Test
    void otherEventsLoseAValueWithoutCurrencyAndSaySo() {
        Preparation preparation = prepare(event("add_to_cart", "web", document("{'value':5}", "{}", MATCH)));

        assertThat(payload(preparation).path("custom_data").has("value")).isFalse();
        assertThat(prepared(preparation).notes()).contains("value_without_currency");
    }

    @Test
    void anAppEventWithoutOsVersionIsRefused() {
        assertThat(prepare(event("app_open", "ios", document("{}", "{}", MATCH))))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo("os_version_missing"));
    }

    @Test
    void aWebsiteEventWithoutAnyAddressIsRefused() {
        Preparation preparation = new MetaMapping()
                .prepare(
                        candidate(event("search", "web", document("{}", "{}", MATCH)), namelessApp()),
                        DESTINATION,
                        NOW);

        assertThat(preparation).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo("missing_event_source_url"));
    }

    @Test
    void anEventWithoutEnoughIdentifiersIsSkipped() {
        for (String match : new String[] {"{}", "{'ct':['" + EM + "']}", "{'fn':['" + EM + "'],'ge':['" + EM + "']}"}) {
            LoggedEvent event = withoutOrigin(event("search", "web", document("{}", "{}", match)));
            assertThat(prepare(event)).isEqualTo(new Skipped(SkipReason.NO_IDENTIFIERS));
        }
        String empty = "{'em':['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']}";
        assertThat(prepare(withoutOrigin(event("search", "web", document("{}", "{}", empty)))))
                .isEqualTo(new Skipped(SkipReason.NO_IDENTIFIERS));
    }

    @Test
    void anEventIsTooOldFifteenMinutesBeforeMetaSaysSo() {
        LoggedEvent event = event("search", "web", document("{}", "{}", MATCH));
        assertThat(new MetaMapping().tooOldAt(event, DESTINATION))
                .isEqualTo(OCCURRED.plus(Duration.ofDays(7)).minus(Duration.ofMinutes(15)));
        assertThat(new MetaMapping()
                        .prepare(
                                candidate(event, app(SdkPlatform.WEB)), DESTINATION, OCCURRED.plus(Duration.ofDays(7))))
                .isEqualTo(new Skipped(SkipReason.TOO_OLD));
    }

    @Test
    void aPhysicalStoreHasTwoMonthsAndItsOwnBatch() {
        LoggedEvent event = event("search", "web", document("{'action_source':'physical_store'}", "{}", MATCH));

        assertThat(new MetaMapping().tooOldAt(event, DESTINATION))
                .isEqualTo(OCCURRED.plus(Duration.ofDays(62)).minus(Duration.ofHours(1)));
        assertThat(prepared(prepare(event)).batchKey()).isEqualTo("offline");
    }

    @Test
    void aTestEventGoesAloneUnderItsCode() {
        String document = "{'properties':{},'context':{},'match':" + MATCH + ",'testEventCode':{'meta':'TEST1'}}";

        assertThat(prepared(prepare(event("search", "web", document)))).satisfies(event -> {
            assertThat(event.single()).isTrue();
            assertThat(event.batchKey()).isEqualTo("#TEST1");
        });
    }

    @Test
    void limitedDataUseIsSaidWithCountryAndState() {
        Destination limited = destination(Platform.META, "1", mapping(new DataProcessing(true, 1, 1000)));
        JsonNode payload = payload(new MetaMapping()
                .prepare(
                        candidate(event("search", "web", document("{}", "{}", MATCH)), app(SdkPlatform.WEB)),
                        limited,
                        NOW));

        assertThat(payload.path("data_processing_options")).isEqualTo(json("['LDU']"));
        assertThat(payload.path("data_processing_options_country").asInt()).isEqualTo(1);
        assertThat(payload.path("data_processing_options_state").asInt()).isEqualTo(1000);
    }

    @Test
    void personalDataNeverReachesCustomData() {
        String properties = "{'first_name':'Ada','note':'write to ada@example.com','call':'+46 70 123 45 67',"
                + "'nested':{'iban':'SE1','ok':1},'hashed':'sha256:00','gone':'[redacted]',"
                + "'$page_url':'https://shop.example.com/?email=ada%40example.com&a=1'}";
        String payload = payload(prepare(event("search", "web", document(properties, "{}", MATCH))))
                .toString();

        assertThat(payload)
                .doesNotContain("ada", "Ada", "123 45", "SE1", "sha256:", "gone")
                .contains("\"ok\":1");
    }

    @Test
    void theSandboxPropertyLeavesOnlyToTheSandbox() {
        LoggedEvent event = event("search", "web", document("{'sandbox_outcome':'reject'}", "{}", MATCH));
        Destination sandbox = destination(Platform.META, "1", Mapping.DEFAULT, "http://127.0.0.1:1", true);

        assertThat(payload(prepare(event)).toString()).doesNotContain("sandbox_outcome");
        assertThat(payload(new MetaMapping().prepare(candidate(event, app(SdkPlatform.WEB)), sandbox, NOW))
                        .at("/custom_data/sandbox_outcome")
                        .asText())
                .isEqualTo("reject");
    }

    @Test
    void aSyntheticEventKeepsItsNameAndHasNoValue() {
        LoggedEvent event = event(
                "layers_test_event", "web", document("{'value':5,'currency':'EUR'}", "{}", MATCH), OCCURRED, true);

        assertThat(payload(prepare(event)).path("event_name").asText()).isEqualTo("layers_test_event");
        assertThat(payload(prepare(event)).path("custom_data").has("value")).isFalse();
    }

    @Test
    void aTimeAfterArrivalBecomesTheTimeOfArrival() {
        LoggedEvent event = event("search", "web", document("{}", "{}", MATCH), OCCURRED.plusSeconds(30), false);

        assertThat(payload(prepare(event)).path("event_time").asLong()).isEqualTo(OCCURRED.getEpochSecond() + 2);
        assertThat(prepared(prepare(event)).notes()).contains("clockAdjusted");
    }

    private static String refusal(String properties) {
        return switch (prepare(event("purchase_success", "web", document(properties, "{}", MATCH)))) {
            case Refused refused -> refused.reason();
            case Preparation.Prepared _, Skipped _ -> "";
        };
    }

    private static Preparation prepare(LoggedEvent event) {
        return new MetaMapping().prepare(candidate(event, app(SdkPlatform.IOS)), DESTINATION, NOW);
    }
}
