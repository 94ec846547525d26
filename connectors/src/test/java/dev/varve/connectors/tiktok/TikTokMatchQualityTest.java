package dev.varve.connectors.tiktok;

import static dev.varve.connectors.Samples.OCCURRED;
import static dev.varve.connectors.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.MatchQuality;
import dev.varve.destination.PreparedEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TikTokMatchQualityTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "web|email phone external_id ttclid ttp ip user_agent first_name last_name zip_code|10.0",
                "web|email ip user_agent locale country|3.7",
                "web#T1|external_id|1.0",
                "offline|email phone|7.5",
                "crm|external_id|1.0",
                "app|idfa email phone idfv ip user_agent first_name last_name zip_code|10.0",
                "app|gaid email phone ip user_agent first_name last_name zip_code|10.0",
                "app|gaid|4.0"
            })
    void theWeightsOfTheKeysThatAreThereAddUp(String key, String members, double score) {
        assertThat(quality(key, members, "").score()).isEqualTo(score);
    }

    @Test
    void keysComeHeaviestFirstAndWhatIsMissingWouldHelp() {
        MatchQuality quality = quality("web", "user_agent ttp email", "");

        assertThat(quality.present()).containsExactly("email", "ttp", "user_agent");
        assertThat(quality.missing())
                .containsExactly("phone", "ttclid", "external_id", "ip", "first_name", "last_name", "zip_code");
    }

    @Test
    void whatTikTokDoesNotUseWithoutTrackingNeitherCountsNorIsMissed() {
        MatchQuality quality = quality("app", "email idfv ip user_agent", "DENIED");

        assertThat(quality.score()).isEqualTo(2.6);
        assertThat(quality.present()).containsExactly("email", "idfv", "ip", "user_agent");
        assertThat(quality.missing()).containsExactly("first_name", "last_name", "zip_code");
    }

    @Test
    void androidIsNotAskedForAppleIds() {
        assertThat(quality("app", "ip", "NOT_APPLICABLE").missing())
                .contains("gaid")
                .doesNotContain("idfa", "idfv");
        assertThat(quality("app", "idfv", "NOT_APPLICABLE").missing()).contains("idfa");
    }

    @Test
    void aLeadIdCountsMostInACrm() {
        PreparedEvent lead = prepared("crm", "{\"user\":{},\"lead\":{\"lead_id\":\"1\"}}");

        assertThat(TikTokMatchQuality.of(lead).score()).isEqualTo(4.5);
    }

    private static MatchQuality quality(String batchKey, String members, String attStatus) {
        StringBuilder user = new StringBuilder();
        for (String member : members.split(" ")) {
            user.append(user.isEmpty() ? "" : ",").append('"').append(member).append("\":\"x\"");
        }
        String att = attStatus.isEmpty() ? "" : ",\"att_status\":\"" + attStatus + "\"";
        return TikTokMatchQuality.of(prepared(batchKey, "{\"user\":{" + user + att + "}}"));
    }

    private static PreparedEvent prepared(String batchKey, String payload) {
        return new PreparedEvent(
                event("search", "web", "{}", OCCURRED, false),
                "Search",
                payload.getBytes(StandardCharsets.UTF_8),
                batchKey,
                false,
                List.of());
    }
}
