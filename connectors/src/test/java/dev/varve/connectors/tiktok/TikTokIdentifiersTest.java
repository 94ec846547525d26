package dev.varve.connectors.tiktok;

import static dev.varve.connectors.Samples.EM;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.PH;
import static dev.varve.connectors.Samples.TT_PHONE;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.destination;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.event;
import static dev.varve.connectors.Samples.json;
import static dev.varve.connectors.Samples.mapping;
import static dev.varve.connectors.Samples.payload;
import static dev.varve.connectors.Samples.withoutOrigin;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.destination.Candidate;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.Preparation;
import dev.varve.destination.Preparation.Skipped;
import dev.varve.destination.SkipReason;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.identity.KnownIds;
import dev.varve.tenant.SdkPlatform;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TikTokIdentifiersTest {
    private static final Destination PIXEL = destination(Platform.TIKTOK, "CVARVE0EXAMPLE", Mapping.DEFAULT);
    private static final Destination APP_ID = destination(Platform.TIKTOK, "7300000000000000001", Mapping.DEFAULT);
    private static final KnownIds CLICKED = known(Map.of("ttclid", "E.Old", "ttp", "2Old"), "{}");

    @Test
    void anEarlierClickIsCarriedToALaterEvent() {
        JsonNode user = user("{}", "{}", CLICKED);

        assertThat(user.path("ttclid").asText()).isEqualTo("E.Old");
        assertThat(user.path("ttp").asText()).isEqualTo("2Old");
    }

    @Test
    void theEventsOwnClickIsNewer() {
        JsonNode user = user("{}", "{'ttclid':'E.New','ttp':'2New'}", CLICKED);

        assertThat(user.path("ttclid").asText()).isEqualTo("E.New");
        assertThat(user.path("ttp").asText()).isEqualTo("2New");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'$page_url':'https://e.example/?a=b&ttclid=E.Landed#x'}",
                "{'referrer':'https://e.example/?ttclid=E.Landed'}",
                "{'deep_link_url':'https://e.example/?ttclid=E.Landed'}"
            })
    void theClickOfAnAddressIsNewerToo(String properties) {
        assertThat(user(properties, "{}", CLICKED).path("ttclid").asText()).isEqualTo("E.Landed");
    }

    @Test
    void aClickIdIsNeverCut() {
        String longest = "E" + "c".repeat(999);

        assertThat(user("{}", "{'ttclid':'" + longest + "'}", KnownIds.NONE)
                        .path("ttclid")
                        .asText())
                .isEqualTo(longest);
        assertThat(user("{}", "{'ttclid':'" + longest + "c'}", KnownIds.NONE).has("ttclid"))
                .isFalse();
    }

    @Test
    void aCarriedClickAloneIdentifies() {
        LoggedEvent event = withoutOrigin(event("search", "web", document("{}", "{}", "{}")));

        assertThat(new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge())
                        .prepare(new Candidate(event, app(SdkPlatform.WEB), CLICKED), PIXEL, NOW))
                .isInstanceOf(Preparation.Prepared.class);
    }

    @Test
    void clicksDoNotBelongToAppEvents() {
        JsonNode user = payload(prepare("sign_up", "ios", "{}", "{'em':['" + EM + "']}", CLICKED, APP_ID))
                .path("user");

        assertThat(user.has("ttclid")).isFalse();
        assertThat(user.has("ttp")).isFalse();
    }

    @Test
    void theStoredProfileFillsOnlyWhatTheEventLacks() {
        KnownIds known = known(
                Map.of(),
                "{'em':['" + PH + "'],'ph':['" + PH + "'],'tt_phone':['" + TT_PHONE + "'],'country_code':'se'}");
        JsonNode user = user("{}", "{'em':['" + EM + "'],'country_code':'de'}", known);

        assertThat(user.path("email")).isEqualTo(json("['" + EM + "']"));
        assertThat(user.path("phone")).isEqualTo(json("['" + TT_PHONE + "']"));
        assertThat(user.path("country").asText()).isEqualTo("de");
    }

    /// A ready-made hash is stored in one form for both platforms; it must not be mixed with another number.
    @Test
    void thePhonesOfEventAndProfileAreNotMixed() {
        JsonNode user = user("{}", "{'ph':['" + PH + "']}", known(Map.of(), "{'tt_phone':['" + TT_PHONE + "']}"));

        assertThat(user.path("phone")).isEqualTo(json("['" + PH + "']"));
    }

    @ParameterizedTest
    @CsvSource({"sv_SE,sv-SE", "sv-SE,sv-SE", "de_AT.UTF-8,de-AT", "zh_Hant_TW,zh-Hant-TW", "en,en"})
    void localesAreWrittenAsTags(String given, String sent) {
        assertThat(user("{}", "{'locale':'" + given + "'}", KnownIds.NONE)
                        .path("locale")
                        .asText())
                .isEqualTo(sent);
    }

    @ParameterizedTest
    @CsvSource({
        "ios,18.0,,NOT_DETERMINED", "ios,13.7,,NOT_APPLICABLE", "ios,18.0,authorized,AUTHORIZED",
        "ios,18.0,denied,DENIED", "ios,18.0,restricted,RESTRICTED", "android,15,denied,NOT_APPLICABLE"
    })
    void everyAppEventSaysWhatTrackingIsAllowed(String platform, String version, String given, String sent) {
        String status = given == null ? "" : ",'att_status':'" + given + "'";
        String match = "{'em':['" + EM + "'],'idfa':'EA7583CD-A667-48BC-B806-42ECB2B48606'" + status + "}";
        LoggedEvent event = event("sign_up", platform, document("{}", "{'osVersion':'" + version + "'}", match));
        JsonNode user = payload(new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge())
                        .prepare(new Candidate(event, app(SdkPlatform.IOS), KnownIds.NONE), APP_ID, NOW))
                .path("user");

        assertThat(user.path("att_status").asText()).isEqualTo(sent);
        assertThat(user.has("idfa")).isEqualTo("AUTHORIZED".equals(sent));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "100.64.1.1", "127.0.0.1", "fe80::1", "fd00::1"})
    void anAddressOfNoUseDoesNotIdentify(String ip) {
        LoggedEvent event = withoutOrigin(event("search", "web", document("{}", "{'ip':'" + ip + "'}", "{}")));

        assertThat(new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge())
                        .prepare(new Candidate(event, app(SdkPlatform.WEB), KnownIds.NONE), PIXEL, NOW))
                .isEqualTo(new Skipped(SkipReason.NO_IDENTIFIERS));
    }

    @Test
    void aLeadIdIdentifiesInACrmOnly() {
        Destination crm = destination(Platform.TIKTOK, "7300", mapping("crm"));
        LoggedEvent lead = withoutOrigin(event("Lead", "web", document("{}", "{}", "{'lead_id':'1234'}")));
        Candidate candidate = new Candidate(lead, app(SdkPlatform.WEB), KnownIds.NONE);

        assertThat(new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge()).prepare(candidate, crm, NOW))
                .isInstanceOf(Preparation.Prepared.class);
        assertThat(new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge()).prepare(candidate, PIXEL, NOW))
                .isEqualTo(new Skipped(SkipReason.NO_IDENTIFIERS));
    }

    private static JsonNode user(String properties, String match, KnownIds known) {
        return payload(prepare("search", "web", properties, match, known, PIXEL))
                .path("user");
    }

    private static Preparation prepare(
            String name, String platform, String properties, String match, KnownIds known, Destination destination) {
        LoggedEvent event = event(name, platform, document(properties, "{}", match));
        return new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge())
                .prepare(new Candidate(event, app(SdkPlatform.IOS), known), destination, NOW);
    }

    private static KnownIds known(Map<String, String> ids, String profile) {
        Map<String, KnownIds.Seen> seen = new java.util.HashMap<>();
        ids.forEach((name, value) -> seen.put(name, new KnownIds.Seen(value, NOW)));
        return new KnownIds(seen, (ObjectNode) json(profile));
    }
}
