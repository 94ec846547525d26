package dev.varve.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.identity.KnownIds.Seen;
import dev.varve.identity.Profiles.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// How what is known of a person grows, and what of it an event may have.
class KnownIdsProperties {
    private static final Instant T0 = Instant.parse("2026-11-04T12:00:00Z");

    @Provide
    Arbitrary<KnownIds> known() {
        Arbitrary<Seen> seen = Combinators.combine(
                        Arbitraries.of("a", "b", "c"), Arbitraries.integers().between(-200, 200))
                .as((value, day) -> new Seen(value, T0.plusSeconds(86_400L * day)));
        return Arbitraries.maps(Arbitraries.of("fbclid", "ttclid", "ttp"), seen).map(KnownIds::of);
    }

    @Property
    void ofDifferentValuesTheLaterWinsAndTheSameKeepsItsEarliestTime(
            @ForAll("known") KnownIds one, @ForAll("known") KnownIds other) {
        Map<String, Seen> both = one.merge(other).ids();
        assertThat(both.keySet())
                .containsAll(one.ids().keySet())
                .containsAll(other.ids().keySet());
        both.forEach((name, winner) -> {
            Seen mine = one.ids().getOrDefault(name, winner);
            Seen theirs = other.ids().getOrDefault(name, winner);
            assertThat(winner).isIn(mine, theirs);
            Seen loser = winner.equals(mine) ? theirs : mine;
            if (loser.value().equals(winner.value())) {
                assertThat(winner.firstAt()).isBeforeOrEqualTo(loser.firstAt());
            } else {
                assertThat(winner.firstAt()).isAfterOrEqualTo(loser.firstAt());
            }
        });
    }

    @Property
    void mergingTheSameAgainChangesNothing(@ForAll("known") KnownIds one, @ForAll("known") KnownIds other) {
        KnownIds both = one.merge(other);
        assertThat(both.merge(other)).isEqualTo(both);
        assertThat(both.merge(both)).isEqualTo(both);
        assertThat(one.merge(KnownIds.NONE)).isEqualTo(one);
        assertThat(KnownIds.NONE.merge(one)).isEqualTo(one);
    }

    @Property
    void anEventGetsWhatWasSeenInThe90DaysBeforeIt(@ForAll("known") KnownIds known) {
        Map<String, Seen> carried = known.asOf(T0).ids();
        known.ids().forEach((name, seen) -> assertThat(carried.containsKey(name))
                .isEqualTo(!seen.firstAt().isAfter(T0) && !seen.firstAt().isBefore(T0.minus(KnownIds.LIFETIME))));
    }

    @Example
    void oneClickInTwoFormsOfItsCookieIsOneClick() {
        Seen given = new Seen("fb.1.1700000000000.click", T0);
        Seen withAppendix = new Seen("fb.1.1700000000000.click.AQ", T0.plusSeconds(1));
        KnownIds both = KnownIds.of(Map.of("fbc", given)).merge(KnownIds.of(Map.of("fbc", withAppendix)));
        assertThat(both.ids().get("fbc")).isEqualTo(given);
        Seen other = new Seen("fb.1.1700000000000.other", T0.plusSeconds(1));
        assertThat(both.merge(KnownIds.of(Map.of("fbc", other))).ids().get("fbc"))
                .isEqualTo(other);
    }

    @Example
    void profilesAreJoinedWithoutChangingEither() {
        ObjectNode mine = JsonNodeFactory.instance.objectNode().put("em", "mine");
        ObjectNode theirs =
                JsonNodeFactory.instance.objectNode().put("em", "theirs").put("ph", "p");
        KnownIds both = new KnownIds(Map.of(), mine).merge(new KnownIds(Map.of(), theirs));
        assertThat(both.profile().path("em").textValue()).isEqualTo("mine");
        assertThat(both.profile().path("ph").textValue()).isEqualTo("p");
        assertThat(mine.size()).isEqualTo(1);
        assertThat(theirs.path("em").textValue()).isEqualTo("theirs");
    }

    @Property
    void theQuickLookNeverMissesWhatTheDocumentBrings(
            @ForAll("match") Map<String, String> match, @ForAll boolean spaced) throws IOException {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.putObject("properties").put("x", "é\"");
        ObjectNode member = document.putObject("match");
        match.forEach(member::put);
        String text = spaced ? document.toPrettyString() : document.toString();
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        Map<String, Seen> own = OwnIds.of(new JsonMapper().readTree(json), T0);
        assertThat(OwnIds.mayBeIn(json)).isEqualTo(!own.isEmpty());
        assertThat(own.keySet()).isSubsetOf("fbclid", "fbc", "fbp", "ttclid", "ttp");
    }

    @Provide
    Arbitrary<Map<String, String>> match() {
        return Arbitraries.maps(
                Arbitraries.of("fbclid", "fbc", "fbp", "ttclid", "ttp", "tt_phone", "fb_login_id", "em"),
                Arbitraries.strings().alpha().ofMinLength(1));
    }

    @Property
    void theQuickLookCopesWithAnyBytes(@ForAll byte[] bytes) {
        OwnIds.mayBeIn(bytes);
    }

    @Example
    void anIdGoesOverASharedInstallToTheUserAndOnlyWhatIsNewIsTold() {
        Subject install = new Subject(new UUID(1, 1), Subject.Kind.INSTALL, "i");
        Subject user = new Subject(new UUID(1, 1), Subject.Kind.USER, "u");
        Seen click = new Seen("c", T0);
        Acquaintances known = new Acquaintances(Map.of(install, KnownIds.of(Map.of("fbclid", click))));
        Set<Subject> login = Set.of(install, user);
        known.learn(login, known.of(login, T0.plusSeconds(1)).ids());
        assertThat(known.of(List.of(user), T0.plusSeconds(2)).ids()).isEqualTo(Map.of("fbclid", click));
        assertThat(known.of(List.of(user), T0.minusSeconds(1)).ids()).isEmpty();
        assertThat(known.news()).isEqualTo(Map.of(user, Map.of("fbclid", click)));
    }
}
