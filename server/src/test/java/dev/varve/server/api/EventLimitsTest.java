package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.api.ApiFixture.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The limits of `POST /v1/events`, tried on a request of one event: what is refused names its field.
@SuppressWarnings("NullAway.Init")
class EventLimitsTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String CALL = "POST /events";
    private static final String PREVIEW = "POST /projects/PROJECT/events/preview";
    private static final int EVENT_BYTES = 64 << 10;
    private static final int BODY_BYTES = 8 << 20;

    private LimitRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new LimitRig(api);
    }

    @ParameterizedTest
    @CsvSource({"name, 1, 128", "eventId, 1, 128", "appUserId, 0, 256"})
    void aText(String field, int least, int most) throws Exception {
        rig.taken(CALL, item(field), LimitRig.text("😀", most));
        rig.refused(CALL, item(field), LimitRig.text("😀", most + 1), "events[0]." + field);
        rig.taken(CALL, item(field), LimitRig.text("😀", least));
        if (least > 0) {
            rig.refused(CALL, item(field), LimitRig.text("😀", least - 1), "events[0]." + field);
        }
    }

    /// An event is conversion data: what it may leave out it may also send as null. Everything else has its type.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name           | $                                | string
            occurredAt     | $                                | string
            eventId        | $                                | string?
            appUserId      | $                                | string?
            properties     | $                                | object?
            user           | $                                | object?
            actionSource   | $                                | string?
            limitedDataUse | $                                | object or bool?
            limitedDataUse | {"country": $}                   | int?
            limitedDataUse | {"country": 1, "state": $}       | int?
            context        | $                                | object?
            consent        | $                                | object?
            consent        | {"analytics": $}                 | bool?
            consent        | {"advertising": $}               | bool?
            """)
    void aType(String field, String value, String type) throws Exception {
        rig.otherTypes(CALL, item(field).replace("$", value), "events[0]." + field, type);
        rig.otherTypes(PREVIEW, preview(field).replace("$", value), "event." + field, type);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"sdkAppId": "APP", "events": [EVENT], "projectId": $}                                     | projectId          | string
            {"projectId": "PROJECT", "events": [EVENT], "sdkAppId": $}                                 | sdkAppId           | string
            {"projectId": "PROJECT", "sdkAppId": "APP", "events": $}                                   | events             | objects
            {"projectId": "PROJECT", "sdkAppId": "APP", "events": [$]}                                 | events             | object
            {"projectId": "PROJECT", "sdkAppId": "APP", "events": [EVENT], "testEventCode": $}         | testEventCode      | object?
            {"projectId": "PROJECT", "sdkAppId": "APP", "events": [EVENT], "testEventCode": {"meta": $}} | testEventCode.meta | string?
            {"projectId": "PROJECT", "sdkAppId": "APP", "events": [EVENT], "testEventCode": {"tiktok": $}} | testEventCode.tiktok | string?
            """)
    void aTypeOfTheEnvelope(String template, String field, String type) throws Exception {
        rig.otherTypes(CALL, template.replace("EVENT", event("")), field, type);
    }

    /// Numbers count as their text, null as absent.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "email", "phone", "firstName", "lastName", "dateOfBirth", "gender", "city", "state", "zip", "country",
                "externalId", "fbc", "fbp", "fbclid", "ttclid", "ttp", "subscriptionId", "leadId", "fbLoginId",
                        "anonId",
                "ctwaClid", "partnerId", "partnerName"
            })
    void anIdentifierAndAtMostTenOfIt(String field) throws Exception {
        String template = item("user").replace("$", "{\"" + field + "\": $}");
        String value = "\"" + "ab12".repeat(16) + "\"";
        for (String good : new String[] {value, "7", "[]", "[7]", "[null, \"x\"]", LimitRig.array(value, 10)}) {
            rig.taken(CALL, template, good);
        }
        rig.refused(CALL, template, LimitRig.array(value, 11), "events[0].user." + field);
        rig.otherTypes(CALL, template, "events[0].user." + field, "identifier?");
    }

    /// A fact of the context is taken as its text, or kept as something unknown.
    @ParameterizedTest
    @ValueSource(strings = {"\"x\"", "7", "true", "null", "{}", "[\"x\"]"})
    void nothingInAContextRefusesAnEvent(String value) throws Exception {
        for (String name : new String[] {
            "environment", "platform", "installId", "sessionId", "osVersion", "buildNumber", "anonymousId", "ip",
            "userAgent", "url", "referrer", "utm", "page", "device", "cookies", "unheardOf"
        }) {
            rig.taken(CALL, item("context").replace("$", "{\"" + name + "\": $}"), value);
        }
    }

    /// Nor does what is free to begin with, matching fields of an older form among it.
    @ParameterizedTest
    @ValueSource(strings = {"true", "{\"email\": true}", "{\"email\": [1,2,3,4,5,6,7,8,9,10,11]}", "[]", "null", "7"})
    void nothingAmongThePropertiesRefusesAnEvent(String value) throws Exception {
        for (String name : new String[] {"user_data", "userData", "email", "revenue", "consent_advertising"}) {
            rig.taken(CALL, item("properties").replace("$", "{\"" + name + "\": $}"), value);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            consent            | {"analytics": true, "advertising": false}
            consent            | {}
            actionSource       | "website"
            actionSource       | "app"
            actionSource       | "email"
            actionSource       | "phone_call"
            actionSource       | "chat"
            actionSource       | "physical_store"
            actionSource       | "system_generated"
            actionSource       | "business_messaging"
            actionSource       | "other"
            actionSource       | "web"
            actionSource       | "offline"
            actionSource       | "crm"
            limitedDataUse     | true
            limitedDataUse     | false
            limitedDataUse     | {}
            limitedDataUse     | {"options": ["LDU"], "country": 1, "state": 2147483647}
            limitedDataUse     | {"country": 1, "state": 1000}
            limitedDataUse     | {"country": 0, "state": 0}
            """)
    void aGoodValue(String field, String value) throws Exception {
        rig.taken(CALL, item(field), value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            consent            | {"analytics": "yes"}
            actionSource       | "carrier_pigeon"
            actionSource       | ""
            limitedDataUse     | "true"
            limitedDataUse     | 1
            limitedDataUse     | {"country": 2}
            limitedDataUse     | {"country": -1, "state": 0}
            limitedDataUse     | {"country": 1, "state": "x"}
            limitedDataUse     | {"country": 1, "state": 2147483648}
            occurredAt         | "2026-11-04T15:58:12"
            occurredAt         | "2026-11-04T15:58:12.1234567890Z"
            """)
    void aBadValue(String field, String value) throws Exception {
        rig.refused(CALL, item(field), value, "events[0]." + field);
    }

    @Test
    void aTimeIsAtMostFiveMinutesAheadAndNoOlderThanEventsAreKept() throws Exception {
        rig.taken(CALL, item("occurredAt"), fromNow(Duration.ofSeconds(295)));
        rig.refused(CALL, item("occurredAt"), fromNow(Duration.ofSeconds(320)), "events[0].occurredAt");
        rig.taken(CALL, item("occurredAt"), fromNow(Duration.ofDays(-400).plusMinutes(1)));
        rig.refused(CALL, item("occurredAt"), fromNow(Duration.ofDays(-400).minusMinutes(1)), "events[0].occurredAt");
    }

    @Test
    void aTimeHasAtMostNineDecimals() throws Exception {
        String now = Instant.now().toString().substring(0, 19);
        for (String decimals : new String[] {"", ".1", ".123456789"}) {
            rig.taken(CALL, item("occurredAt"), "\"" + now + decimals + "Z\"");
        }
        rig.refused(CALL, item("occurredAt"), "\"" + now + ".1234567890Z\"", "events[0].occurredAt");
    }

    private static String fromNow(Duration distance) {
        return "\"" + Instant.now().plus(distance) + "\"";
    }

    @Test
    void atMost100Events() throws Exception {
        rig.taken(CALL, envelope("$"), LimitRig.array(event(""), 100).replaceAll("^\\[|]$", ""));
        Reply reply = rig.send(CALL, envelope(LimitRig.array(event(""), 101).replaceAll("^\\[|]$", "")));
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.code()).isEqualTo("PAYLOAD_TOO_LARGE");
        assertThat(reply.body().at("/error/details/limitEvents").asInt()).isEqualTo(100);
    }

    @Test
    void anEventHas64KibibytesAtMost() throws Exception {
        rig.taken(CALL, envelope("$"), sized(EVENT_BYTES));
        rig.refused(CALL, envelope("$"), sized(EVENT_BYTES + 1), "events[0]");
        Reply reply = rig.send(CALL, envelope(event("") + "," + sized(EVENT_BYTES + 1)));
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.body().at("/rejected/0/index").asInt()).isEqualTo(1);
        assertThat(reply.body().at("/rejected/0/code").asText()).isEqualTo("PAYLOAD_TOO_LARGE");
    }

    private static String sized(int bytes) {
        String frame = event(", \"properties\": {\"a\": \"\"}");
        return frame.replace("\"\"}", LimitRig.text("x", bytes - frame.length()) + "}");
    }

    @Test
    void aBodyHas8MebibytesAtMost() throws Exception {
        String body = envelope(event("")).replace("PROJECT", rig.project).replace("APP", rig.app);
        int padding = BODY_BYTES - body.getBytes(StandardCharsets.UTF_8).length;
        rig.taken(CALL, "$", body + " ".repeat(padding));
        Reply reply = rig.send(CALL, body + " ".repeat(padding + 1));
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.body().at("/error/details/limitBytes").asInt()).isEqualTo(BODY_BYTES);
    }

    @Test
    void testCodesHave64CharactersAtMost() throws Exception {
        for (String platform : new String[] {"meta", "tiktok"}) {
            String template = envelope(event("")).replaceFirst("}$", ", \"testEventCode\": {\"" + platform + "\": %}}");
            template = template.replace('%', '$');
            rig.taken(CALL, template, LimitRig.text("😀", 64));
            rig.refused(CALL, template, LimitRig.text("😀", 65), "testEventCode." + platform);
        }
    }

    /// A request of one event whose `field` is open.
    private static String item(String field) {
        return envelope(open(field));
    }

    private static String preview(String field) {
        return "{\"sdkAppId\": \"APP\", \"event\": " + open(field) + "}";
    }

    private static String open(String field) {
        String others = (field.equals("name") ? "" : ", \"name\": \"n\"")
                + (field.equals("occurredAt") ? "" : ", \"occurredAt\": \"" + Instant.now() + "\"");
        return "{\"" + field + "\": $" + others + "}";
    }

    private static String event(String more) {
        return "{\"name\": \"n\", \"occurredAt\": \"" + Instant.now() + "\"" + more + "}";
    }

    private static String envelope(String events) {
        return "{\"projectId\": \"PROJECT\", \"sdkAppId\": \"APP\", \"events\": [" + events + "]}";
    }
}
