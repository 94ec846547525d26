package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tenants;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Events from servers: what is taken, what is read back, page by page, and by whom.
class PartnerEventsTest {
    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(PartnerEventsTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void aBatchIsTakenInPartsAndTheAnswerRunsParallelToIt() {
        Shop shop = Shop.open(varve, "Parts");
        post(shop, event("known"), "").expect(202);

        JsonNode answer = post(
                        shop,
                        event("fresh") + "," + event("known")
                                + ", {\"name\": \"x\", \"occurredAt\": \"2026-11-04T16:02:48\"}, "
                                + event("fresh")
                                + ", {\"name\": \"order\", \"occurredAt\": \"" + SdkEvents.now()
                                + "\", \"consent\": {\"analytics\": false}}",
                        "")
                .expect(202)
                .json();

        assertThat(answer.path("accepted").asInt()).as(answer.toString()).isEqualTo(1);
        assertThat(answer.path("duplicates").asInt()).isEqualTo(2);
        assertThat(answer.path("eventIds").toString()).isEqualTo("[\"fresh\",\"known\",null,\"fresh\",null]");
        assertThat(answer.at("/rejected/0/index").asInt()).isEqualTo(2);
        assertThat(answer.at("/rejected/0/code").asText()).isEqualTo("VALIDATION");
        assertThat(answer.at("/rejected/1/index").asInt()).isEqualTo(4);
        assertThat(answer.at("/rejected/1/code").asText()).isEqualTo("CONSENT_DENIED");
        assertThat(shop.stored()).containsOnlyKeys("known", "fresh");
        assertThat(shop.event("fresh").json().path("source").asText()).isEqualTo("server");
    }

    /// One odd event does not make a timeline unreadable, nor keeps a value from the platforms.
    @Test
    void whatWasTakenIsShownAndForwardedHoweverOdd() {
        Shop shop = Shop.open(varve, "Odd");
        List<String> huge = List.of("1e99999999999", "-1.5E-99999999999", "0e2147483648", "1E+10000");
        List<String> numbers = List.of("1e9999", "1.7976931348623157e+308", "5e-324", "12345678901234567890.12");
        List<String> all = Stream.concat(huge.stream(), numbers.stream()).toList();
        for (String number : all) {
            post(shop, odd(number, "\"deep\": [{\"n\": " + number + "}]"), "").expect(202);
        }
        assertThat(shop.stored()).containsOnlyKeys(all);
        for (String number : all) {
            JsonNode shown = shop.event(number).expect(200).json().at("/properties/deep/0/n");
            assertThat(shown.isNumber()).as(number).isEqualTo(numbers.contains(number));
            assertThat(shown.isTextual() ? List.of(shown.asText()) : numbers).contains(number);
        }
        Eventually.holds("all are forwarded", Duration.ofSeconds(30), () -> all.stream()
                .allMatch(id -> shop.receipt(id, "meta").equals("forwarded")));
    }

    @Test
    void aLongNameIsShownAndItsEventForwarded() {
        Shop shop = Shop.open(varve, "Long name");
        String member = "\"" + "a".repeat(60_000) + "\":1";
        post(shop, odd("property", member), "").expect(202);
        post(shop, odd("context", "\"b\":1").replace("\"userAgent\"", member + ", \"userAgent\""), "")
                .expect(202);

        assertThat(shop.api().get(shop.path("/events")).expect(200).text()).contains(member);
        Eventually.holds("both are forwarded", Duration.ofSeconds(30), () -> Stream.of("property", "context")
                .allMatch(id -> shop.event(id).text().contains("\"platform\":\"meta\",\"state\":\"forwarded\"")));
    }

    /// A later call reads what an earlier one stored.
    @Test
    void propertiesOfAUserAreTakenAgainAndAgainHoweverOdd() {
        Shop shop = Shop.open(varve, "Odd user");
        for (String property : List.of("\"n\": 1e99999999999", "\"" + "a".repeat(60_000) + "\": 1", "\"b\": 2")) {
            shop.sdk()
                    .post("/users/properties", "{\"app_user_id\": \"u\", \"properties\": {" + property + "}}")
                    .expect(202);
        }
    }

    private static String odd(String id, String property) {
        return "{\"name\": \"purchase_success\", \"occurredAt\": \""
                + Instant.now().minusSeconds(60) + "\", \"eventId\": \"" + id
                + "\", \"appUserId\": \"u\", \"properties\": {\"revenue\": 2, \"currency\": \"EUR\", " + property
                + ", \"$page_url\": \"https://shop.example.com/\"}, \"context\": {\"userAgent\": \"R/1\"}}";
    }

    @Test
    void aBatchWithoutAnyValidEventIsRefusedWithEveryProblem() {
        Shop shop = Shop.open(varve, "None valid");

        ApiAnswer answer = post(shop, "{\"name\": \"x\"}, {\"occurredAt\": \"2026-11-04T16:02:48.000Z\"}", "");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().at("/error/details/issues")).hasSize(2);
        assertThat(answer.json().at("/error/details/issues/0/path").asText()).startsWith("events[0]");
    }

