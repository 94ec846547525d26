package dev.varve.connectors.tiktok;

import static dev.varve.connectors.Samples.MATCH;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.OCCURRED;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.candidate;
import static dev.varve.connectors.Samples.destination;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.event;
import static dev.varve.connectors.Samples.mapping;
import static dev.varve.connectors.Samples.namelessApp;
import static dev.varve.connectors.Samples.payload;
import static dev.varve.connectors.Samples.prepared;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.destination.Candidate;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.DataProcessing;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.Preparation;
import dev.varve.destination.Preparation.Refused;
import dev.varve.destination.Preparation.Skipped;
import dev.varve.destination.SkipReason;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.identity.KnownIds;
import dev.varve.tenant.SdkPlatform;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Source, page, properties and options of what is sent to TikTok.
class TikTokRulesTest {
    private static final Destination PIXEL = destination(Platform.TIKTOK, "CVARVE0EXAMPLE", Mapping.DEFAULT);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'$page_url':'https://a.example/1','page_url':'https://b.example/'}|{}|https://a.example/1",
                "{'pageUrl':'https://b.example/','url':'https://d.example/'}|{}|https://b.example/",
                "{'url':'https://d.example/'}|{'page':{'url':'http://c.example/x'}}|http://c.example/x",
                "{'deep_link_url':'https://d.example/p','page_url':'myapp://home'}|{}|https://d.example/p",
                "{'deep_link_url':'myapp://home'}|{}|https://shop.example.com/",
                "{}|{}|https://shop.example.com/"
            })
    void aWebEventNamesTheBestAddressThereIs(String properties, String context, String url) {
        JsonNode page = payload(web(document(properties, context, MATCH))).path("page");

        assertThat(page.path("url").asText()).isEqualTo(url);
    }

    @Test
    void withoutAnyAddressThereIsNoPage() {
        Candidate candidate = new Candidate(
                event("search", "web", document("{'referrer':'https://r.example/'}", "{}", MATCH)),
                namelessApp(),
                KnownIds.NONE);

        assertThat(payload(new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge()).prepare(candidate, PIXEL, NOW))
                        .has("page"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "CPIXEL,ios,,,web",
        "7300,ios,,,app",
        "7300,android,,,app",
        "7300,web,,,web",
        "7300,node,,,web",
        "7300,flutter,,,app",
        "7300,ios,website,,web",
        "7300,ios,physical_store,,offline",
        "CPIXEL,ios,,app,web",
        "7300,web,,app,app",
        "7300,ios,,physical_store,offline",
        "CPIXEL,ios,app,,app",
        "7300,ios,,email,app",
        "7300,ios,system_generated,,app"
    })
    void theSourceIsChosenByEventLayerAndId(String id, String platform, String layers, String own, String source) {
        String properties = own == null ? "{}" : "{'action_source':'" + own + "'}";
        Destination destination = destination(Platform.TIKTOK, id, new Mapping(Map.of(), layers, null));

        assertThat(prepared(prepare("Purchase", platform, document(properties, "{}", MATCH), destination))
                        .batchKey())
                .isEqualTo(source);
    }

    @Test
    void systemGeneratedWithALeadIdIsCrm() {
        Preparation lead = prepare(
                "Lead",
                "web",
                document("{}", "{}", "{'lead_id':'12'}"),
                destination(Platform.TIKTOK, "73", mapping("system_generated")));

        assertThat(prepared(lead).batchKey()).isEqualTo("crm");
    }

    @ParameterizedTest
    @CsvSource({"CPIXEL,,PageView", "7300,,", "7300,crm,", "7300,offline,"})
    void aPageViewExistsOnTheWebOnlyWhateverTheMapSays(String id, String layers, String sent) {
        Mapping own = new Mapping(Map.of("seen", Optional.of("PageView")), layers, null);
        Preparation preparation =
                prepare("seen", "ios", document("{}", "{}", "{'lead_id':'1'}"), destination(Platform.TIKTOK, id, own));

        if (sent == null) {
            assertThat(preparation).isEqualTo(new Skipped(SkipReason.UNMAPPED));
        } else {
            assertThat(prepared(preparation).sentAs()).isEqualTo(sent);
        }
    }

    @Test
    void anAppEventWithoutAnyAppIdIsRefused() {
        Candidate candidate =
                new Candidate(event("search", "ios", document("{}", "{}", MATCH)), namelessApp(), KnownIds.NONE);

        assertThat(new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge())
                        .prepare(candidate, destination(Platform.TIKTOK, "73", Mapping.DEFAULT), NOW))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo("app_data_incomplete"));
    }

    @Test
    void aRefundIsNoPurchase() {
        assertThat(prepare("Purchase", "web", document("{'value':-3,'currency':'EUR'}", "{}", MATCH), PIXEL))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo("negative_value"));
    }

    @Test
    void numbersAreNumbersAndIdsAreTexts() {
        JsonNode properties = payload(web(document(
                        "{'value':'12.50','currency':'usd','num_items':'3','content_ids':[7,'8'],'order_id':99}",
                        "{}",
                        MATCH)))
                .path("properties");

        assertThat(properties.path("value").decimalValue()).isEqualByComparingTo("12.5");
        assertThat(properties.path("num_items").isInt()).isTrue();
        assertThat(properties.path("content_ids")).allMatch(JsonNode::isTextual);
        assertThat(properties.path("order_id").isTextual()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"'249,90'", "'NaN'", "1e999", "true", "'12 EUR'"})
    void whatIsNoAmountIsNotSent(String value) {
        assertThat(payload(web(document("{'value':" + value + ",'currency':'EUR'}", "{}", MATCH)))
                        .path("properties")
                        .has("value"))
                .isFalse();
    }

    @Test
    void onlyTheSandboxIsToldWhatToAnswer() {
        String document = document("{'sandbox_outcome':'reject'}", "{}", MATCH);
        Destination sandbox = destination(Platform.TIKTOK, "C1", Mapping.DEFAULT, "http://127.0.0.1:1", true);

        assertThat(payload(prepare("search", "web", document, sandbox))
                        .at("/properties/sandbox_outcome")
                        .asText())
                .isEqualTo("reject");
        assertThat(payload(web(document)).path("properties").has("sandbox_outcome"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"CPIXEL,,true", "7300,,true", "7300,offline,false"})
    void limitedDataUseIsSaidForWebAndAppOnly(String id, String source, boolean said) {
        Mapping limited = new Mapping(Map.of(), source, new DataProcessing(true, 0, 0));
        JsonNode payload = payload(
                prepare("search", "ios", document("{}", "{}", MATCH), destination(Platform.TIKTOK, id, limited)));

        assertThat(payload.path("limited_data_use").asBoolean()).isEqualTo(said);
        assertThat(payload.has("limited_data_use")).isEqualTo(said);
    }

    @Test
    void aTimeInTheFutureBecomesTheTimeOfArrival() {
        JsonNode payload = payload(prepareForPixel(
                event("search", "web", document("{}", "{}", MATCH), OCCURRED.plus(Duration.ofHours(5)), false)));

        assertThat(payload.path("event_time").asLong()).isEqualTo(OCCURRED.getEpochSecond() + 2);
    }

    @Test
    void aSyntheticEventHasNoValue() {
        Preparation synthetic = prepareForPixel(
                event("VarveProbe", "web", document("{'value':1,'currency':'EUR'}", "{}", MATCH), OCCURRED, true));

        assertThat(payload(synthetic).path("event").asText()).isEqualTo("VarveProbe");
        assertThat(payload(synthetic).path("properties").has("value")).isFalse();
    }

    private static Preparation prepareForPixel(LoggedEvent event) {
        return new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge())
                .prepare(candidate(event, app(SdkPlatform.IOS)), PIXEL, NOW);
    }

    private static Preparation web(String document) {
        return prepare("search", "web", document, PIXEL);
    }

    private static Preparation prepare(String name, String platform, String document, Destination destination) {
        return new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge())
                .prepare(candidate(event(name, platform, document), app(SdkPlatform.IOS)), destination, NOW);
    }
}
