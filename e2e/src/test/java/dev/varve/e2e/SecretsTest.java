package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Planted secrets and personal data turn up in no log, no answer and no table.
class SecretsTest {
    private static final String META_TOKEN = "sbx_ok_planted-meta-4f1c9a";
    private static final String TIKTOK_TOKEN = "sbx_ok_planted-tiktok-77be02";
    private static final String REFUSED_TOKEN = "planted-refused-token-19ad55";

    /// As searched: lower case, without decoration.
    private static final List<String> PERSONAL = List.of(
            "planted.person@mail.example",
            "nested.planted@mail.example",
            "inurl.planted@mail.example",
            "userid.planted@mail.example",
            "free.planted@mail.example",
            "server.planted@mail.example",
            "4915112345678",
            "+4915187654321",
            "plantedpassword",
            "plantedfirstname",
            "plantedlastname",
            "4111111111111111");

    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static Http http;
    private static Shop shop;
    private static List<String> secrets;

    /// Walks through every route that could leak something, with good and bad luck at the platform.
    @BeforeAll
    static void plant() {
        Path directory = Directories.fresh(SecretsTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(
                directory.resolve("data"), sandbox, "--delivery-retry-base=200ms", "--counts-poll-interval=1s");
        http = varve.http();
        String apiKey = varve.bootstrap().path("apiKey").asText();
        shop = Shop.open(http.withKey(apiKey), varve.http(), "Planted");
        secrets = new ArrayList<>(List.of(META_TOKEN, TIKTOK_TOKEN, REFUSED_TOKEN, apiKey, shop.appKey()));
        secrets.addAll(shownOnce());

        shop.configure("meta_ads", shop.metaPixel(), META_TOKEN).expect(200);
        shop.configure("tiktok_ads", shop.tiktokPixel(), TIKTOK_TOKEN).expect(200);
        sendPlanted("healthy");
        awaitForwarded("planted-healthy");
        awaitPagedCounts();
        sandbox.fault("/", "http_500");
        sendPlanted("outage");
        sandbox.clearFaults();
        sandbox.fault("/", "unknown_code");
        sendPlanted("unknown");
        sandbox.clearFaults();
        shop.configure("meta_ads", shop.metaPixel(), REFUSED_TOKEN);
        badRequests(apiKey);
        read();
    }

    /// Of a key and an endpoint; both answers are kept for a repeat, which must not lay them open in a table.
    private static List<String> shownOnce() {
        String child = shop.api()
                .post("/v1/organizations", "{\"name\": \"Child\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();
        String keys = "/v1/organizations/" + child + "/api-keys";
        String key = "{\"name\": \"backend\", \"scopes\": [\"ads:read\"]}";
        String endpoint = "{\"url\": \"https://93.184.216.34/\", \"events\": [\"test.ping\"]}";
        return List.of(shown(keys, key, "secret"), shown("/v1/webhook-endpoints", endpoint, "signingSecret"));
    }

    private static String shown(String path, String body, String member) {
        Http keyed = shop.api().plus("Idempotency-Key", "planted-" + member);
        String first = keyed.post(path, body).expect(201).json().path(member).asText();
        String second = keyed.post(path, body).expect(201).json().path(member).asText();
        assertThat(second).as("a repeat shows it again").isNotEmpty().isEqualTo(first);
        return first;
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void noLogHoldsASecretOrPersonalData() {
        assertClean("log", varve.log().lines().toList(), secrets);
    }

    @Test
    void noAnswerHoldsASecretOrPersonalData() {
        assertClean(
                "answer",
                http.heard().stream().filter(text -> !isMintingAnswer(text)).toList(),
                secrets);
    }

    @Test
    void noTableHoldsASecretOrPersonalData() {
        List<String> rows = Tables.of(varve).dump();
        assertThat(rows).as("the dump sees the events").anyMatch(row -> row.contains("planted-healthy"));
        assertClean("table", rows, secrets);
    }

    @Test
    void theSandboxReceivedOnlyHashes() {
        String requests = Http.at(java.net.URI.create(sandbox.settings().get("VARVE_META_BASE_URL")))
                .get("/__sim/requests")
                .expect(200)
                .text();
        assertClean("platform request", requests.lines().toList(), List.of());
    }

    private static void assertClean(String where, List<String> texts, List<String> forbiddenSecrets) {
        List<String> forbidden = new ArrayList<>(PERSONAL);
        forbiddenSecrets.forEach(secret -> forbidden.add(secret.toLowerCase(Locale.ROOT)));
        List<String> leaks = new ArrayList<>();
        for (String text : texts) {
            String lower = text.toLowerCase(Locale.ROOT);
            for (String value : forbidden) {
                if (lower.contains(value)) {
                    leaks.add(value + " in " + where + ": " + around(lower, value));
                }
            }
        }
        assertThat(leaks).isEmpty();
    }

    private static String around(String text, String value) {
        int at = text.indexOf(value);
        return text.substring(Math.max(0, at - 120), Math.min(text.length(), at + value.length() + 40));
    }

    /// The answers that show a new secret, once, are meant to hold it.
    private static boolean isMintingAnswer(String text) {
        return text.matches("(?s).*\"(apiKey|secret|signingSecret)\": ?\"(ak|lp|whsec)_.*");
    }

    private static void sendPlanted(String name) {
        shop.sdk()
                .with(java.util.Map.of("X-App-Id", shop.appId(), "X-Api-Key", shop.appKey()))
                .post("/l/events", SdkEvents.body("""
                {"event": "purchase_success", "event_id": "planted-%s", "timestamp": "%s", "app_user_id": "userid.planted@mail.example",
                 "platform": "web", "install_id": "inst-planted",
                 "user": {"email": "Planted.Person@Mail.Example", "phone": "+49 151 12345678", "first_name": "PlantedFirstName"},
                 "properties": {"revenue": 5, "currency": "EUR", "email": " Planted.Person@Mail.Example ", "msisdn": "+4915112345678",
                   "nested": {"deep": [{"E-Mail": "nested.planted@mail.example"}]}, "note": "free.planted@mail.example",
                   "contact": "+4915187654321", "password": "PlantedPassword", "last_name": "PlantedLastName",
                   "card_number": "4111111111111111",
                   "$page_url": "https://shop.example.com/thanks?email=inurl.planted%%40mail.example&mail=inurl.planted@mail.example"}}""".formatted(name, SdkEvents.now())))
                .expect(202);
        shop.api()
                .post("/v1/events", """
                {"projectId": "%s", "sdkAppId": "%s", "events": [
                  {"name": "purchase_success", "occurredAt": "%s", "eventId": "planted-server-%s",
                   "user": {"email": ["server.planted@mail.example"], "phone": "+4915187654321", "lastName": "PlantedLastName"},
                   "properties": {"revenue": 5, "currency": "EUR", "email": "server.planted@mail.example"}}]}""".formatted(shop.projectId(), shop.appId(), SdkEvents.now(), name))
                .expect(202);
    }

    private static void badRequests(String apiKey) {
        http.withKey(apiKey + "x").get("/v1/whoami").expect(401);
        http.get("/v1/projects?email=planted.person@mail.example").expect(401);
        shop.sdk()
                .post("/l/events", "{\"events\": [{\"event\": \"planted.person@mail.example\", \"broken\": ")
                .expect(400);
        shop.sdk()
                .post("/l/events", SdkEvents.body("{\"event\": 5, \"email\": \"planted.person@mail.example\"}"))
                .expect(400);
    }

    private static void read() {
        Http api = shop.api();
        api.get("/v1/whoami").expect(200);
        api.get("/v1/projects").expect(200);
        api.get(shop.path("/sdk-apps/" + shop.appId())).expect(200);
        api.get(shop.path("/layers/meta_ads/capi")).expect(200);
        api.get(shop.path("/ads/capi-status")).expect(200);
        api.get(shop.path("/events?limit=200")).expect(200);
        api.get(shop.path("/events/planted-healthy")).expect(200);
        api.get(shop.path("/events/planted-outage")).expect(200);
        http.get("/metrics").expect(200);
        http.get("/health").expect(200);
    }

    /// Meta's statistics come in pages, and the address of the next one holds the token.
    private static void awaitPagedCounts() {
        sandbox.browserEvents("meta", shop.metaPixel(), 8);
        Eventually.holds(
                "a second page of counts is read",
                Duration.ofSeconds(20),
                () -> sandbox.requests("/v26.0/" + shop.metaPixel() + "/stats"),
                () -> sandbox.requests("/v26.0/" + shop.metaPixel() + "/stats").contains("after="));
    }

    private static void awaitForwarded(String eventId) {
        Set<String> wanted = Set.of(eventId);
        Eventually.holds(
                "the first event is forwarded", Duration.ofSeconds(20), () -> shop.missingAt(sandbox, "meta", wanted)
                        .isEmpty());
    }
}
