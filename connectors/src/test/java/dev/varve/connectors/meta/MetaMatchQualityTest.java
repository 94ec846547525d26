package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.OCCURRED;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.MatchQuality;
import dev.varve.destination.PreparedEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetaMatchQualityTest {
    @Test
    void aWebsiteEventWithEveryIdentifierScoresTen() {
        MatchQuality quality = quality(
                "website",
                "",
                "em ph external_id fbc fbp client_ip_address client_user_agent" + " fn ln db ge ct st zp country");

        assertThat(quality.score()).isEqualTo(10.0);
        assertThat(quality.missing()).isEmpty();
        assertThat(quality.present())
                .startsWith("em", "ph", "external_id", "fbc", "fbp")
                .hasSize(15);
    }

    @Test
    void anAppEventIsMeasuredByWhatAnAppCanHave() {
        MatchQuality quality = quality(
                "app",
                "'advertiser_tracking_enabled':1",
                "em ph external_id madid anon_id" + " client_ip_address fn ln db ge ct st zp country");

        assertThat(quality.score()).isEqualTo(10.0);
        assertThat(quality.missing()).isEmpty();
    }

    @Test
    void missingIdentifiersAreNamedHeaviestFirst() {
        MatchQuality quality = quality("website", "", "external_id client_ip_address client_user_agent");

        assertThat(quality.score()).isEqualTo(2.0);
        assertThat(quality.present()).containsExactly("external_id", "client_ip_address", "client_user_agent");
        assertThat(quality.missing())
                .isEqualTo(List.of("em", "ph", "fbc", "fbp", "fn", "ln", "db", "ge", "ct", "st", "zp", "country"));
    }

    @Test
    void anAdvertisingIdIsNotAskedForWithoutPermissionNorBrowserIdsInApps() {
        assertThat(quality("app", "'advertiser_tracking_enabled':0", "em").missing())
                .contains("anon_id")
                .doesNotContain("madid", "fbc", "fbp", "client_user_agent");
        assertThat(quality("system_generated", "", "em").missing()).doesNotContain("madid", "anon_id", "fbp");
    }

    @Test
    void nothingScoresNothingAndTooMuchScoresTen() {
        assertThat(quality("website", "", "").score()).isZero();
        assertThat(quality("website", "", "em ph external_id fbc fbp client_ip_address lead_id fb_login_id")
                        .score())
                .isEqualTo(10.0);
    }

    private static MatchQuality quality(String source, String appData, String keys) {
        StringBuilder userData = new StringBuilder();
        for (String key : keys.isEmpty() ? new String[0] : keys.split(" ")) {
            userData.append(userData.isEmpty() ? "" : ",")
                    .append("'")
                    .append(key)
                    .append("':'x'");
        }
        String payload =
                "{'action_source':'" + source + "','user_data':{" + userData + "},'app_data':{" + appData + "}}";
        return MetaMatchQuality.of(new PreparedEvent(
                event("search", "web", document("{}", "{}", "{}"), OCCURRED, false),
                "Search",
                payload.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
                "",
                false,
                List.of()));
    }
}
