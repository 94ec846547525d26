package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
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
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the server finds out by itself: tokens that expire without any traffic, and what the platforms counted.
class TokenWatchTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(TokenWatchTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(
                directory.resolve("data"), sandbox, "--token-check-interval=1s", "--counts-poll-interval=1s");
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void aTokenThatExpiresWithoutTrafficBreaksTheDestinationUntilThePlatformTakesItAgain() {
        Shop shop = Shop.open(varve, "Quiet");
        Set<String> first = Set.copyOf(SdkEvents.ids("first", 3));
        shop.send(List.copyOf(first)).expect(202);
        Eventually.holds("Meta has them", LIMIT, () -> shop.missingAt(sandbox, "meta", first)
                .isEmpty());
        awaitStatus(shop, "healthy");

        sandbox.fault("/v26.0/" + shop.metaPixel(), "token_expired");
        awaitStatus(shop, "broken");
        JsonNode broken = shop.capiStatus("meta_ads");
        assertThat(broken.path("accessTokenValid").asBoolean()).isFalse();
        assertThat(broken.at("/lastError/code").asText()).isEqualTo("TOKEN_INVALID");
        assertThat(broken.at("/lastError/platformCode").asInt()).isEqualTo(190);
        JsonNode layer =
                shop.api().get(shop.path("/layers/meta_ads/capi")).expect(200).json();
        assertThat(layer.path("accessTokenValid").asBoolean()).isFalse();
        assertThat(layer.path("lastError").path("code").asText()).isEqualTo("TOKEN_INVALID");
        assertThat(shop.capiStatus("tiktok_ads").path("accessTokenValid").asBoolean())
                .as("TikTok is untouched")
                .isTrue();

        sandbox.clearFaults();
        awaitStatus(shop, "healthy");
        JsonNode healthy = shop.capiStatus("meta_ads");
        assertThat(healthy.path("accessTokenValid").asBoolean()).isTrue();
        assertThat(Instant.parse(healthy.path("accessTokenLastValidatedAt").asText()))
                .isAfter(Instant.parse(broken.path("accessTokenLastValidatedAt").asText()));
        assertThat(healthy.at("/lastError/code").asText()).as("kept for a day").isEqualTo("TOKEN_INVALID");
        assertThat(Tables.of(varve).dump())
                .filteredOn(line -> line.contains("capi.token_validated") && line.contains(plain(shop)))
                .as("one row for each layer that was set, and one for each change of the verdict")
                .satisfies(rows -> assertThat(rows)
                        .filteredOn(row -> row.contains("partner_api"))
                        .hasSize(2))
                .satisfies(rows -> assertThat(rows)
                        .filteredOn(row -> row.contains("system"))
                        .hasSize(2))
                .hasSize(4);
    }

    @Test
    void aTokenThatMayNotReadStatisticsIsAWarningWithItsReasonAndNoError() {
        Shop shop = Shop.open(varve, "Send only");
        shop.configure("meta_ads", shop.metaPixel(), "sbx_sendonly_meta").expect(200);
        Eventually.holds("the warning", LIMIT, () -> shop.capiStatus("meta_ads"), () -> shop.capiStatus("meta_ads")
                .at("/warnings/0/code")
                .asText()
                .equals("statistics_unreadable"));
        JsonNode status = shop.capiStatus("meta_ads");
        assertThat(status.at("/warnings/0/message").asText()).isNotEmpty();
        assertThat(Instant.parse(status.at("/warnings/0/since").asText())).isBeforeOrEqualTo(Instant.now());
        assertThat(status.path("accessTokenValid").asBoolean()).isTrue();
        assertThat(status.path("lastError").isNull()).isTrue();
    }

    /// Time is moved for the platform and the roll-ups: an hour is final three hours after its end.
    @Test
    void driftComparesWhatWasSentWithWhatThePlatformCounted() {
        Shop shop = Shop.open(varve, "Counted");
        List<String> ids = SdkEvents.ids("counted", 5);
        shop.send(ids).expect(202);
        Eventually.holds("Meta has them", LIMIT, () -> shop.missingAt(sandbox, "meta", Set.copyOf(ids))
                .isEmpty());
        Eventually.holds(
                "they count as sent",
                LIMIT,
                () -> shop.api().get(shop.path("/ads/capi-status")).text(),
                () -> sent24h(shop) == 5);
        Instant counted = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(5));
        Tables tables = Tables.of(varve);
        moveCounts(tables, shop, "minute", counted.plusSeconds(60));
        moveCounts(tables, shop, "hour", counted);
        Eventually.holds(
                "the platform's statistics are there", LIMIT, () -> shop.capiStatus("meta_ads"), () -> Instant.parse(
                                shop.capiStatus("meta_ads").at("/drift/asOf").asText())
                        .isBefore(Instant.now().minus(Duration.ofHours(3))));
        JsonNode drift = shop.capiStatus("meta_ads").path("drift");
        assertThat(drift.path("sent").asInt()).isEqualTo(5);
        assertThat(drift.path("received").asInt())
                .as("the sandbox counted none of them in that hour")
                .isZero();
        assertThat(drift.path("ratio").asDouble()).isZero();
    }

    private static void moveCounts(Tables tables, Shop shop, String unit, Instant to) {
        tables.execute(
                ("with gone as (delete from delivery_<unit> where project_id = ?::uuid and platform = 0 returning *)"
                                + " insert into delivery_<unit> (project_id, platform, <unit>, sent, received)"
                                + " select project_id, platform, ?::timestamptz, sum(sent), sum(received) from gone"
                                + " group by 1, 2")
                        .replace("<unit>", unit),
                plain(shop),
                to.toString());
    }

    private static int sent24h(Shop shop) {
        return shop.api()
                .get(shop.path("/ads/capi-status"))
                .expect(200)
                .json()
                .at("/meta/events_sent_24h")
                .asInt();
    }

    private static void awaitStatus(Shop shop, String status) {
        Eventually.holds(
                "the destination is " + status,
                LIMIT,
                () -> shop.capiStatus("meta_ads"),
                () -> shop.capiStatus("meta_ads").path("status").asText().equals(status));
    }

    private static String plain(Shop shop) {
        return shop.projectId().substring("prj_".length());
    }
}
