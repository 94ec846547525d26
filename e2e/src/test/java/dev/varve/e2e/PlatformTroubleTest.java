package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DestinationState.LastError;
import dev.varve.e2e.rig.RelayRig;
import dev.varve.e2e.rig.RigEvents;
import dev.varve.e2e.rig.RigShop;
import dev.varve.event.Platform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whatever a platform or the way to it does, every event arrives, is counted once there, and no token is logged.
class PlatformTroubleTest {
    private static final Duration STEP = Duration.ofSeconds(5);
    private static RelayRig rig;

    @BeforeAll
    static void start() {
        rig = new RelayRig(200, Duration.ofMillis(1_500));
    }

    @AfterEach
    void clearFaults() {
        rig.sandbox().clearFaults();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            META   | http_500          | 2 |                            | PLATFORM_ERROR
            META   | http_500          | 2 | "emptyBody": true          | PLATFORM_ERROR
            META   | http_503          | 2 |                            | PLATFORM_ERROR
            META   | html_error        | 2 |                            | PLATFORM_ERROR
            META   | http_413          | 1 |                            |
            META   | unknown_code      | 2 |                            |
            META   | reset_before_read | 2 |                            | PLATFORM_UNREACHABLE
            META   | permission_blip   | 2 |                            | PIXEL_INVALID
            META   | redirect          | 2 |                            |
            META   | close_keepalive   | 2 |                            |
            TIKTOK | http_500          | 2 |                            | PLATFORM_ERROR
            TIKTOK | http_503          | 2 | "emptyBody": true          | PLATFORM_ERROR
            TIKTOK | html_error        | 2 |                            | PLATFORM_ERROR
            TIKTOK | http_413          | 1 |                            |
            TIKTOK | unknown_code      | 2 |                            |
            TIKTOK | reset_before_read | 2 |                            | PLATFORM_UNREACHABLE
            TIKTOK | permission_blip   | 2 |                            | PIXEL_INVALID
            TIKTOK | redirect          | 2 |                            |
            TIKTOK | close_keepalive   | 2 |                            |
            """)
    void whatWasNotTakenIsSentAgainAndTakenOnce(
            Platform platform, String fault, int times, String params, String errorCode) {
        RigShop shop = rig.openShop();
        rig.sandbox().fault(shop, platform, fault, times, Objects.requireNonNullElse(params, ""));
        List<String> ids = sendAndSettle(shop);

        for (Platform one : Platform.values()) {
            rig.assertForwarded(shop, one, ids);
            assertThat(rig.sandbox().received(shop, one).values()).containsOnly(1);
        }
        assertThat(rig.sandbox().redirectHits()).isZero();
        assertRemembered(shop, platform, errorCode);
        rig.assertNoTokenInTheLog();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            META   | slow_headers      | "delayMs": 4000            | PLATFORM_UNREACHABLE
            META   | slow_body         | "delayMs": 300             | PLATFORM_UNREACHABLE
            META   | reset_after_store |                            | PLATFORM_UNREACHABLE
            META   | truncated_json    |                            | PLATFORM_ERROR
            TIKTOK | slow_headers      | "delayMs": 4000            | PLATFORM_UNREACHABLE
            TIKTOK | slow_body         | "delayMs": 300             | PLATFORM_UNREACHABLE
            TIKTOK | reset_after_store |                            | PLATFORM_UNREACHABLE
            TIKTOK | truncated_json    |                            | PLATFORM_ERROR
            """)
    void whatMayHaveBeenTakenIsSentAgainWithTheSameIdsAndCountedOnce(
            Platform platform, String fault, String params, String errorCode) {
        RigShop shop = rig.openShop();
        rig.sandbox().fault(shop, platform, fault, 1, Objects.requireNonNullElse(params, ""));
        List<String> ids = sendAndSettle(shop);

        for (Platform one : Platform.values()) {
            rig.assertForwarded(shop, one, ids);
        }
        assertThat(rig.sandbox().received(shop, platform).values())
                .as("sent again")
                .containsOnly(2);
        assertRemembered(shop, platform, errorCode);
        rig.assertNoTokenInTheLog();
    }

    @ParameterizedTest
    @CsvSource({"META,hang", "TIKTOK,hang"})
    void aPlatformThatNeverAnswersIsGivenUpAndAskedAgain(Platform platform, String fault) {
        RigShop shop = rig.openShop();
        rig.sandbox().fault(shop, platform, fault, 1, "");
        List<String> ids = sendAndSettle(shop);
        rig.assertForwarded(shop, platform, ids);
        assertRemembered(shop, platform, "PLATFORM_UNREACHABLE");
    }

