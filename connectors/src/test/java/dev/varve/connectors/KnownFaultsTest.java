package dev.varve.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.Hashes;
import dev.varve.event.Platform;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Faults that other relays are known for, from the request to both payloads.
class KnownFaultsTest {
    private final WholePath path = new WholePath();

    @ParameterizedTest
    @ValueSource(strings = {"en-US", "tr-TR", "ar", "ar-EG-u-nu-arab"})
    void emailsAreTrimmedAndLowerCasedForBothPlatformsInEveryLocale(String locale) {
        in(locale, () -> {
            path.event("'properties':{'email':'  IVY.Islington@EXAMPLE.ORG '}");
            String hash = Hashes.sha256("ivy.islington@example.org");
            assertThat(path.last(Platform.META).at("/user_data/em/0").asText()).isEqualTo(hash);
            assertThat(path.last(Platform.TIKTOK).at("/user/email/0").asText()).isEqualTo(hash);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"en-US", "tr-TR", "ar", "ar-EG-u-nu-arab"})
    void phonesHaveNoPlusForMetaAndOneForTiktokInEveryLocale(String locale) {
        in(locale, () -> {
            path.event("'properties':{'phone':'+49 (0)30 / 901820'}");
            assertThat(path.last(Platform.META).at("/user_data/ph/0").asText()).isEqualTo(Hashes.sha256("4930901820"));
            assertThat(path.last(Platform.TIKTOK).at("/user/phone/0").asText()).isEqualTo(Hashes.sha256("+4930901820"));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"en-US", "tr-TR", "ar", "ar-EG-u-nu-arab"})
    void namesIdsAmountsAndTimesAreWrittenTheSameInEveryLocale(String locale) {
        in(locale, () -> {
            path.event("'event_id':'e-1','properties':{'firstName':'INGRID','externalId':'ID-9','value':'1234.50',"
                    + "'currency':'inr','product_id':4711,'quantity':3,'content_type':'PRODUCT','fbclid':'IwI'}");
            JsonNode meta = path.last(Platform.META);
            assertThat(meta.at("/user_data/fn/0").asText()).isEqualTo(Hashes.sha256("ingrid"));
            assertThat(meta.at("/user_data/external_id/1").asText()).isEqualTo(Hashes.sha256("id-9"));
            assertThat(meta.at("/user_data/fbc").asText()).isEqualTo("fb.1.1795005240000.IwI");
            assertThat(meta.at("/event_time").toString()).isEqualTo("1795005240");
            assertThat(meta.at("/custom_data/value").toString()).isEqualTo("1234.5");
            assertThat(meta.at("/custom_data/currency").asText()).isEqualTo("INR");
            assertThat(path.last(Platform.TIKTOK).at("/properties/contents/0").toString())
                    .isEqualTo("{\"content_id\":\"4711\",\"quantity\":3}");
        });
    }

    @Test
    void readyMadeHashesAreNotHashedAgain() {
        String hash = Hashes.sha256("ivy@example.org");
        path.event("'properties':{'email_sha256':'" + hash.toUpperCase(Locale.ROOT) + "','phone_hash':'" + hash + "'}");
        assertThat(path.last(Platform.META).at("/user_data/em/0").asText()).isEqualTo(hash);
        assertThat(path.last(Platform.TIKTOK).at("/user/email/0").asText()).isEqualTo(hash);
        assertThat(path.last(Platform.TIKTOK).at("/user/phone/0").asText()).isEqualTo(hash);
    }

    @Test
    void theAppendixOfMetasBuilderIsForMetaOnly() {
        String hash = Hashes.sha256("ivy@example.org");
        path.event("'properties':{'email':'" + hash + ".AQIDBA-_','phone':'" + hash + ".AQIDBA-_'}");
        assertThat(path.last(Platform.META).at("/user_data/em/0").asText()).isEqualTo(hash + ".AQIDBA-_");
        assertThat(path.last(Platform.TIKTOK).at("/user/email/0").asText()).isEqualTo(hash);
        assertThat(path.last(Platform.TIKTOK).at("/user/phone/0").asText()).isEqualTo(hash);
        assertThat(path.lastDocument()).contains("\"sha256:" + hash + "\"");
    }

    @Test
    void aWrongDeviceClockIsCorrectedByItsDifferenceAndNoted() {
        String body = "{'sent_at':'2027-01-01T00:00:10.500Z','events':[{'event':'search','platform':'web',"
                + "'timestamp':'2027-01-01T00:00:00.500Z','properties':{'email':'ivy@example.org'}}]}";
        path.sdk(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        long expected = Samples.NOW.getEpochSecond() - 10;
        assertThat(path.last(Platform.META).at("/event_time").longValue()).isEqualTo(expected);
        assertThat(path.last(Platform.TIKTOK).at("/event_time").longValue()).isEqualTo(expected);
        assertThat(Samples.prepared(path.prepare(Platform.META, path.stored().getLast()))
                        .notes())
                .contains("clockAdjusted");
    }

    @Test
    void aTimeAheadWithoutSentAtBecomesTheArrival() {
        String body = "{'events':[{'event':'search','platform':'web','timestamp':'2031-01-01T00:00:00Z',"
                + "'properties':{'email':'ivy@example.org'}}]}";
        path.sdk(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        assertThat(path.last(Platform.META).at("/event_time").longValue()).isEqualTo(Samples.NOW.getEpochSecond());
    }

    @Test
    void numericItemIdsAreTextAndPricesNumbers() {
        path.event("'properties':{'email':'ivy@example.org','value':'20.90','currency':'USD',"
                + "'items':[{'item_id':123,'price':'14','quantity':'2'}]}");
        assertThat(path.last(Platform.TIKTOK).at("/properties/contents/0").toString())
                .isEqualTo("{\"content_id\":\"123\",\"quantity\":2,\"price\":14}");
        assertThat(path.last(Platform.TIKTOK).at("/properties/value").toString())
                .isEqualTo("20.9");
        assertThat(path.last(Platform.META).at("/custom_data/content_ids").toString())
                .isEqualTo("[\"123\"]");
    }

    @Test
    void anEmptyListOfProductsDoesNotHideTheItems() {
        path.event("'properties':{'email':'ivy@example.org','products':[],'contents':[{'id':'a'}],'content_ids':[]}");
        assertThat(path.last(Platform.META).at("/custom_data/content_ids").toString())
                .isEqualTo("[\"a\"]");
    }

    @Test
    void idsTheSenderListsWinOverThoseOfTheItems() {
        path.event("'properties':{'email':'ivy@example.org','contentIds':['a','b'],'contents':[{'id':'a'}]}");
        assertThat(path.last(Platform.META).at("/custom_data/content_ids").toString())
                .isEqualTo("[\"a\",\"b\"]");
    }

    @Test
    void clickIdsInAddressesAreDecodedOnceAndKeepTheirCase() {
        path.event("'properties':{'$page_url':'https://own.example/?ttclid=E.C%252Fp+Q&x=1','referrer':"
                + "'https://other.example/?fbclid=IwAr%2541'}");
        assertThat(path.last(Platform.TIKTOK).at("/user/ttclid").asText()).isEqualTo("E.C%2Fp+Q");
        assertThat(path.last(Platform.META).at("/user_data/fbc").asText()).isEqualTo("fb.1.1795005240000.IwAr%41");
    }

    @Test
    void theLegacyUserObjectIsReadAndNeverForwardedAsItIs() {
        path.event("'properties':{'ud':{'em':'IVY@example.org','ph':['004930901820'],'advertiser_id':'x'},'a':1}");
        assertThat(path.last(Platform.META).at("/user_data/em/0").asText()).isEqualTo(Hashes.sha256("ivy@example.org"));
        assertThat(path.last(Platform.META).at("/user_data/ph/0").asText()).isEqualTo(Hashes.sha256("4930901820"));
        assertThat(path.last(Platform.META).at("/custom_data").toString()).isEqualTo("{\"a\":1}");
        assertThat(path.lastDocument()).contains("\"ud\":\"[redacted]\"");
    }

    @Test
    void aUserObjectWrittenAsTextIsKeptOut() {
        path.event("'properties':{'email':'a@own.example','ud':'{em: Planted@own.example}'}");
        assertThat(path.lastDocument()).doesNotContain("Planted");
    }

    @Test
    void onlyASemicolonBehindADigitStartsAnExtension() {
        path.event("'properties':{'phone':'+1 650 555 1212;ext=34'}");
        assertThat(path.last(Platform.META).at("/user_data/ph/0").asText()).isEqualTo(Hashes.sha256("16505551212"));
        path.event("'properties':{'phone':'code (1); number (650) 555-1212'}");
        assertThat(path.last(Platform.META).at("/user_data/ph/0").asText()).isEqualTo(Hashes.sha256("16505551212"));
    }

    @Test
    void anOfflineSaleCarriesTheClickAndThePageItsSenderKnows() {
        String server =
                "{'events':[{'name':'Order Completed','occurredAt':'2026-11-18T12:34:00Z','actionSource':'offline',"
                        + "'user':{'externalId':'guest-4','ttclid':'E.C.7'},'context':{'ip':'203.0.113.4','userAgent':'till/1',"
                        + "'page':{'url':'https://own.example/shop'}}}]}";
        path.server(server.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        JsonNode sent = path.last(Platform.TIKTOK);
        assertThat(sent.at("/user/external_id/0").asText()).isEqualTo(Hashes.sha256("guest-4"));
        assertThat(sent.at("/user/ttclid").asText()).isEqualTo("E.C.7");
        assertThat(sent.at("/user/user_agent").asText()).isEqualTo("till/1");
        assertThat(sent.at("/page/url").asText()).isEqualTo("https://own.example/shop");
    }

    @Test
    void theKeysOfTheOldAppEventsApiMeanTheSame() {
        path.event(
                "'properties':{'email':'ivy@example.org','_valueToSum':9,'fb_currency':'EUR','fb_content_id':'[\\'a\\',7]',"
                        + "'fb_content_type':'product_group','fb_num_items':2,'fb_search_string':'tea','fb_order_id':'o-1'}");
        JsonNode data = path.last(Platform.META).at("/custom_data");
        assertThat(data.at("/value").intValue()).isEqualTo(9);
        assertThat(data.at("/content_ids").toString()).isEqualTo("[\"a\",\"7\"]");
        assertThat(List.of("currency", "content_type", "num_items", "search_string", "order_id"))
                .extracting(key -> data.path(key).asText())
                .containsExactly("EUR", "product_group", "2", "tea", "o-1");
        assertThat(data.toString()).doesNotContain("fb_", "_value");
    }

    @Test
    void anAppleAdvertisingIdNeverTravelsAsGoogles() {
        String server = "{'events':[{'name':'search','occurredAt':'2026-11-18T12:34:00Z','actionSource':'website',"
                + "'user':{'email':'ivy@example.org'},'context':{'os':{'name':'iOS'},"
                + "'device':{'advertisingId':'EA7583CD-A667-48BC-B806-42ECB2B48606'}}}]}";
        path.server(server.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        assertThat(path.last(Platform.META).toString()).doesNotContainIgnoringCase("EA7583CD");
        assertThat(path.lastDocument()).doesNotContainIgnoringCase("EA7583CD");
    }

    @Test
    void aPublicAddressInMetasCookieIsPreferred() {
        String server = "{'events':[{'name':'search','occurredAt':'2026-11-18T12:34:00Z','context':{'ip':'203.0.113.4',"
                + "'userAgent':'a','cookies':{'_fbi':'2001:db8:7::1'}}}]}";
        path.server(server.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        assertThat(path.last(Platform.META).at("/user_data/client_ip_address").asText())
                .isEqualTo("2001:db8:7::1");
        path.server(
                server.replace('\'', '"').replace("2001:db8:7::1", "fd00::1").getBytes(StandardCharsets.UTF_8));
        assertThat(path.last(Platform.META).at("/user_data/client_ip_address").asText())
                .isEqualTo("203.0.113.4");
    }

    private static void in(String locale, Runnable body) {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag(locale));
        try {
            body.run();
        } finally {
            Locale.setDefault(before);
        }
    }
}
