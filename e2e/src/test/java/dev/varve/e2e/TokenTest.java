package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A refused token breaks the destination visibly, keeps every event, and a new token sends them.
class TokenTest {
    private static SandboxProcess sandbox;
    private static RunningVarve varve;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(TokenTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox, "--delivery-probe-delays=1s,1s,1s");
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void aRevokedTokenBreaksTheDestinationKeepsTheEventsAndANewTokenForwardsThem() {
        Shop shop = Shop.open(varve, "Revoked");
        Set<String> before = Set.copyOf(SdkEvents.ids("before", 20));
        shop.send(List.copyOf(before)).expect(202);
        Eventually.holds(
                "Meta has the first events", Duration.ofSeconds(10), () -> shop.missingAt(sandbox, "meta", before)
                        .isEmpty());

        sandbox.fault("/v26.0/" + shop.metaPixel(), "token_revoked");
        Set<String> during = Set.copyOf(SdkEvents.ids("during", 50));
        shop.send(List.copyOf(during)).expect(202);

        Eventually.holds(
                "the destination is broken",
                Duration.ofSeconds(30),
                () -> shop.capiStatus("meta_ads"),
                () -> shop.capiStatus("meta_ads").path("status").asText().equals("broken"));
        assertThat(shop.capiStatus("meta_ads").at("/lastError/code").asText()).isEqualTo("TOKEN_INVALID");
        assertThat(shop.capiStatus("meta_ads").path("accessTokenValid").asBoolean())
                .isFalse();
        Set<String> late = Set.copyOf(SdkEvents.ids("late", 50));
        shop.send(List.copyOf(late)).expect(202);
        assertThat(shop.missingInStore(during)).isEmpty();
        assertThat(shop.missingInStore(late)).isEmpty();
        Eventually.holds("TikTok is untouched", Duration.ofSeconds(10), () -> shop.missingAt(sandbox, "tiktok", late)
                .isEmpty());
        assertThat(shop.missingAt(sandbox, "meta", during)).isEqualTo(during);
        Eventually.holds(
                "the lane gave all of them to the backlog",
                Duration.ofSeconds(10),
                () -> shop.capiStatus("meta_ads"),
                () -> shop.capiStatus("meta_ads").at("/backlog/events").asInt() == 100);

        sandbox.clearFaults();
        shop.configure("meta_ads", shop.metaPixel(), Shop.META_TOKEN + "_new").expect(200);

        Eventually.holds(
                "the kept events are forwarded",
                Duration.ofSeconds(30),
                () -> shop.capiStatus("meta_ads"),
                () -> shop.missingAt(sandbox, "meta", during).isEmpty()
                        && shop.missingAt(sandbox, "meta", late).isEmpty());
        Eventually.holds(
                "the destination is healthy again",
                Duration.ofSeconds(30),
                () -> shop.capiStatus("meta_ads"),
                () -> !shop.capiStatus("meta_ads").path("status").asText().equals("broken"));
    }

    @Test
    void aTokenThatThePlatformRefusesCannotBeEnabled() {
        Shop shop = Shop.open(varve, "Refused");

        var answer = shop.configure("meta_ads", shop.metaPixel(), "sbx_revoked_from_the_start");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.errorCode()).isEqualTo("CONFLICT");
        assertThat(answer.text()).doesNotContain("sbx_revoked_from_the_start");
        assertThat(shop.capiStatus("meta_ads").path("accessTokenValid").asBoolean())
                .as("the old token is kept")
                .isTrue();
    }
}
