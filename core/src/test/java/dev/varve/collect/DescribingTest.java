package dev.varve.collect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.collect.DescribeOutcome.Described;
import dev.varve.collect.DescribeOutcome.Invalid;
import dev.varve.collect.DescribeOutcome.Nobody;
import dev.varve.collect.DescribeOutcome.RateLimited;
import dev.varve.collect.DescribeOutcome.TooLarge;
import dev.varve.collect.DescribeOutcome.Unauthenticated;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.identity.KnownIds;
import dev.varve.identity.Profiles;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Properties of a user: hashed as in events, and refused with the field, what was expected and what came.
class DescribingTest {
    private static final String EMAIL = "{\"email\":\" Ann@Example.COM \",\"plan\":\"gold\",\"ip\":\"203.0.113.7\"}";

    private final CollectFixture fixture = new CollectFixture();
    private final RememberingProfiles profiles = new RememberingProfiles();
    private final ProfileCollector collector = new ProfileCollector(
            profiles,
            appId -> appId.equals("app_1") ? Optional.of(fixture.app()) : Optional.empty(),
            (appId, events) -> fixture.wait,
            () -> CollectFixture.NOW);

    @Test
    void personalValuesAreHashedAsInEvents() {
        assertThat(describe("{\"app_user_id\":\"u\",\"properties\":" + EMAIL + "}"))
                .isEqualTo(new Described());
        ObjectNode match = profiles.last().match();
        fixture.sdk(CollectFixture.sdkBody("\"properties\":" + EMAIL));
        assertThat(match.path("em")).isEqualTo(fixture.lastDocument().at("/match/em"));
        assertThat(profiles.last().properties())
                .isEqualTo(fixture.lastDocument().path("properties"));
        assertThat(profiles.last().properties().toString()).doesNotContainIgnoringCase("example.com");
        assertThat(profiles.last().at()).isEqualTo(CollectFixture.NOW);
        assertThat(profiles.last().once()).isFalse();
    }

    @Test
    void theSubjectIsThatOfTheUsersEvents() {
        for (String id : java.util.List.of("u-1", "Ann@Example.com", "x".repeat(300))) {
            describe("{\"app_user_id\":\"" + id + "\",\"properties\":{}}");
            fixture.sdk(CollectFixture.sdkBody("\"app_user_id\":\"" + id + "\""));
            assertThat(profiles.seen)
                    .containsKey(new Profiles.Subject(
                            fixture.app().projectId(),
                            Profiles.Subject.Kind.USER,
                            String.valueOf(fixture.stored.getLast().sender().userId())));
        }
    }

    @Test
    void nationalNumbersTakeTheCountryOfTheApp() {
        fixture.defaultCountries = Map.of(Platform.META, "DE", Platform.TIKTOK, "DE");
        describe("{\"app_user_id\":\"u\",\"properties\":{\"phone\":\"0151 23456789\"}}");
        ObjectNode national = profiles.last().match();
        describe("{\"app_user_id\":\"u\",\"properties\":{\"phone\":\"+49 151 23456789\"}}");
        assertThat(national).isEqualTo(profiles.last().match());
        assertThat(national.has("ph")).isTrue();
    }

    @Test
    void timeAndOnceArePassedOnAndAClockAheadCountsAsNow() {
        describe("{\"app_user_id\":\"u\",\"properties\":{},\"timestamp\":\"2026-11-01T00:00:00Z\",\"set_once\":true}");
        assertThat(profiles.last().at()).isEqualTo(Instant.parse("2026-11-01T00:00:00Z"));
        assertThat(profiles.last().once()).isTrue();
        describe("{\"app_user_id\":\"u\",\"properties\":{},\"timestamp\":\"2031-01-01T00:00:00Z\"}");
        assertThat(profiles.last().at()).isEqualTo(CollectFixture.NOW);
    }

    @Test
    void anEmptyUserIsDroppedWithoutAnError() {
        assertThat(describe("{\"app_user_id\":\"\",\"properties\":{}}")).isEqualTo(new Nobody());
        assertThat(profiles.seen).isEmpty();
    }

