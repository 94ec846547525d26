package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.SharedDatabase;
import dev.varve.e2e.fixture.Shop;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A click is remembered for its install and carried to what the user does later, through whichever server and door.
class BridgingTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String MAIL = "Ada.Lovelace@Example.com";

    private static SandboxProcess sandbox;
    private static SharedDatabase database;
    private static RunningVarve first;
    private static RunningVarve second;

    private Shop shop;
    private Shop throughSecond;
    private String user;
    private String install;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(BridgingTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        database = SharedDatabase.start(directory);
        first = database.server("first", sandbox);
        second = database.server("second", sandbox);
        first.start();
        second.start();
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
        database.close();
        sandbox.close();
    }

    @BeforeEach
    void openShop() {
        shop = Shop.open(first.http().withKey(database.apiKey()), first.http(), "Bridge");
        throughSecond = shop.through(second, database.apiKey());
        user = "reader-" + UUID.randomUUID();
        install = "inst-" + UUID.randomUUID();
        Eventually.holds(
                "the other server knows the app",
                SOON,
                () -> throughSecond
                                .sdk()
                                .post("/l/events", SdkEvents.body(SdkEvents.purchase("known-" + UUID.randomUUID())))
                                .status()
                        == 202);
    }

    @Test
    void aClickReachesAPurchaseThatOnlyNamesTheUser() {
        Instant seen = ago(Duration.ofHours(3));
        open(seen, "fbclid=IwAR_Click-1&ttclid=E.C.P.Tik-1");
        login(ago(Duration.ofHours(2)));

        String bought = buyByServer(throughSecond);

        assertThat(sentTo("meta", bought).at("/user_data/fbc").asText())
                .isEqualTo("fb.1." + seen.toEpochMilli() + ".IwAR_Click-1");
        assertThat(sentTo("tiktok", bought).at("/user/ttclid").asText()).isEqualTo("E.C.P.Tik-1");
    }

    @Test
    void theSameClickKeepsItsFirstMillisecond() {
        Instant seen = ago(Duration.ofHours(5));
        open(seen, "fbclid=IwAR_Same");
        open(ago(Duration.ofHours(4)), "fbclid=IwAR_Same");
        login(ago(Duration.ofHours(3)));

        assertThat(sentTo("meta", buyByServer(shop)).at("/user_data/fbc").asText())
                .isEqualTo("fb.1." + seen.toEpochMilli() + ".IwAR_Same");
    }

    @Test
    void aNewerClickWins() {
        open(ago(Duration.ofHours(5)), "fbclid=IwAR_Old&ttclid=Old");
        login(ago(Duration.ofHours(4)));
        Instant newer = ago(Duration.ofHours(3));
        open(newer, "fbclid=IwAR_New&ttclid=New");
        login(ago(Duration.ofHours(2)));

        String bought = buyByServer(throughSecond);

        assertThat(sentTo("meta", bought).at("/user_data/fbc").asText())
                .isEqualTo("fb.1." + newer.toEpochMilli() + ".IwAR_New");
        assertThat(sentTo("tiktok", bought).at("/user/ttclid").asText()).isEqualTo("New");
    }

    @Test
    void aClickIsForgottenAfterNinetyDays() {
        Instant kept = ago(Duration.ofDays(89));
        open(kept, "fbclid=IwAR_Kept");
        login(ago(Duration.ofDays(1)));
        assertThat(sentTo("meta", buyByServer(shop)).at("/user_data/fbc").asText())
                .isEqualTo("fb.1." + kept.toEpochMilli() + ".IwAR_Kept");

        user = "other-" + user;
        install = "other-" + install;
        open(ago(Duration.ofDays(91)), "fbclid=IwAR_Gone");
        login(ago(Duration.ofDays(1)));

        assertThat(sentTo("meta", buyByServer(shop)).path("user_data").has("fbc"))
                .isFalse();
    }

    @Test
    void whatIsToldOfAUserIsHashedAndSentWithTheirLaterEventsThroughEitherServer() {
        shop.sdk()
                .post("/l/users/properties", """
                {"app_user_id": "%s", "properties": {"email": "%s", "phone": "+49 171 5550199"}, "timestamp": "%s"}""".formatted(user, MAIL, SdkEvents.now()))
                .expect(202);

        String bought = buyByServer(throughSecond);

        JsonNode meta = sentTo("meta", bought).path("user_data");
        assertThat(meta.at("/em/0").asText()).isEqualTo(sha256("ada.lovelace@example.com"));
        assertThat(meta.at("/ph/0").asText()).isEqualTo(sha256("491715550199"));
        JsonNode tiktok = sentTo("tiktok", bought).path("user");
        assertThat(tiktok.path("email").toString()).contains(sha256("ada.lovelace@example.com"));
        assertThat(tiktok.path("phone").toString()).contains(sha256("+491715550199"));
        assertThat(shop.event(bought).text()
                        + shop.api().get(shop.path("/events")).text())
                .doesNotContainIgnoringCase(MAIL)
                .doesNotContain("5550199");
        assertThat(database.tables().dump().toString())
                .doesNotContainIgnoringCase(MAIL)
                .doesNotContain("5550199");
    }

    private void open(Instant at, String query) {
        send("app_open", at, """
                "properties": {"$page_url": "https://shop.example.com/start?%s"}""".formatted(query));
    }

    private void login(Instant at) {
        send("login", at, "\"app_user_id\": \"" + user + "\"");
    }

    /// Returns once the event was planned: what it brings is known from then on.
    private void send(String name, Instant at, String more) {
        String id = SdkEvents.ids(name, 1).getFirst();
        shop.sdk()
                .post("/l/events", SdkEvents.body("""
                {"event": "%s", "event_id": "%s", "timestamp": "%s", "environment": "production", "platform": "web",
                 "install_id": "%s", "session_id": "sess-1", %s}""".formatted(name, id, at, install, more)))
                .expect(202);
        Eventually.holds(
                "it is planned",
                SOON,
                () -> shop.event(id).text(),
                () -> !shop.receipt(id, "meta").isEmpty()
                        && !shop.receipt(id, "meta").equals("pending"));
    }

    private String buyByServer(Shop door) {
        String id = SdkEvents.ids("bought", 1).getFirst();
        door.serverEvent("purchase_success", id, """
                        , "appUserId": "%s", "properties": {"revenue": 12.5, "currency": "EUR", "product_id": "sku-1"},
                          "context": {"platform": "web"}""".formatted(user)).expect(202);
        return id;
    }

    private JsonNode sentTo(String platform, String eventId) {
        Eventually.holds(platform + " has it", SOON, () -> shop.event(eventId).text(), () -> !sandbox.taken(
                        platform, shop.pixel(platform), eventId)
                .isEmpty());
        return sandbox.taken(platform, shop.pixel(platform), eventId).path(0).path("payload");
    }

    private static Instant ago(Duration duration) {
        return Instant.now().minus(duration).truncatedTo(ChronoUnit.MILLIS);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
