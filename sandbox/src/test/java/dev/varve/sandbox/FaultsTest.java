package dev.varve.sandbox;

import static dev.varve.sandbox.SandboxClient.metaEvent;
import static dev.varve.sandbox.SandboxClient.tiktokEvent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTest {
    private final SandboxClient sandbox = SandboxClient.frozen();

    @AfterEach
    void close() {
        sandbox.close();
    }

    @ParameterizedTest
    @CsvSource({
        "http_429_retry_after,429,0,429",
        "http_429_bare,429,0,429",
        "http_413,413,0,413",
        "throttle_code,400,80004,200",
        "http_500,500,2,500",
        "http_503,503,2,503",
        "html_error,502,0,502",
        "token_expired,401,190,200",
        "token_revoked,401,190,200",
        "permission_revoked,403,200,200",
        "permission_blip,403,200,200",
        "unknown_code,400,987654,400",
        "redirect,302,0,302"
    })
    void failsOnceAndStoresNothing(String fault, int status, int code, int tiktokStatus) throws Exception {
        sandbox.fault("{\"fault\":\"" + fault + "\",\"times\":1,\"match\":{\"pathPrefix\":\"/v26.0/\"}}");
        sandbox.fault("{\"fault\":\"" + fault + "\",\"times\":1,\"match\":{\"pathPrefix\":\"/open_api/\"}}");
        var meta = sandbox.metaEvents(metaEvent("a"));
        assertThat(meta.status()).isEqualTo(status);
        assertThat(meta.metaCode()).isEqualTo(code);
        var tiktok = sandbox.tiktokEvents(tiktokEvent("a"));
        assertThat(tiktok.status()).isEqualTo(tiktokStatus);
        assertThat(tiktok.tiktokCode()).isNotZero();
        assertThat(sandbox.storedEvents()).isEmpty();
        assertThat(sandbox.metaEvents(metaEvent("a")).status()).isEqualTo(200);
        assertThat(sandbox.tiktokEvents(tiktokEvent("a")).tiktokCode()).isZero();
        assertThat(sandbox.get("/__sim/counters").json().path("redirectHits").asInt())
                .isZero();
    }

    @Test
    void strikesFromTheNthMatchingRequestUntilCleared() throws Exception {
        sandbox.fault("{\"fault\":\"http_500\",\"match\":{\"method\":\"POST\",\"fromRequest\":2}}");
        assertThat(sandbox.metaEvents(metaEvent("a")).status()).isEqualTo(200);
        assertThat(sandbox.metaEvents(metaEvent("a")).status()).isEqualTo(500);
        assertThat(sandbox.metaEvents(metaEvent("a")).status()).isEqualTo(500);
        sandbox.send(sandbox.request("/__sim/faults").DELETE().build());
        assertThat(sandbox.metaEvents(metaEvent("a")).status()).isEqualTo(200);
    }

    @Test
    void tokenIsCheckedBeforeFaults() throws Exception {
        sandbox.fault("{\"fault\":\"http_500\"}");
        assertThat(sandbox.meta("sbx_expired", "{}").metaCode()).isEqualTo(190);
    }

    @Test
    void retryAfterTakesItsParameter() throws Exception {
        sandbox.fault("{\"fault\":\"http_429_retry_after\",\"params\":{\"retryAfterSeconds\":3}}");
        assertThat(sandbox.metaEvents(metaEvent("a")).raw().headers().firstValue("Retry-After"))
                .hasValue("3");
    }

    @Test
    void resetBeforeReadStoresNothing() throws Exception {
        sandbox.fault("{\"fault\":\"reset_before_read\"}");
        assertThatThrownBy(() -> sandbox.metaEvents(metaEvent("a"))).isInstanceOf(IOException.class);
        assertThat(sandbox.storedEvents()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"reset_after_store", "truncated_json"})
    void unknownOutcomeFaultsStoreBeforeTheyFail(String fault) throws Exception {
        sandbox.fault("{\"fault\":\"" + fault + "\"}");
        assertThatThrownBy(() -> sandbox.tiktokEvents(tiktokEvent("a"))).isInstanceOf(IOException.class);
        assertThat(sandbox.storedEvents()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"slow_headers", "slow_body", "close_keepalive"})
    void slowAndClosedAnswersAreStillComplete(String fault) throws Exception {
        sandbox.fault("{\"fault\":\"" + fault + "\",\"params\":{\"delayMs\":2}}");
        assertThat(sandbox.metaEvents(metaEvent("a"))
                        .json()
                        .path("events_received")
                        .asInt())
                .isEqualTo(1);
        assertThat(sandbox.metaEvents(metaEvent("b"))
                        .json()
                        .path("events_received")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void shortCountAcknowledgesFewer() throws Exception {
        sandbox.fault("{\"fault\":\"short_count\"}");
        assertThat(sandbox.metaEvents(metaEvent("a"), metaEvent("b"))
                        .json()
                        .path("events_received")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void localisedChangesTextsOnly() throws Exception {
        sandbox.fault("{\"fault\":\"localised\"}");
        var answer = sandbox.metaEvents(metaEvent("Purchase", "a", ""));
        assertThat(answer.subcode()).isEqualTo(2804009);
        assertThat(answer.text()).contains("Något gick fel").doesNotContain("Purchase");
    }

    @Test
    void hangEndsWhenTheServerCloses() throws Exception {
        sandbox.fault("{\"fault\":\"hang\"}");
        var hanging = sandbox.http.sendAsync(
                sandbox.metaRequest("sbx_ok", "{\"data\":[" + metaEvent("a") + "]}"), BodyHandlers.ofString());
        while (sandbox.get("/__sim/counters").json().path("faultsStruck").asInt() == 0) {
            Thread.onSpinWait();
        }
        assertThat(hanging).isNotDone();
        sandbox.server.close();
        assertThat(hanging).failsWithin(5, TimeUnit.SECONDS);
    }

    @Test
    void followedRedirectsAreCounted() throws Exception {
        sandbox.fault("{\"fault\":\"redirect\",\"times\":1}");
        String location = sandbox.metaEvents(metaEvent("a"))
                .raw()
                .headers()
                .firstValue("Location")
                .orElseThrow();
        sandbox.http.send(
                java.net.http.HttpRequest.newBuilder(java.net.URI.create(location))
                        .build(),
                BodyHandlers.discarding());
        assertThat(sandbox.get("/__sim/counters").json().path("redirectHits").asInt())
                .isEqualTo(1);
    }

    @Test
    void unknownFaultsAndSwitchesAreRefused() throws Exception {
        assertThat(sandbox.post("/__sim/faults", "{\"fault\":\"earthquake\"}").status())
                .isEqualTo(400);
        assertThat(sandbox.post("/__sim/switches", "{\"meta\":{\"indexHint\":\"maybe\"}}")
                        .status())
                .isEqualTo(400);
    }
}