    @Test
    void everyProblemIsNamedWithWhatWasExpectedAndWhatCame() {
        assertThat(describe("{\"properties\":[],\"timestamp\":\"soon\",\"set_once\":1}"))
                .isInstanceOfSatisfying(Invalid.class, invalid -> {
                    assertThat(invalid.issues())
                            .extracting(CollectOutcome.Issue::path)
                            .containsExactlyInAnyOrder("properties", "timestamp", "set_once", "app_user_id");
                    assertThat(invalid.issues())
                            .allSatisfy(issue -> assertThat(issue.message()).contains("expected", "got"));
                });
        assertThat(describe("{")).isInstanceOf(Invalid.class);
        assertThat(describe("{\"app_user_id\":\"u\",\"app_id\":\"app_2\",\"properties\":{}}"))
                .isInstanceOf(Invalid.class);
        assertThat(profiles.seen).isEmpty();
    }

    @Test
    void limitsHold() {
        assertThat(describe("{\"app_user_id\":\"u\",\"properties\":{\"a\":\"" + "x".repeat(65_536) + "\"}}"))
                .isEqualTo(new TooLarge(65_536));
        assertThat(describe("{\"app_user_id\":\"u\",\"properties\":{" + keys(501) + "}}"))
                .isInstanceOf(Invalid.class);
        assertThat(describe("{\"app_user_id\":\"u\",\"properties\":{" + keys(500) + "}}"))
                .isInstanceOf(Described.class);
        assertThat(describe("{\"app_user_id\":\"u\",\"properties\":{\"a\":" + "[".repeat(20) + "]".repeat(20) + "}}"))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void theAppKeyRulesAreThoseOfEvents() {
        String body = "{\"app_id\":\"app_1\",\"app_user_id\":\"u\",\"properties\":{}}";
        assertThat(describe(null, null, body)).isEqualTo(new Described());
        assertThat(describe("app_1", "ak_wrong", body)).isEqualTo(new Unauthenticated());
        assertThat(describe("app_9", null, body)).isEqualTo(new Unauthenticated());
        assertThat(describe(null, null, "{\"app_user_id\":\"u\",\"properties\":{}}"))
                .isEqualTo(new Unauthenticated());
        fixture.isKeyRequired = true;
        assertThat(describe("app_1", null, body)).isEqualTo(new Unauthenticated());
        assertThat(describe("app_1", "ak_right", body)).isEqualTo(new Described());
    }

    @Test
    void theAllowanceOfTheAppCounts() {
        fixture.wait = Optional.of(Duration.ofSeconds(3));
        assertThat(describe("{\"app_user_id\":\"u\",\"properties\":{}}"))
                .isEqualTo(new RateLimited(Duration.ofSeconds(3)));
        assertThat(profiles.seen).isEmpty();
    }

    @Property(tries = 300)
    void nothingThrowsAndNothingUnreadableIsStored(@ForAll String text) {
        String quoted = CollectFixture.quoted(text);
        assertThat(describe("{\"app_user_id\":" + quoted + ",\"properties\":{" + quoted + ":" + quoted + "}}"))
                .isNotNull();
        assertThat(describe(text)).isNotInstanceOf(Described.class);
    }

    private DescribeOutcome describe(String body) {
        return describe("app_1", null, body);
    }

    private DescribeOutcome describe(@Nullable String appId, @Nullable String key, String body) {
        return collector.describe(new SdkRequest(
                appId, key, false, null, null, RequestOrigin.UNKNOWN, body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String keys(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"k" + i + "\":1").collect(Collectors.joining(","));
    }

    private static final class RememberingProfiles implements Profiles {
        final LinkedHashMap<Subject, Description> seen = new LinkedHashMap<>();

        Description last() {
            return seen.sequencedValues().getLast();
        }

        @Override
        public Map<Subject, KnownIds> find(Set<Subject> subjects, Instant now) {
            return Map.of();
        }

        @Override
        public void remember(Map<Subject, Map<String, KnownIds.Seen>> ids) {
            throw new AssertionError("describing remembers no ids");
        }

        @Override
        public void describe(Subject user, Description description) {
            seen.remove(user);
            seen.put(user, description);
        }
    }
}
