package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Accounts;
import dev.varve.e2e.fixture.Callers;
import dev.varve.e2e.fixture.Callers.Answered;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.FrozenPostgres;
import dev.varve.e2e.fixture.Load;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// A PostgreSQL that neither answers nor fails costs refusals within a bound, and nothing else.
class HangingDatabaseTest {
    /// What a client waits at most, with something for a busy machine.
    private static final Duration PATIENCE = Duration.ofSeconds(14);

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void everyCallIsRefusedInTimeAndAllGoesOnByItself() {
        Path directory = Directories.fresh(HangingDatabaseTest.class, "hang");
        try (SandboxProcess sandbox = SandboxProcess.start(directory);
                RunningVarve varve = RunningVarve.start(directory.resolve("data"), sandbox)) {
            Shop shop = Shop.open(varve, "Standstill");
            Shop other = Shop.open(varve, "Not seen yet");
            try (Load load = Load.on(shop)) {
                load.awaitAcknowledged(500);
                try (FrozenPostgres frozen = varve.freezePostgres()) {
                    everyCallIsRefusedInTime(varve, shop, other);
                    assertThat(frozen.isComplete())
                            .as("nobody ended the database")
                            .isTrue();
                }
                load.awaitAcknowledged(500);
                varve.awaitReady();
                nothingIsLost(shop, sandbox, load.stop());
            }
            nobodyIsStuck(varve);
        }
    }

    private static void everyCallIsRefusedInTime(RunningVarve varve, Shop shop, Shop other) {
        try (Callers known = Callers.start(8, () -> shop.send(SdkEvents.ids("hang", 1)));
                Callers unknown = Callers.start(2, () -> other.send(SdkEvents.ids("hang", 1)));
                Callers whoami = Callers.start(2, () -> varve.api().get("/v1/whoami"));
                Callers events = Callers.start(2, () -> shop.api().get(shop.path("/events")));
                Callers sums = Callers.start(2, () -> shop.api().get(shop.path("/ads/capi-accounting")));
                Callers health = Callers.start(1, () -> varve.http().get("/health"))) {
            List<Callers> all = List.of(known, unknown, whoami, events, sums);
            all.forEach(callers -> Eventually.holds(
                    "every client was refused twice", LIMIT, callers::answers, () -> callers.hasEach(2, 503)));
            Eventually.holds("health tells", LIMIT, health::answers, () -> health.answers().stream()
                    .anyMatch(answer -> answer.status() == 503));
            List.of(known, unknown, events, sums)
                    .forEach(callers -> assertThat(callers.answers()).allSatisfy(HangingDatabaseTest::isRefusedInTime));
            // What is known of a key is good for a second, and this call asks for nothing else.
            assertThat(whoami.answers())
                    .filteredOn(answer -> answer.status() != 200)
                    .allSatisfy(HangingDatabaseTest::isRefusedInTime);
            assertThat(health.answers())
                    .allSatisfy(answer -> assertThat(answer.waited()).isLessThan(PATIENCE));
        }
    }

    private static void isRefusedInTime(Answered answer) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("SERVICE_UNAVAILABLE");
        assertThat(answer.namesRetry()).as("Retry-After").isTrue();
        assertThat(answer.waited()).isLessThan(PATIENCE);
    }

    private static void nothingIsLost(Shop shop, SandboxProcess sandbox, Set<String> acknowledged) {
        assertThat(shop.missingInStore(acknowledged))
                .as("acknowledged but not stored")
                .isEmpty();
        assertThat(shop.stored().values()).as("copies of an event in the store").containsOnly(1);
        Set<String> stored = shop.stored().keySet();
        for (String platform : List.of("meta", "tiktok")) {
            Eventually.holds(
                    "every stored event is at " + platform,
                    LIMIT,
                    () -> shop.missingAt(sandbox, platform, stored).size() + " missing",
                    () -> shop.missingAt(sandbox, platform, stored).isEmpty());
            assertThat(sandbox.received(platform, shop.pixel(platform)).keySet())
                    .as("under their own ids")
                    .isEqualTo(stored);
            assertThat(sandbox.counted(platform, shop.pixel(platform))).isEqualTo(stored.size());
        }
        Accounts accounts = new Accounts(shop);
        Eventually.holds("nothing is open", LIMIT, accounts::open, () -> accounts.open() == 0);
        assertThat(accounts.of("meta").path("forwarded").asInt()).isEqualTo(stored.size());
    }

    private static void nobodyIsStuck(RunningVarve varve) {
        Eventually.holds("every component is well", LIMIT, () -> varve.http().get("/health"), () -> {
            for (JsonNode component :
                    varve.http().get("/health").expect(200).json().path("components")) {
                if (!component.path("status").asText().equals("ok")) {
                    return false;
                }
            }
            return true;
        });
        Eventually.holds(
                "nothing waits to be recorded",
                LIMIT,
                () -> metric(varve, "varve_relay_waiting_rows"),
                () -> metric(varve, "varve_relay_waiting_rows") == 0 && metric(varve, "varve_relay_open_events") == 0);
    }

    private static double metric(RunningVarve varve, String name) {
        Matcher sample = Pattern.compile("(?m)^" + name + " ([0-9.E+]+)$")
                .matcher(varve.http().get("/metrics").expect(200).text());
        assertThat(sample.find()).as(name).isTrue();
        return Double.parseDouble(sample.group(1));
    }
}
