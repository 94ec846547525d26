package dev.varve.click;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.click.Clicks.Click;
import dev.varve.event.RequestOrigin;
import dev.varve.identity.InMemoryProfiles;
import dev.varve.identity.KnownIds.Seen;
import dev.varve.identity.Profiles.Subject;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.SdkPlatform;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ClickRelayTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final UUID PROJECT = UUID.randomUUID();
    private static final RequestOrigin ORIGIN = new RequestOrigin("203.0.113.7", "Mozilla");
    private final List<Click> clicks = new ArrayList<>();
    private final InMemoryProfiles profiles = new InMemoryProfiles();
    private Optional<Duration> wait = Optional.empty();
    private Clicks store = clicks::add;

    private Optional<ClickTarget> follow(String query) {
        return new ClickRelay(
                        id -> id.equals("app_1") ? Optional.of(app()) : Optional.empty(),
                        (app, events) -> wait,
                        click -> store.record(click),
                        profiles,
                        () -> NOW)
                .follow("app_1", query, ORIGIN);
    }

    private static IngestApp app() {
        return new IngestApp(
                "app_1",
                PROJECT,
                SdkPlatform.WEB,
                new IngestApp.AppKeyPolicy(new byte[32], true),
                new IngestApp.AppStoreIdentity("Shop", null, null, "shop.example.com", null),
                Map.of(),
                Map.of());
    }

    @Test
    void clickIdsAndUtmOfLinkAndTargetAreRecordedWithTheOrigin() {
        follow("url=https%3A%2F%2Fshop.example.com%2F%3Fttclid%3DT1&fbclid=F1&utm_source=news&email=ann%40example.com");
        assertThat(clicks)
                .containsExactly(new Click(
                        NOW,
                        PROJECT,
                        "app_1",
                        Map.of("fbclid", "F1", "ttclid", "T1"),
                        Map.of("source", "news"),
                        ORIGIN));
    }

    @Test
    void aVisitorWhomTheLinkNamesIsKnownByTheClickAfterwards() {
        follow("url=https://shop.example.com/&fbclid=F1&install_id=i-1");
        Subject install = new Subject(PROJECT, Subject.Kind.INSTALL, "i-1");
        assertThat(profiles.find(Set.of(install), NOW).get(install))
                .satisfies(known -> assertThat(known.ids()).isEqualTo(Map.of("fbclid", new Seen("F1", NOW))));
    }

    @Test
    void nothingIsRecordedOfARefusedTargetNorBeyondTheAllowance() {
        assertThat(follow("url=https://evil.com/&fbclid=F1").orElseThrow()).isInstanceOf(ClickTarget.Refused.class);
        wait = Optional.of(Duration.ofSeconds(1));
        assertThat(follow("url=https://shop.example.com/").orElseThrow()).isInstanceOf(ClickTarget.Allowed.class);
        assertThat(clicks).isEmpty();
    }

    @Test
    void aStoreThatIsAwayKeepsNobodyWaiting() {
        store = _ -> {
            throw new IllegalStateException("away");
        };
        assertThat(follow("url=https://shop.example.com/").orElseThrow()).isInstanceOf(ClickTarget.Allowed.class);
    }
}
