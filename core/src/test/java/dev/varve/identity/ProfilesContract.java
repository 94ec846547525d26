package dev.varve.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.identity.KnownIds.Seen;
import dev.varve.identity.Profiles.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What every store of profiles must do.
public abstract class ProfilesContract {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final JsonMapper JSON = new JsonMapper();
    private final UUID project = UUID.randomUUID();
    private final Subject user = new Subject(project, Subject.Kind.USER, "u-1");
    private final Subject install = new Subject(project, Subject.Kind.INSTALL, "u-1");

    protected abstract Profiles profiles();

    /// The stored properties of a user.
    protected abstract ObjectNode properties(Subject user);

    @Test
    void nobodyIsKnownAtFirst() {
        assertThat(profiles().find(Set.of(user, install), NOW)).isEmpty();
        assertThat(profiles().find(Set.of(), NOW)).isEmpty();
    }

    @Test
    void idsComeBackForTheirSubjectOnly() {
        profiles().remember(Map.of(user, Map.of("fbclid", seen("a", 0), "ttp", seen("t", 1))));
        profiles().remember(Map.of(install, Map.of("fbclid", seen("b", 0))));
        Subject other = new Subject(UUID.randomUUID(), Subject.Kind.USER, "u-1");
        Map<Subject, KnownIds> found = profiles().find(Set.of(user, install, other), NOW);
        assertThat(found).containsOnlyKeys(user, install);
        assertThat(of(found, user).ids()).isEqualTo(Map.of("fbclid", seen("a", 0), "ttp", seen("t", 1)));
        assertThat(of(found, install).ids()).isEqualTo(Map.of("fbclid", seen("b", 0)));
    }

    @Test
    void theValueSeenLaterWinsWhicheverComesFirst() {
        remember("fbclid", seen("old", 10));
        remember("fbclid", seen("new", 20));
        assertThat(known("fbclid")).isEqualTo(seen("new", 20));
        remember("fbclid", seen("late", 15));
        assertThat(known("fbclid")).isEqualTo(seen("new", 20));
    }

    @Test
    void theSameValueKeepsItsEarliestTime() {
        remember("fbclid", seen("a", 10));
        remember("fbclid", seen("a", 20));
        assertThat(known("fbclid")).isEqualTo(seen("a", 10));
        remember("fbclid", seen("a", 5));
        assertThat(known("fbclid")).isEqualTo(seen("a", 5));
    }

    @Test
    void idsFirstSeenTooLongAgoAreLeftOut() {
        remember("fbclid", new Seen("a", NOW.minus(KnownIds.LIFETIME)));
        assertThat(profiles().find(Set.of(user), NOW)).containsKey(user);
        assertThat(profiles().find(Set.of(user), NOW.plusMillis(1))).isEmpty();
    }

    @Test
    void whatAStoreCannotHoldStopsNobody() {
        profiles().remember(Map.of(user, Map.of("fbclid", new Seen("a\0b", Instant.MIN), "ttp", seen("t", 0))));
        describe("{\"n\\u0000\":\"a\\u0000b\",\"big\":1e99999,\"exact\":1.10}", "{}", 0, false);
        assertThat(known("ttp")).isEqualTo(seen("t", 0));
        assertThat(properties(user).path("big").decimalValue()).isEqualTo("1e99999");
    }

    @Test
    void aProfilesMatchingFieldsComeBackWithTheIds() {
        describe("{\"email\":\"sha256:x\"}", "{\"em\":[\"x\"]}", 0, false);
        remember("fbclid", seen("a", 0));
        KnownIds known = of(profiles().find(Set.of(user, install), NOW), user);
        assertThat(known.profile()).isEqualTo(json("{\"em\":[\"x\"]}"));
        assertThat(known.ids()).containsOnlyKeys("fbclid");
        assertThat(profiles().find(Set.of(install), NOW)).isEmpty();
    }

