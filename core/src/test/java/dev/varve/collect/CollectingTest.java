package dev.varve.collect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.collect.CollectOutcome.Collected;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CollectingTest {
    private final CollectFixture fixture = new CollectFixture();

    @Test
    void acceptedDuplicateAndRejectedEventsAreCountedApart() {
        String event = "{\"event\":\"a\",\"event_id\":\"1\",\"timestamp\":\"2026-11-04T16:00:00Z\"}";
        CollectOutcome outcome = fixture.sdk("{\"events\":[" + event + "," + event + ",{}]}");
        assertThat(outcome).isInstanceOfSatisfying(Collected.class, collected -> {
            assertThat(collected.accepted()).isEqualTo(1);
            assertThat(collected.duplicates()).isEqualTo(1);
            assertThat(collected.rejected()).hasSize(1);
            assertThat(collected.eventIds()).containsExactly("1", "1", null);
        });
    }

    @Test
    void firstEventThatNamesAnAppNamesThatOfTheBatch() {
        String body = "{\"events\":[{\"event\":\"a\",\"timestamp\":\"2026-11-04T16:00:00Z\"},"
                + "{\"app_id\":\"app_9\",\"app_id\":\"app_1\",\"event\":\"b\",\"timestamp\":\"2026-11-04\"}]}";
        assertThat(fixture.sdk(null, null, body))
                .isInstanceOfSatisfying(Collected.class, collected -> assertThat(collected.accepted())
                        .isEqualTo(2));
    }

    @Test
    void factsOfTheSdkFindTheirPlaces() {
        JsonNode document =
                fixture.sdkDocument("\"os_version\":\"18.1\",\"utm_source\":\"mail\",\"gclid\":\"g\",\"odd\":[1],"
                        + "\"user_id\":\"u\",\"install_id\":\"i\",\"properties\":{\"sandbox_outcome\":\"throttle\"}");
        assertThat(document.get("context").toString())
                .isEqualTo("{\"osVersion\":\"18.1\",\"utm\":{\"source\":\"mail\"},\"clickIds\":{\"gclid\":\"g\"},"
                        + "\"sdkVersion\":\"ios/4.1\",\"extra\":{\"odd\":[1]}}");
        assertThat(document.at("/properties/sandbox_outcome").asText()).isEqualTo("throttle");
        Event event = fixture.stored.getLast();
        assertThat(event.sender().environment()).isEqualTo("production");
        assertThat(event.sender().platform()).isEqualTo("ios");
        assertThat(event.sender().userId()).isEqualTo("u");
        assertThat(event.identity().eventId()).hasSize(36);
        assertThat(document.at("/match/external_id")).hasSize(2);
    }

    @Test
    void mostRestrictiveConsentCounts() {
        fixture.sdkDocument("\"consent\":{\"advertising\":true},\"properties\":{\"consent_advertising\":false}");
        assertThat(fixture.stored.getLast().consent()).isEqualTo(new Consent(null, false));
        CollectOutcome denied = fixture.sdk(CollectFixture.sdkBody("\"consent\":{\"analytics\":false}"));
        assertThat(denied).isInstanceOfSatisfying(Collected.class, collected -> {
            assertThat(collected.accepted()).isZero();
            assertThat(collected.rejected().getFirst().code()).isEqualTo("CONSENT_DENIED");
        });
    }

    @Test
    void wrongDeviceClockIsSetRight() {
        fixture.sdk("{\"events\":[{\"event\":\"a\",\"timestamp\":\"2020-01-01T00:00:00\"}],"
                + "\"sent_at\":\"2020-01-01T00:00:10Z\"}");
        assertThat(fixture.stored.getLast().occurredAt()).isEqualTo(CollectFixture.NOW.minusSeconds(10));
        assertThat(fixture.lastDocument().at("/notes/0").asText()).isEqualTo("clockAdjusted");
        assertThat(fixture.lastDocument().at("/context/clientTimestamp").asText())
                .isEqualTo("2020-01-01T00:00:00");
    }

    @Test
    void farFutureBecomesTheArrivalAndFarPastStays() {
        fixture.sdk(
                "{\"events\":[{\"event\":\"a\",\"timestamp\":\"9999-12-31T23:59:59Z\"},"
                        + "{\"event\":\"b\",\"timestamp\":\"0001-01-01T00:00:00+18:00\"}],\"sent_at\":\"2026-11-04T16:02:49Z\"}");
        assertThat(fixture.stored.getFirst().occurredAt()).isEqualTo(CollectFixture.NOW);
        assertThat(fixture.stored.getLast().occurredAt()).isEqualTo(Instant.parse("0001-01-01T00:00:00Z"));
    }

    @Test
    void serversAreToldOfEveryWrongField() {
        assertThat(serverRejection("\"occurredAt\":\"2026-11-04T16:00:00\"")).isEqualTo("occurredAt: no time zone");
        assertThat(serverRejection("\"occurredAt\":\"2026-11-04T17:00:00Z\"")).startsWith("occurredAt: ");
        assertThat(serverRejection("\"occurredAt\":\"2024-11-04T17:00:00Z\"")).startsWith("occurredAt: ");
        assertThat(serverRejection("\"appUserId\":\"" + "x".repeat(257) + "\"")).startsWith("appUserId: ");
        assertThat(serverRejection("\"user\":{\"email\":{}}")).startsWith("user.email: ");
        assertThat(serverRejection("\"user\":{\"email\":[" + "\"a\",".repeat(10) + "\"b\"]}"))
                .contains("10", "11");
        assertThat(serverRejection("\"actionSource\":\"moon\"")).startsWith("actionSource: ");
        assertThat(serverRejection("\"limitedDataUse\":1")).startsWith("limitedDataUse: ");
        assertThat(serverRejection("\"context\":[]")).startsWith("context: ");
        assertThat(serverRejection("\"consent\":{\"analytics\":\"no\"}")).startsWith("consent.analytics: ");
    }

    @Test
    void optionsOfServersStandInTheDocument() {
        fixture.server(
                "{\"events\":[{\"name\":\"a\",\"occurredAt\":\"2026-11-04T16:00:00Z\",\"actionSource\":\"website\","
                        + "\"limitedDataUse\":{\"country\":1,\"state\":1000},\"context\":{\"app\":{\"build\":\"7\"}}}],"
                        + "\"testEventCode\":{\"meta\":\"TEST1\"}}");
        assertThat(fixture.lastDocument().toString())
                .isEqualTo("{\"properties\":{},\"context\":{\"app\":{\"build\":\"7\"}},\"actionSource\":\"website\","
                        + "\"limitedDataUse\":{\"country\":1,\"state\":1000},\"testEventCode\":{\"meta\":\"TEST1\"}}");
        assertThat(fixture.stored.getLast().sender().platform()).isEqualTo("node");
    }

    @Test
    void onlyProbesMayAskForTestEvents() {
        String body = CollectFixture.sdkBody("\"test_event_code\":{\"tiktok\":\"T\"}");
        fixture.sdk(body);
        assertThat(fixture.lastDocument().has("testEventCode")).isFalse();
        fixture.probe(body);
        assertThat(fixture.lastDocument().at("/testEventCode/tiktok").asText()).isEqualTo("T");
        assertThat(fixture.stored.getLast().synthetic()).isTrue();
    }

    @Test
    void nothingIsStoredBeyondTheAllowance() {
        fixture.wait = Optional.of(Duration.ofSeconds(3));
        assertThat(fixture.sdk(CollectFixture.sdkBody("")))
                .isEqualTo(new CollectOutcome.RateLimited(Duration.ofSeconds(3)));
        assertThat(fixture.stored).isEmpty();
    }

    private String serverRejection(String members) {
        CollectOutcome outcome = fixture.server(CollectFixture.serverBody(members));
        assertThat(outcome).isInstanceOf(CollectOutcome.Invalid.class);
        return ((CollectOutcome.Invalid) outcome).rejected().getFirst().message();
    }
}