    @Test
    void moreThanAHundredEventsAreTooMany() {
        Shop shop = Shop.open(varve, "Many");
        String many = SdkEvents.ids("m", 101).stream().map(id -> event(id)).collect(Collectors.joining(","));

        ApiAnswer answer = post(shop, many, "");

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.json().at("/error/details/limitEvents").asInt()).isEqualTo(100);
    }

    @Test
    void aTestEventCodeMakesEveryEventATestEventOfItsOwnRequest() {
        Shop shop = Shop.open(varve, "Test codes");

        post(
                        shop,
                        event("coded-1") + "," + event("coded-2"),
                        ", \"testEventCode\": {\"meta\": \"TEST111\", \"tiktok\": \"TEST222\"}")
                .expect(202);

        for (String platform : List.of("meta", "tiktok")) {
            String pixel = platform.equals("meta") ? shop.metaPixel() : shop.tiktokPixel();
            Eventually.holds(
                    platform + " took both as test events",
                    Duration.ofSeconds(10),
                    () -> sandbox.testEvents(platform, pixel),
                    () -> sandbox.testEvents(platform, pixel).size() == 2);
            assertThat(sandbox.testEvents(platform, pixel).toString())
                    .contains(platform.equals("meta") ? "TEST111" : "TEST222");
        }
    }

    @Test
    void matchingFieldsReachThePlatformHashedAndAreNotInTheTimeline() {
        Shop shop = Shop.open(varve, "Matched");

        post(shop, """
                {"name": "purchase_success", "occurredAt": "%s", "eventId": "matched", "actionSource": "website",
                 "properties": {"revenue": 1, "currency": "EUR", "$page_url": "https://shop.example.com/"},
                 "user": {"email": "Mara@Harborlane.example ", "phone": ["+351912345678"], "firstName": "Mara", "fbp": "fb.1.1596403881668.1116446470"}}""".formatted(SdkEvents.now()), "").expect(202);

        Eventually.holds(
                "both have it",
                Duration.ofSeconds(10),
                () -> shop.event("matched").text(),
                () -> shop.receipt("matched", "meta").equals("forwarded")
                        && shop.receipt("matched", "tiktok").equals("forwarded"));
        assertThat(shop.event("matched").text().toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("mara")
                .doesNotContain("912345678")
                .doesNotContain("\"user\"");
        String sent = Http.at(sandboxBase())
                .get("/__sim/events?platform=meta&pixelId=" + shop.metaPixel())
                .text();
        assertThat(sent)
                .contains("fb.1.1596403881668.1116446470")
                .contains(sha256("mara@harborlane.example"))
                .contains(sha256("351912345678"))
                .contains(sha256("mara"));
    }

    @Test
    void aListOfEqualMomentsIsPagedWithoutGapsOrRepeats() {
        Shop shop = Shop.open(varve, "Pages");
        String at =
                Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS).toString();
        List<String> ids = SdkEvents.ids("same", 300);
        for (int from = 0; from < 300; from += 100) {
            String events = ids.subList(from, from + 100).stream()
                    .map(id -> "{\"name\": \"tick\", \"occurredAt\": \"%s\", \"eventId\": \"%s\"}".formatted(at, id))
                    .collect(Collectors.joining(","));
            post(shop, events, "").expect(202);
        }

        for (int limit : List.of(1 + 6, 50, 200)) {
            List<String> read = new ArrayList<>();
            String cursor = "";
            for (int pages = 0; pages < 100 && !cursor.equals("null"); pages++) {
                JsonNode page = shop.api()
                        .get(shop.path("/events?limit=" + limit + (cursor.isEmpty() ? "" : "&cursor=" + cursor)))
                        .expect(200)
                        .json();
                page.path("items").forEach(item -> read.add(item.path("eventId").asText()));
                cursor = page.path("nextCursor").asText();
            }
            assertThat(read)
                    .as("limit " + limit)
                    .isEqualTo(ids.stream().sorted().toList());
        }
    }

    @Test
    void aCursorOfAnotherListIsRefused() {
        Shop shop = Shop.open(varve, "Cursors");
        Shop other = Shop.open(varve, "Other cursors");
        post(shop, event("one") + "," + event("two"), "").expect(202);
        String cursor = shop.api()
                .get(shop.path("/events?limit=1"))
                .expect(200)
                .json()
                .path("nextCursor")
                .asText();

        for (String wrong : List.of(
                other.path("/events?cursor=" + cursor),
                "/v1/projects?cursor=" + cursor,
                shop.path("/events?cursor=x"),
                shop.path("/events?cursor=" + cursor + "x"),
                shop.path("/events?limit=201"),
                shop.path("/events?since=2026-11-04T16:02:48"),
                shop.path("/events?includeSynthetic=perhaps"))) {
            assertThat(shop.api().get(wrong).status()).as(wrong).isEqualTo(422);
        }
    }

    @Test
    void theListIsFilteredByAppNameUserAndTime() {
        Shop shop = Shop.open(varve, "Filters");
        Instant base = Instant.now().minusSeconds(600).truncatedTo(ChronoUnit.MILLIS);
        post(
                        shop,
                        named("a", "opened", base, "reader-1") + ","
                                + named("b", "bought", base.plusSeconds(10), "Mara@Harborlane.example") + ","
                                + named("c", "closed", base.plusSeconds(20), "reader-1"),
                        "")
                .expect(202);

        assertThat(listed(shop, "")).containsExactly("c", "b", "a");
        assertThat(listed(shop, "?appId=" + shop.appId())).hasSize(3);
        assertThat(listed(shop, "?appId=app_" + "0".repeat(24))).isEmpty();
        assertThat(listed(shop, "?eventNames=opened,bought")).containsExactly("b", "a");
        assertThat(listed(shop, "?eventNames=opened&eventNames=closed")).containsExactly("c", "a");
        assertThat(listed(shop, "?eventNames[]=opened".replace("[", "%5B").replace("]", "%5D")))
                .containsExactly("a");
        assertThat(listed(shop, "?userId=reader-1")).containsExactly("c", "a");
        assertThat(listed(shop, "?userId=mara@harborlane.example")).containsExactly("b");
        assertThat(listed(shop, "?since=" + base.plusSeconds(10))).containsExactly("c", "b");
        assertThat(listed(shop, "?until=" + base.plusSeconds(10))).containsExactly("a");
        assertThat(listed(shop, "?since=" + base.plusSeconds(10) + "&until=" + base.plusSeconds(20)))
                .containsExactly("b");
    }

    @Test
    void personalDataIsRedactedUnlessTheKeyMaySeeItAndThenHashed() {
        Shop shop = Shop.open(varve, "Redaction");
        post(shop, """
                {"name": "signed_up", "occurredAt": "%s", "eventId": "personal", "appUserId": "Mara@Harborlane.example",
                 "properties": {"email": "mara@harborlane.example", "zip": "1000-001", "password": "hunter2", "note": "+351912345678",
                                "plan": "gold", "order_ref": 9007199254740993, "deep": {"Phone_Number": "912345678"}},
                 "context": {"idfa": "AAAA-BBBB", "attStatus": "authorized", "userAgent": "LaneReader/3.4", "ip": "203.0.113.9", "locale": "pt-PT"}}""".formatted(SdkEvents.now()), "").expect(202);
        Tenants tenants = new Tenants(varve);
        Http all = tenants.key(tenants.first(), "live", "events:read", "events:read+pii");
        Http plain = tenants.key(tenants.first(), "live", "events:read");

        JsonNode hidden = plain.get(shop.path("/events/personal")).expect(200).json();
        JsonNode shown = all.get(shop.path("/events/personal")).expect(200).json();

        assertThat(hidden.path("properties").toString())
                .isEqualTo("{\"email\":\"[redacted]\",\"zip\":\"[redacted]\",\"password\":\"[redacted]\","
                        + "\"note\":\"[redacted]\",\"plan\":\"gold\",\"order_ref\":\"9007199254740993\","
                        + "\"deep\":{\"Phone_Number\":\"[redacted]\"}}");
        assertThat(hidden.path("userId").asText()).isEqualTo("[redacted]");
        assertThat(hidden.at("/context/idfa").asText()).isEqualTo("[redacted]");
        assertThat(hidden.at("/context/userAgent").asText()).isEqualTo("[redacted]");
        assertThat(hidden.at("/context/ip").asText()).isEqualTo("[redacted]");
        assertThat(hidden.at("/context/locale").asText()).isEqualTo("pt-PT");
        assertThat(shown.at("/properties/email").asText()).isEqualTo("sha256:" + sha256("mara@harborlane.example"));
        assertThat(shown.path("userId").asText()).isEqualTo("sha256:" + sha256("mara@harborlane.example"));
        assertThat(shown.at("/properties/password").asText()).isEqualTo("[redacted]");
        assertThat(shown.at("/context/idfa").asText()).isEqualTo("AAAA-BBBB");
        assertThat(shown.at("/context/userAgent").asText()).isEqualTo("LaneReader/3.4");
        assertThat(shown.at("/context/ip").asText()).isEqualTo("203.0.113.9");
        assertThat(items(plain, shop).get(0).path("properties")).isEqualTo(hidden.path("properties"));
        assertThat(items(all, shop).get(0).path("properties")).isEqualTo(shown.path("properties"));
    }

    private static JsonNode items(Http client, Shop shop) {
        return client.get(shop.path("/events")).expect(200).json().path("items");
    }

    private static List<String> listed(Shop shop, String query) {
        return shop.api()
                .get(shop.path("/events" + query))
                .expect(200)
                .json()
                .path("items")
                .findValuesAsText("eventId");
    }

    private static ApiAnswer post(Shop shop, String events, String more) {
        return shop.api()
                .post(
                        "/v1/events",
                        "{\"projectId\": \"" + shop.projectId() + "\", \"sdkAppId\": \"" + shop.appId()
                                + "\", \"events\": [" + events + "]" + more + "}");
    }

    private static String named(String id, String name, Instant at, String user) {
        return "{\"name\": \"%s\", \"occurredAt\": \"%s\", \"eventId\": \"%s\", \"appUserId\": \"%s\"}"
                .formatted(name, at, id, user);
    }

    /// A purchase that both platforms take.
    private static String event(String id) {
        return """
                {"name": "purchase_success", "occurredAt": "%s", "eventId": "%s", "appUserId": "reader-1",
                 "properties": {"revenue": 12.9, "currency": "EUR", "$page_url": "https://shop.example.com/thanks"},
                 "context": {"userAgent": "LaneReader/3.4"}}""".formatted(Instant.now().minusSeconds(60), id);
    }

    private static java.net.URI sandboxBase() {
        return java.net.URI.create(sandbox.settings().get("VARVE_META_BASE_URL"));
    }

    private static String sha256(String text) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
