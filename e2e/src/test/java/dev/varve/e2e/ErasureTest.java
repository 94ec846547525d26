package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Accounts;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.OperatorCommand;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The operator's command that removes a person's data, beside a server that runs and without one.
class ErasureTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(ErasureTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox, "--delivery-retry-base=200ms");
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void oneUserIsErasedAndNoTableNamesThemAnyMore() {
        Shop shop = Shop.open(varve, "Erasure");
        send(shop, "gone-person", "gone-install", 3);
        send(shop, "staying-person", "staying-install", 2);
        shop.sdk().post("/l/users/properties", """
                        {"app_user_id": "gone-person", "properties": {"tier": "gone-person-gold"}}""").expect(202);
        shop.sdk()
                .post("/l/consent", "{\"app_user_id\": \"gone-person\", \"analytics\": true}")
                .expect(202);
        awaitNothingOpen(shop);
        assertThat(rowsWith("gone-person")).isNotEmpty();

        OperatorCommand counted = erase(shop, "--user", "gone-person");
        assertThat(counted.code()).as(counted.text()).isZero();
        assertThat(counted.text()).contains("3  events").contains("--yes").doesNotContain("gone-person");
        assertThat(names(shop, "gone-person")).isEqualTo(3);

        OperatorCommand done = erase(shop, "--user", "gone-person", "--yes");
        assertThat(done.code()).as(done.text()).isZero();
        assertThat(done.text()).contains("3  events").contains("1  profile").contains("1  consent record");
        assertThat(names(shop, "gone-person")).isZero();
        assertThat(names(shop, "staying-person")).isEqualTo(2);
        assertThat(rowsWith("gone-person")).isEmpty();
        assertThat(rowsWith("gone-install")).isEmpty();
        assertThat(rowsWith("staying-person")).isNotEmpty();
        new Accounts(shop).read("");
        assertWholeMinutesAddUp(shop);

        JsonNode row = shop.api()
                .get("/v1/audit?eventType=data.erased&projectId=" + shop.projectId())
                .expect(200)
                .json()
                .at("/items/0");
        assertThat(row.path("actor").asText()).as(row.toString()).isEqualTo("operator");
        assertThat(row.at("/data/events").asInt()).isEqualTo(3);
        assertThat(row.at("/data/subjectSha256").asText()).hasSize(16);
    }

    @Test
    void aPersonNamedByAnEmailAddressIsFoundByIt() {
        Shop shop = Shop.open(varve, "Erasure by e-mail");
        send(shop, "Gone.Person@mail.example", "i-mail", 1);
        OperatorCommand done = erase(shop, "--user", "gone.person@mail.example", "--yes");
        assertThat(done.text()).contains("1  events");
        assertThat(shop.stored()).isEmpty();
    }

    /// What waits is given up by the relay; what is on its way may still end, and everything stays explained.
    @Test
    void anErasureWhileAPlatformFailsLeavesNothingUnexplainedAndNothingWaiting() {
        Shop shop = Shop.open(varve, "Erasure in trouble");
        sandbox.fault("/v26.0/" + shop.metaPixel(), "http_503");
        send(shop, "gone-waiting", "gone-waiting-install", 60);
        send(shop, "staying-waiting", "staying-waiting-install", 5);
        Accounts accounts = new Accounts(shop);
        Eventually.holds(
                "the events are being tried",
                SOON,
                () -> accounts.of("meta").path("retrying").asLong() > 0);

        OperatorCommand done = erase(shop, "--install", "gone-waiting-install", "--yes");
        assertThat(done.code()).as(done.text()).isZero();
        assertThat(done.text()).contains("60  events");
        assertWholeMinutesAddUp(shop);
        sandbox.clearFaults();
        awaitNothingOpen(shop);
        assertWholeMinutesAddUp(shop);
        assertThat(names(shop, "staying-waiting")).isEqualTo(5);
        OperatorCommand again = erase(shop, "--install", "gone-waiting-install", "--yes");
        assertThat(again.code()).as(again.text()).isZero();
        assertThat(rowsWith("gone-waiting")).isEmpty();
        assertThat(varve.log()).doesNotContain("relay.step_failed", "relay.lane_failed");
    }

    /// Nothing is sent there until somebody acts, and yet what was erased does not wait for it.
    @Test
    void whatWaitedForARefusedTokenIsGivenUpWithoutARepair() {
        Shop shop = Shop.open(varve, "Erasure with a refused token");
        sandbox.fault("/v26.0/" + shop.metaPixel(), "token_expired");
        send(shop, "gone-refused", "gone-refused-install", 30);
        send(shop, "staying-refused", "staying-refused-install", 4);
        Accounts accounts = new Accounts(shop);
        Eventually.holds("the token is refused", SOON, () -> shop.receipt(lastEvent(shop), "tiktok")
                .equals("forwarded"));
        assertThat(erase(shop, "--user", "gone-refused", "--yes").text()).contains("30  events");
        Eventually.holds(
                "only what was not erased waits",
                Duration.ofSeconds(150),
                () -> wholeMinutes(shop),
                () -> wholeMinutes(shop).getFirst().path("pending").asLong() == 4
                        && wholeMinutes(shop).getFirst().path("retrying").asLong() == 0);
        JsonNode meta = wholeMinutes(shop).getFirst();
        assertThat(meta.path("accepted").asInt()).as(meta.toString()).isEqualTo(34);
        assertThat(meta.at("/skippedBy/consent").asInt()).as(meta.toString()).isEqualTo(30);
        assertThat(accounts.of("meta").path("unexplained").asInt()).isZero();
        sandbox.clearFaults();
    }

    private static String lastEvent(Shop shop) {
        return shop.api()
                .get(shop.path("/events?limit=1"))
                .expect(200)
                .json()
                .at("/items/0/eventId")
                .asText();
    }

    @Test
    void itWorksWithoutAServerAndTheServerStartsAfterwards() {
        Path directory = Directories.fresh(ErasureTest.class, "stopped");
        try (RunningVarve other = RunningVarve.start(directory.resolve("data"), sandbox)) {
            Shop shop = Shop.open(other, "Stopped");
            sandbox.fault("/v26.0/" + shop.metaPixel(), "http_503");
            send(shop, "gone-stopped", "i-stopped", 4);
            send(shop, "staying-stopped", "i-other", 2);
            assertThat(other.stop()).isZero();
            OperatorCommand done = OperatorCommand.run(
                    "erase", "--data=" + other.data(), "--project=" + shop.projectId(), "--user=gone-stopped", "--yes");
            assertThat(done.code()).as(done.text()).isZero();
            assertThat(done.text()).contains("4  events");
            sandbox.clearFaults();
            other.start();
            awaitNothingOpen(shop);
            assertWholeMinutesAddUp(shop);
            assertThat(names(shop, "staying-stopped")).isEqualTo(2);
            assertThat(Tables.of(other).dump()).noneMatch(line -> line.contains("gone-stopped"));
        }
    }

    @Test
    void whatIsNotThereOrNotSaidIsRefusedInOneSentence() {
        assertThat(OperatorCommand.run("erase", "--data=" + varve.data(), "--user=u"))
                .isEqualTo(new OperatorCommand(2, "varve: erase needs --project, and one of --user and --install.\n"));
        String unknown = "prj_00000000-0000-4000-8000-000000000000";
        assertThat(OperatorCommand.run("erase", "--data=" + varve.data(), "--project=" + unknown, "--user=u"))
                .isEqualTo(
                        new OperatorCommand(1, "varve: There is no project " + unknown + " in this installation.\n"));
        OperatorCommand nowhere =
                OperatorCommand.run("erase", "--data=/nonexistent", "--project=" + unknown, "--user=u");
        assertThat(nowhere.code()).isEqualTo(1);
        assertThat(nowhere.text()).startsWith("varve: There is no installation in /nonexistent;");
    }

    private static void send(Shop shop, String user, String install, int events) {
        String all = IntStream.range(0, events)
                .mapToObj(i -> """
                    {"event": "purchase_success", "event_id": "%s", "timestamp": "%s", "platform": "web",
                     "app_user_id": "%s", "install_id": "%s", "properties": {"revenue": 5, "currency": "EUR",
                     "note": "of %s", "$page_url": "https://shop.example.com/thanks"}}""".formatted(SdkEvents.ids("e", 1).getFirst(), SdkEvents.now(), user, install, install))
                .collect(Collectors.joining(","));
        shop.sdk().post("/l/events", SdkEvents.body(all)).expect(202);
    }

    private static OperatorCommand erase(Shop shop, String... more) {
        List<String> arguments = new java.util.ArrayList<>(
                List.of("erase", "--data", varve.data().toString(), "--project", shop.projectId()));
        arguments.addAll(List.of(more));
        return OperatorCommand.run(arguments.toArray(String[]::new));
    }

    private static int names(Shop shop, String user) {
        return shop.api()
                .get(shop.path("/events?limit=200&userId=" + user))
                .expect(200)
                .json()
                .path("items")
                .size();
    }

    private static List<String> rowsWith(String text) {
        return Tables.of(varve).dump().stream()
                .filter(line -> line.contains(text))
                .toList();
    }

    private static void awaitNothingOpen(Shop shop) {
        Accounts accounts = new Accounts(shop);
        Eventually.holds(
                "nothing waits any more",
                Duration.ofSeconds(90),
                () -> accounts.read(""),
                () -> accounts.open() == 0
                        && wholeMinutes(shop).stream()
                                .allMatch(sums -> sums.path("pending").asLong() == 0
                                        && sums.path("retrying").asLong() == 0));
    }

    /// Windows of whole minutes are counted by what was counted at the time, not by the rows that are left.
    private static void assertWholeMinutesAddUp(Shop shop) {
        assertThat(wholeMinutes(shop))
                .allSatisfy(sums -> assertThat(sums.path("unexplained").asLong(-1))
                        .as(sums.toString())
                        .isZero());
    }

    private static List<JsonNode> wholeMinutes(Shop shop) {
        Instant end = Instant.now().truncatedTo(ChronoUnit.MINUTES).plus(Duration.ofMinutes(1));
        JsonNode platforms = new Accounts(shop).between(end.minus(Duration.ofMinutes(10)), end);
        return List.of(platforms.path(0), platforms.path(1));
    }
}
