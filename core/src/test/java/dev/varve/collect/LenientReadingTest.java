package dev.varve.collect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.collect.CollectOutcome.Collected;
import dev.varve.event.SenderFacts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// SDKs in the field cannot be mended: of their events nothing is refused but what the contract lists. Null counts as
/// absent, a number as an id is its text, odd words and unknown members are kept.
class LenientReadingTest {
    private final CollectFixture fixture = new CollectFixture();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "event_id",
                "app_id",
                "environment",
                "platform",
                "app_user_id",
                "user_id",
                "install_id",
                "session_id",
                "anonymous_id",
                "group_id",
                "os_version",
                "app_version",
                "device_model",
                "locale",
                "properties",
                "user",
                "consent",
                "idfa",
                "idfv",
                "gaid",
                "att_status",
                "utm_source",
                "gclid",
                "referrer",
                "timezone",
                "country_code",
                "test_event_code",
                "unheard_of"
            })
    void nullCountsAsAbsent(String member) {
        assertAccepted("\"" + member + "\":null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"environment\":7",
                "\"environment\":[]",
                "\"environment\":\"moon\"",
                "\"platform\":true",
                "\"platform\":\"toaster\"",
                "\"app_user_id\":{}",
                "\"user_id\":[1]",
                "\"install_id\":true",
                "\"session_id\":1.5",
                "\"os_version\":18",
                "\"os_version\":{}",
                "\"locale\":[]",
                "\"user\":7",
                "\"user\":{\"email\":{}}",
                "\"user\":{\"email\":[1,2,3,4,5,6,7,8,9,10,11]}",
                "\"user\":{\"zip\":null}",
                "\"consent\":\"yes\"",
                "\"consent\":{\"analytics\":\"no\"}",
                "\"consent\":{\"advertising\":null}",
                "\"att_status\":\"maybe\"",
                "\"utm_source\":{}",
                "\"gclid\":[7]",
                "\"test_event_code\":7",
                "\"actionSource\":7",
                "\"unheard_of\":{\"a\":[null]}"
            })
    void oddValuesAreNoReasonToRefuse(String member) {
        assertAccepted(member);
    }

    @Test
    void aNumberAsAnIdIsItsText() {
        JsonNode document = fixture.sdkDocument("\"app_user_id\":5521,\"install_id\":7,\"session_id\":91,"
                + "\"anonymous_id\":9007199254740993,\"os_version\":18.1");

        SenderFacts sender = fixture.stored.getLast().sender();
        assertThat(sender.userId()).isEqualTo("5521");
        assertThat(sender.installId()).isEqualTo("7");
        assertThat(document.at("/context/anonymousId").asText()).isEqualTo("9007199254740993");
        assertThat(document.at("/context/osVersion").asText()).isEqualTo("18.1");
    }

    @Test
    void anAbsentIdOfTheUserLeavesItToTheOtherOne() {
        fixture.sdkDocument("\"app_user_id\":null,\"user_id\":\"u\"");

        assertThat(fixture.stored.getLast().sender().userId()).isEqualTo("u");
    }

    @Test
    void theEnvelopeIsReadAsKindly() {
        String events = CollectFixture.sdkBody("").substring(1);
        for (String members :
                new String[] {"\"batch_id\":null", "\"batch_id\":7", "\"sent_at\":null", "\"sent_at\":7"}) {
            assertThat(fixture.sdk("{" + members + "," + events)).as(members).isInstanceOf(Collected.class);
        }
    }

    private void assertAccepted(String member) {
        assertThat(fixture.sdk(CollectFixture.sdkBody(member))).isInstanceOfSatisfying(Collected.class, collected -> {
            assertThat(collected.rejected()).isEmpty();
            assertThat(collected.accepted()).isEqualTo(1);
        });
    }
}