    @Test
    void perMemberTheLaterStatementWins() {
        describe("{\"plan\":\"pro\",\"age\":1}", "{\"em\":[\"b\"]}", 20, false);
        describe("{\"plan\":\"free\",\"city\":\"x\"}", "{\"em\":[\"a\"],\"ph\":[\"1\"]}", 10, false);
        assertThat(properties(user)).isEqualTo(json("{\"plan\":\"pro\",\"age\":1,\"city\":\"x\"}"));
        assertThat(match()).isEqualTo(json("{\"em\":[\"b\"],\"ph\":[\"1\"]}"));
        describe("{\"plan\":null}", "{}", 20, false);
        assertThat(properties(user).get("plan").isNull()).isTrue();
    }

    @Test
    void onceWritesOnlyWhatIsNotThere() {
        describe("{\"source\":\"ad\"}", "{\"em\":[\"a\"]}", 10, true);
        describe("{\"source\":\"mail\",\"first\":2}", "{\"em\":[\"b\"]}", 20, true);
        assertThat(properties(user)).isEqualTo(json("{\"source\":\"ad\",\"first\":2}"));
        assertThat(match()).isEqualTo(json("{\"em\":[\"a\"]}"));
    }

    @Test
    void tiktoksFormOfAnOldValueDoesNotOutliveIt() {
        describe("{}", "{\"ph\":[\"1\"],\"tt_phone\":[\"2\"],\"fn\":[\"1\"],\"tt_fn\":[\"2\"]}", 10, false);
        describe("{}", "{\"ph\":[\"3\"],\"fn\":[\"4\"],\"tt_fn\":[\"5\"]}", 20, false);
        assertThat(match()).isEqualTo(json("{\"ph\":[\"3\"],\"fn\":[\"4\"],\"tt_fn\":[\"5\"]}"));
    }

    @Test
    void aProfileHoldsFiveHundredPropertiesWhichStillChange() {
        ObjectNode many = JSON.createObjectNode();
        for (int i = 0; i < 499; i++) {
            many.put("p" + i, i);
        }
        describe(many.toString(), "{}", 0, false);
        describe("{\"last\":1,\"beyond\":1,\"p7\":\"changed\"}", "{}", 1, false);
        assertThat(properties(user).size()).isEqualTo(500);
        assertThat(properties(user).has("last")).isTrue();
        assertThat(properties(user).path("p7").asText()).isEqualTo("changed");
    }

    @Test
    void manyWritersLoseNothingAndNeverBlockEachOther() throws Exception {
        List<Subject> subjects = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            subjects.add(new Subject(project, Subject.Kind.INSTALL, "i-" + i));
        }
        try (ExecutorService writers = Executors.newFixedThreadPool(4)) {
            List<Future<?>> written = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int round = i;
                written.add(writers.submit(() -> {
                    Map<Subject, Map<String, Seen>> seen = new HashMap<>();
                    subjects.forEach(s -> seen.put(s, Map.of("fbclid", seen("v" + round, round))));
                    profiles().remember(seen);
                    describe("{\"k" + round + "\":1}", "{}", round, false);
                }));
            }
            for (Future<?> each : written) {
                each.get();
            }
        }
        Map<Subject, KnownIds> found = profiles().find(Set.copyOf(subjects), NOW);
        assertThat(subjects)
                .allSatisfy(s -> assertThat(of(found, s).ids().get("fbclid")).isEqualTo(seen("v39", 39)));
        assertThat(properties(user).size()).isEqualTo(40);
    }

    private static KnownIds of(Map<Subject, KnownIds> found, Subject subject) {
        return Objects.requireNonNull(found.get(subject));
    }

    private static Seen seen(String value, int second) {
        return new Seen(value, NOW.minus(Duration.ofDays(1)).plusSeconds(second));
    }

    private void remember(String name, Seen seen) {
        profiles().remember(Map.of(user, Map.of(name, seen)));
    }

    private Seen known(String name) {
        return Objects.requireNonNull(
                of(profiles().find(Set.of(user), NOW), user).ids().get(name));
    }

    private ObjectNode match() {
        return of(profiles().find(Set.of(user), NOW), user).profile();
    }

    private void describe(String properties, String match, int second, boolean once) {
        profiles()
                .describe(user, new Profiles.Description(json(properties), json(match), NOW.plusSeconds(second), once));
    }

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) JSON.reader()
                    .with(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
