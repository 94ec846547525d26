package dev.varve.collect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.collect.CollectOutcome.Collected;
import dev.varve.event.Consent;
import dev.varve.event.RequestOrigin;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What people put on record decides what ingest stores, whatever the events say.
class StoredConsentTest {
    private static final String ADVERTISING_ID = "\"idfa\":\"6D92078A-8246-4BA4-AE5B-76104861E7DC\"";
    private final CollectFixture fixture = new CollectFixture();
    private final ConsentCollector collector = new ConsentCollector(
            fixture.consents,
            id -> id.equals("app_1") ? java.util.Optional.of(fixture.app()) : java.util.Optional.empty(),
            (app, events) -> fixture.wait,
            () -> CollectFixture.NOW);

    private DescribeOutcome state(String body) {
        return collector.state(new SdkRequest(
                "app_1", null, false, null, null, RequestOrigin.UNKNOWN, body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void analyticsDeniedOnRecordKeepsTheUsersEventsOut() {
        state("{\"app_user_id\":\"u-1\",\"analytics\":false}");
        CollectOutcome outcome = fixture.sdk(CollectFixture.sdkBody("\"app_user_id\":\"u-1\""));
        assertThat(outcome).isInstanceOfSatisfying(Collected.class, collected -> {
            assertThat(collected.accepted()).isZero();
            assertThat(collected.rejected().getFirst().code()).isEqualTo("CONSENT_DENIED");
        });
        assertThat(fixture.stored).isEmpty();
        fixture.sdk(CollectFixture.sdkBody("\"app_user_id\":\"u-2\",\"install_id\":\"u-1\""));
        assertThat(fixture.stored).hasSize(1);
    }

    @Test
    void theInstallsRecordCountsToo() {
        state("{\"install_id\":\"i-1\",\"analytics\":false}");
        fixture.sdk(CollectFixture.sdkBody("\"install_id\":\"i-1\",\"consent\":{\"analytics\":true}"));
        fixture.server(CollectFixture.serverBody("\"context\":{\"installId\":\"i-1\"}"));
        assertThat(fixture.stored).isEmpty();
    }

    @Test
    void aUserNamedByAnEmailAddressIsTheSameInRecordAndEvent() {
        state("{\"app_user_id\":\"ann@example.com\",\"analytics\":false}");
        fixture.sdk(CollectFixture.sdkBody("\"app_user_id\":\"ann@example.com\""));
        assertThat(fixture.stored).isEmpty();
    }

    @Test
    void aLaterGrantLetsEventsInAgainAndAnOlderOneDoesNot() {
        state("{\"app_user_id\":\"u-1\",\"analytics\":false,\"timestamp\":\"2026-11-04T10:00:00Z\"}");
        state("{\"app_user_id\":\"u-1\",\"analytics\":true,\"timestamp\":\"2026-11-04T09:00:00Z\"}");
        fixture.sdk(CollectFixture.sdkBody("\"app_user_id\":\"u-1\""));
        assertThat(fixture.stored).isEmpty();
        state("{\"app_user_id\":\"u-1\",\"analytics\":true,\"timestamp\":\"2026-11-04T11:00:00Z\"}");
        fixture.sdk(CollectFixture.sdkBody("\"app_user_id\":\"u-1\""));
        assertThat(fixture.stored).hasSize(1);
    }

    @Test
    void trackingDeniedOnRecordKeepsTheAdvertisingIdOut() {
        String event = "\"install_id\":\"i-1\",\"platform\":\"ios\",\"att_status\":\"authorized\"," + ADVERTISING_ID;
        assertThat(fixture.sdkDocument(event).at("/match/idfa").asText()).isNotEmpty();
        state("{\"install_id\":\"i-1\",\"att_status\":\"restricted\"}");
        JsonNode document = fixture.sdkDocument(event);
        assertThat(document.toString()).doesNotContainIgnoringCase("6D92078A").contains("attStatus");
    }

    @Test
    void aDraftHasTheStricterOfWhatItStatesAndWhatIsOnRecord() {
        state("{\"app_user_id\":\"u-1\",\"advertising\":false}");
        state("{\"install_id\":\"i-1\",\"analytics\":false}");
        state("{\"install_id\":\"i-2\",\"advertising\":false}");
        assertThat(drafted("\"context\":{\"installId\":\"i-2\"}")).isEqualTo(new Consent(null, false));
        assertThat(drafted("\"appUserId\":\"u-1\"")).isEqualTo(new Consent(null, false));
        assertThat(drafted("\"appUserId\":\"u-1\",\"consent\":{\"advertising\":true}"))
                .isEqualTo(new Consent(null, false));
        assertThat(drafted("\"appUserId\":\"u-2\",\"properties\":{\"consent_advertising\":false}"))
                .isEqualTo(new Consent(null, false));
        assertThat(drafted("\"appUserId\":\"u-2\"")).isEqualTo(Consent.UNSTATED);
        assertThat(fixture.draft(CollectFixture.serverBody("\"context\":{\"installId\":\"i-1\"}")))
                .isInstanceOf(DraftOutcome.Unconsented.class);
    }

    private Consent drafted(String members) {
        return fixture.draft(CollectFixture.serverBody(members)) instanceof DraftOutcome.Drafted(var event)
                ? event.consent()
                : new Consent(false, false);
    }

    @Test
    void whatIsWrongIsNamedAllAtOnce() {
        DescribeOutcome outcome = state("{\"analytics\":\"no\",\"att_status\":\"maybe\",\"timestamp\":7}");
        assertThat(outcome)
                .isInstanceOfSatisfying(DescribeOutcome.Invalid.class, invalid -> assertThat(invalid.issues())
                        .extracting(CollectOutcome.Issue::path)
                        .containsExactly("analytics", "att_status", "timestamp", "app_user_id"));
        assertThat(state("[]")).isInstanceOf(DescribeOutcome.Invalid.class);
        assertThat(state("{\"app_user_id\":\"u\"} x")).isInstanceOf(DescribeOutcome.Invalid.class);
        assertThat(state("{\"app_user_id\":\"u\",\"app_id\":\"app_2\"}")).isInstanceOf(DescribeOutcome.Invalid.class);
    }

    @Test
    void anUnknownAppAndAWrongKeyAreRefusedAlike() {
        byte[] body = "{\"app_user_id\":\"u\",\"app_id\":\"app_9\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(collector.state(new SdkRequest(null, null, false, null, null, RequestOrigin.UNKNOWN, body)))
                .isInstanceOf(DescribeOutcome.Unauthenticated.class);
        assertThat(collector.state(new SdkRequest("app_1", "ak_wrong", false, null, null, RequestOrigin.UNKNOWN, body)))
                .isInstanceOf(DescribeOutcome.Unauthenticated.class);
    }
}