    @ParameterizedTest
    @CsvSource({"META", "TIKTOK"})
    void anHtmlPageThatSays200IsNoSuccess(Platform platform) {
        RigShop shop = rig.openShop();
        rig.sandbox().fault(shop, platform, "html_error", 2, "\"status\": 200");
        List<String> ids = sendAndSettle(shop);
        rig.assertForwarded(shop, platform, ids);
        assertThat(rig.sandbox().received(shop, platform).values()).containsOnly(1);
    }

    @Test
    void whatTiktokStoredInPartIsSentOnceMoreAndCountedOnce() {
        RigShop shop = rig.openShop();
        rig.sandbox().fault(shop, Platform.TIKTOK, "short_count", 1, "\"missing\": 7");
        List<String> ids = sendAndSettle(shop);
        rig.assertForwarded(shop, Platform.TIKTOK, ids);
        Map<String, Integer> received = rig.sandbox().received(shop, Platform.TIKTOK);
        assertThat(received.values().stream().filter(times -> times == 2)).hasSize(ids.size() - 7);
    }

    /// Meta says how many, not which; a repeat of all would be counted anew by a rule or a tool without dedupe.
    @Test
    void whatMetaAcknowledgedShortIsShownAndNotSentAgain() {
        RigShop shop = rig.openShop();
        rig.sandbox().fault(shop, Platform.META, "short_count", 1, "\"missing\": 3");
        List<String> ids = sendAndSettle(shop);
        assertThat(rig.sums(shop, Platform.META).forwarded()).isEqualTo(ids.size());
        assertThat(rig.sandbox().requests(shop, Platform.META)).hasSize(1);
        assertThat(rig.state(shop, Platform.META).lastError())
                .extracting(LastError::message)
                .asString()
                .contains("fewer events");
    }

    @ParameterizedTest
    @CsvSource({"META", "TIKTOK"})
    void aNameThatDoesNotResolveIsUnreachableAndTheEventsGoOutOnceItDoes(Platform platform) {
        RigShop shop = rig.openShop();
        String token = "sbx_ok_lost" + shop.suffix();
        rig.configure(shop, platform, token, "http://name.invalid");
        List<String> ids = RigEvents.ids("dns", 30);
        rig.send(shop, ids);
        rig.advanceUntil(
                "the failure is known",
                Duration.ofSeconds(1),
                () -> rig.state(shop, platform).lastError() != null);
        assertRemembered(shop, platform, "PLATFORM_UNREACHABLE");
        rig.advance(Duration.ofHours(3));
        rig.awaitRecorded();
        assertThat(rig.sums(shop, platform).retrying()).isEqualTo(ids.size());

        rig.configure(shop, platform, token, rig.sandbox().url());
        rig.advanceUntilSettled(shop, STEP);

        rig.assertForwarded(shop, platform, ids);
        assertThat(rig.sandbox().received(shop, platform).values()).containsOnly(1);
        rig.assertNoTokenInTheLog();
    }

    /// Texts differ, decisions do not.
    @ParameterizedTest
    @CsvSource({
        "META,http_503,2",
        "META,throttle_code,1",
        "META,permission_blip,2",
        "META,unknown_code,2",
        "TIKTOK,http_503,2",
        "TIKTOK,throttle_code,1",
        "TIKTOK,permission_blip,2",
        "TIKTOK,unknown_code,2"
    })
    void textsInAnotherLanguageChangeNoDecision(Platform platform, String fault, int times) {
        RigShop plain = rig.openShop();
        rig.sandbox().fault(plain, platform, fault, times, "");
        List<String> ids = sendAndSettle(plain);
        rig.sandbox().clearFaults();
        RigShop foreign = rig.openShop();
        rig.sandbox().fault(foreign, platform, "localised");
        rig.sandbox().fault(foreign, platform, fault, times, "");
        sendAndSettle(foreign);

        rig.assertForwarded(foreign, platform, ids);
        assertThat(codeOf(foreign, platform)).isEqualTo(codeOf(plain, platform));
        assertThat(rig.receipt(foreign, platform, ids.getFirst()).notes())
                .isEqualTo(rig.receipt(plain, platform, ids.getFirst()).notes());
    }

    private static List<String> sendAndSettle(RigShop shop) {
        List<String> ids = RigEvents.ids("e", 30);
        rig.send(shop, ids);
        rig.advanceUntilSettled(shop, STEP);
        return ids;
    }

    private static void assertRemembered(RigShop shop, Platform platform, String errorCode) {
        if (errorCode != null) {
            assertThat(codeOf(shop, platform)).isEqualTo(errorCode);
        }
    }

    private static String codeOf(RigShop shop, Platform platform) {
        LastError error = rig.state(shop, platform).lastError();
        return error == null ? "" : error.code();
    }
}
