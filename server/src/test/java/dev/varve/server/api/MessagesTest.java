package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.api.ApiFixture.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every refusal names the field, what was expected and what came, and repeats no secret.
class MessagesTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private RelayDepth shop;

    @BeforeEach
    void open() throws Exception {
        shop = RelayDepth.open(api);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            {"dryRun": "yes"};              dryRun: must be true or false, got a string
            {"dryRun": null};               dryRun: must be true or false, got null
            {"platform": ["meta"]};         platform: must be a string, got an array of 1
            {"reason": {}};                 reason: must be a string, got an object
            {"reason": ""};                 reason: 1 to 256 characters, got 0
            {"eventNames": "a"};            eventNames: must be an array of 1 to 50 strings, got a string
            {"eventNames": []};             eventNames: must be an array of 1 to 50 strings, got an array of 0
            {"eventNames": [7]};            eventNames[0]: must be a string, got a number
            {"since": "noon"};              since: must be an RFC 3339 timestamp with a time zone, got other text
            """)
    void aReplayRefusedSaysWhatCame(String body, String message) throws Exception {
        assertThat(message(shop.post("/dead-letters/replay", body))).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            pixelId;       "1\\u0000";   pixelId: must be 1 to 64 printable ASCII characters without spaces, got 2 characters
            pixelId;       "a b";        pixelId: must be 1 to 64 printable ASCII characters without spaces, got 3 characters
            accessToken;   "";           accessToken: 1 to 4096 characters, got 0
            actionSource;  "crm";        actionSource: must be one of app, business_messaging, chat, email, other, phone_call, physical_store, system_generated, website, got "crm"
            defaultCountry; "pt";        defaultCountry: not an ISO 3166-1 alpha-2 country, got "pt"
            eventMap;      [];           eventMap: must be an object, got an array of 0
            eventMap;      {"a":5};      eventMap.a: must be a string, got a number
            """)
    void aLayerRefusedSaysWhatCame(String field, String value, String message) throws Exception {
        String others = field.equals("pixelId") ? "" : "\"pixelId\": \"1\", ";
        Reply reply =
                put("/layers/meta_ads/capi", "{\"enabled\": false, " + others + "\"" + field + "\": " + value + "}");

        assertThat(message(reply)).isEqualTo(message);
    }

    @Test
    void aNumberOutOfItsRangeIsRepeated() throws Exception {
        String options = "{\"options\": [], \"country\": 7}";
        Reply reply = put(
                "/layers/meta_ads/capi",
                "{\"enabled\": false, \"pixelId\": \"1\", \"dataProcessingOptions\": " + options + "}");

        assertThat(message(reply)).isEqualTo("dataProcessingOptions.country: must be an integer from 0 to 1, got 7");
    }

    @Test
    void aRefusedTokenIsNotRepeated() throws Exception {
        String token = "secret-token-".repeat(400);
        Reply reply = put(
                "/layers/meta_ads/capi",
                "{\"enabled\": false, \"pixelId\": \"1\", \"accessToken\": \"" + token + "\"}");

        assertThat(message(reply)).isEqualTo("accessToken: 1 to 4096 characters, got " + token.length());
    }

    @Test
    void aBadProjectIdHasItsOneSentence() throws Exception {
        assertThat(message(api.call("GET", "/projects/nonsense", shop.key(), null)))
                .isEqualTo("projectId is not a UUID");
    }

    @Test
    void windowsThatEndBeforeTheyBeginAreNamed() throws Exception {
        String window = "?since=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z";
        String came = "2026-11-01T00:00:00.000Z, got 2026-11-02T00:00:00.000Z";

        assertThat(message(shop.get("/dead-letters" + window))).endsWith("must not be later than until, " + came);
        assertThat(message(api.call("GET", "/audit-log" + window, shop.key(), null)))
                .endsWith("must not be later than until, " + came);
    }

    private Reply put(String below, String body) throws Exception {
        return api.call("PUT", "/projects/" + shop.project() + below, shop.key(), body);
    }

    private static String message(Reply reply) {
        assertThat(reply.status()).as(reply.raw().body()).isEqualTo(422);
        return reply.body().at("/error/message").asText();
    }
}
