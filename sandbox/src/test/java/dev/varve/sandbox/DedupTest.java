package dev.varve.sandbox;

import static dev.varve.sandbox.SandboxClient.CODE;
import static dev.varve.sandbox.SandboxClient.PIXEL;
import static dev.varve.sandbox.SandboxClient.metaEvent;
import static dev.varve.sandbox.SandboxClient.tiktokBody;
import static dev.varve.sandbox.SandboxClient.tiktokEvent;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DedupTest {
    private final SandboxClient sandbox = SandboxClient.frozen();

    @AfterEach
    void close() {
        sandbox.close();
    }

    private List<String> verdicts() throws Exception {
        return StreamSupport.stream(sandbox.storedEvents().spliterator(), false)
                .map(event -> event.path("verdict").asText())
                .toList();
    }

    private void browser(String json) throws Exception {
        assertThat(sandbox.post("/__sim/browser-event", json).status()).isEqualTo(200);
    }

    private static String metaBrowser(String more) {
        return "{\"platform\":\"meta\",\"pixelId\":\"" + PIXEL + "\",\"eventName\":\"AddToCart\"," + more + "}";
    }

    @Test
    void metaAcknowledgesARepeatWithinTwoDaysWithoutCountingIt() throws Exception {
        sandbox.metaEvents(metaEvent("a"));
        assertThat(sandbox.metaEvents(metaEvent("a"))
                        .json()
                        .path("events_received")
                        .asInt())
                .isEqualTo(1);
        assertThat(verdicts()).containsExactly("counted", "duplicate");
    }

    @Test
    void metaCountsAgainAfterTwoDaysOrUnderAnotherName() throws Exception {
        sandbox.metaEvents(metaEvent("a"), metaEvent("Lead", "a", ""));
        sandbox.advance(Duration.ofHours(49));
        sandbox.metaEvents(metaEvent("a"));
        assertThat(verdicts()).containsExactly("counted", "counted", "counted");
    }

    @Test
    void metaServerDedupCanBeSwitchedOff() throws Exception {
        sandbox.switches("{\"meta\":{\"serverDedup\":false}}");
        sandbox.metaEvents(metaEvent("a"), metaEvent("a"));
        assertThat(verdicts()).containsExactly("counted", "counted");
    }

    @Test
    void metaPrefersTheBrowserWithinFiveMinutes() throws Exception {
        sandbox.metaEvents(metaEvent("a"));
        sandbox.advance(Duration.ofMinutes(4));
        browser(metaBrowser("\"eventId\":\"a\""));
        assertThat(verdicts()).containsExactly("replaced_by_browser", "counted");
    }

    @Test
    void metaKeepsTheFirstAfterFiveMinutes() throws Exception {
        sandbox.metaEvents(metaEvent("a"));
        sandbox.advance(Duration.ofMinutes(6));
        browser(metaBrowser("\"eventId\":\"a\""));
        assertThat(verdicts()).containsExactly("counted", "duplicate");
    }

    @Test
    void metaMatchesAnIdlessServerEventOnlyWhenTheBrowserCameFirst() throws Exception {
        String idless = metaEvent("x")
                .replace("\"event_id\":\"x\",", "")
                .replace("\"user_data\":{", "\"user_data\":{\"fbp\":\"fb.1.2.3\",");
        sandbox.metaEvents(idless);
        sandbox.metaEvents(idless);
        browser(metaBrowser("\"fbp\":\"fb.1.2.3\""));
        sandbox.metaEvents(idless);
        assertThat(verdicts()).containsExactly("counted", "counted", "counted", "duplicate");
    }

    @Test
    void tiktokMergesWithinFiveMinutesAndDiscardsAfterwards() throws Exception {
        sandbox.tiktokEvents(tiktokEvent("a"));
        sandbox.tiktokEvents(tiktokEvent("AddToCart", "a", ",\"properties\":{\"value\":7}"));
        sandbox.advance(Duration.ofMinutes(6));
        sandbox.tiktokEvents(tiktokEvent("a"));
        sandbox.advance(Duration.ofHours(48));
        sandbox.tiktokEvents(tiktokEvent("a"));
        assertThat(verdicts()).containsExactly("counted", "merged", "duplicate", "counted");
        JsonNode first = sandbox.storedEvents().path(0);
        assertThat(first.at("/payload/properties/value").asInt()).isEqualTo(7);
    }

    @Test
    void tiktokMatchesByBrowserCookieForFiveMinutes() throws Exception {
        browser("{\"platform\":\"tiktok\",\"pixelId\":\"" + CODE
                + "\",\"eventName\":\"AddToCart\",\"ttp\":\"cookie\"}");
        String idless = tiktokEvent("x")
                .replace("\"event_id\":\"x\",", "")
                .replace("\"user\":{", "\"user\":{\"ttp\":\"cookie\",");
        sandbox.tiktokEvents(idless);
        sandbox.advance(Duration.ofMinutes(6));
        sandbox.tiktokEvents(idless);
        assertThat(verdicts()).containsExactly("counted", "duplicate", "counted");
    }

    @Test
    void testEventsAreRealOnMetaAndApartOnTiktok() throws Exception {
        sandbox.meta("sbx_ok", "{\"test_event_code\":\"TEST1\",\"data\":[" + metaEvent("a") + "]}");
        sandbox.tiktok(
                "sbx_ok", tiktokBody("web", tiktokEvent("b")).replaceFirst("\\{", "{\"test_event_code\":\"TEST2\","));
        assertThat(sandbox.storedEvents()).hasSize(1);
        assertThat(sandbox.get("/__sim/test-events?code=TEST1").json().path("items"))
                .hasSize(1);
        assertThat(sandbox.get("/__sim/test-events?code=TEST2").json().path("items"))
                .hasSize(1);
    }
}
