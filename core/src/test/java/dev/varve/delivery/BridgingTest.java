package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Destination;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.Platform;
import dev.varve.event.SenderFacts;
import dev.varve.identity.KnownIds;
import dev.varve.identity.KnownIds.Seen;
import dev.varve.identity.Profiles;
import dev.varve.identity.Profiles.Subject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Click ids reach later events of the same install or user, whichever way they come.
class BridgingTest {
    private static final Instant T0 =
            Instant.now().truncatedTo(ChronoUnit.MILLIS).minusSeconds(600);
    private static final String CLICK = "{\"fbclid\":\"click-1\"}";
    private static final String NOTHING = "{}";
    private final RelayWorld world = new RelayWorld();

    @AfterEach
    void close() {
        world.close();
    }

    private static Event event(String id, @Nullable String user, @Nullable String install, int second, String match) {
        return RelayWorld.event(id, user, install, T0.plusSeconds(second), match);
    }

    private Map<String, Seen> carriedTo(String eventId) {
        return world.meta.known.getOrDefault(eventId, KnownIds.NONE).ids();
    }

    private static Map<String, Seen> click(int second) {
        return Map.of("fbclid", new Seen("click-1", T0.plusSeconds(second)));
    }

    private static Subject user(String id) {
        return new Subject(DeliveryFixtures.PROJECT, Subject.Kind.USER, id);
    }

    @Test
    void fromInstallOverLoginToAPurchaseOfTheServerInOneGroup() {
        world.start();
        world.append(
                event("install", null, "i-1", 0, CLICK),
                event("login", "u-1", "i-1", 1, NOTHING),
                event("purchase", "u-1", null, 2, NOTHING),
                event("stranger", "u-2", null, 3, NOTHING));
        world.untilSettled(4);
        assertThat(carriedTo("install")).isEmpty();
        assertThat(carriedTo("login")).isEqualTo(click(0));
        assertThat(carriedTo("purchase")).isEqualTo(click(0));
        assertThat(carriedTo("stranger")).isEmpty();
    }

    @Test
    void fromGroupToGroupAndAcrossARestart() {
        world.start();
        world.append(event("install", null, "i-1", 0, CLICK));
        world.untilSettled(1);
        world.append(event("login", "u-1", "i-1", 1, NOTHING));
        world.untilSettled(2);
        world.restart();
        world.append(event("purchase", "u-1", null, 2, NOTHING));
        world.untilSettled(3);
        assertThat(carriedTo("purchase")).isEqualTo(click(0));
    }

    @Test
    void aClickThatCameLaterIsNotCarriedToAnEarlierEventWhateverTheirOrderInTheGroup() {
        world.start();
        world.append(
                event("after", null, "i-1", 20, NOTHING),
                event("click", null, "i-1", 10, CLICK),
                event("before", null, "i-1", 0, NOTHING));
        world.untilSettled(3);
        assertThat(carriedTo("after")).isEqualTo(click(10));
        assertThat(carriedTo("before")).isEmpty();
    }

    @Test
    void oneLookUpAndAtMostOneWritePerGroupAndNoneWhenNothingIsNew() {
        world.start();
        world.append(event("a", "u-1", "i-1", 0, CLICK), event("b", "u-1", "i-1", 1, CLICK));
        world.untilSettled(2);
        assertThat(world.profiles.finds()).isEqualTo(1);
        assertThat(world.profiles.remembers()).isEqualTo(1);
        world.append(event("c", "u-1", "i-1", 2, CLICK));
        world.untilSettled(3);
        assertThat(world.profiles.finds()).isEqualTo(2);
        assertThat(world.profiles.remembers()).isEqualTo(1);
    }

    @Test
    void whatIngestBuiltOfAClickIsNoNewCookieWithEveryEvent() {
        world.start();
        for (int second = 0; second < 2; second++) {
            String fbc = "fb.1." + T0.plusSeconds(second).toEpochMilli() + ".click-1";
            world.append(event("e-" + second, "u-1", null, second, "{\"fbclid\":\"click-1\",\"fbc\":\"" + fbc + "\"}"));
            world.untilSettled(second + 1);
        }
        assertThat(world.profiles.remembers()).isEqualTo(1);
        assertThat(world.profiles.of(user("u-1")).ids()).isEqualTo(click(0));
    }

    @Test
    void theProfileOfTheUserGoesAlong() {
        ObjectNode match = JsonNodeFactory.instance.objectNode();
        match.putArray("em").add("0a");
        world.profiles.describe(
                user("u-1"), new Profiles.Description(JsonNodeFactory.instance.objectNode(), match, T0, false));
        world.start();
        world.append(event("purchase", "u-1", "i-1", 0, NOTHING));
        world.untilSettled(1);
        assertThat(world.meta.known.getOrDefault("purchase", KnownIds.NONE).profile())
                .isEqualTo(match);
    }

    @Test
    void whoDeniedAdvertisingOrIsNotRoutedIsNeitherLookedUpNorRemembered() {
        world.destinations.remove(Platform.META);
        world.start();
        world.append(event("off", "u-1", null, 0, CLICK));
        RelayWorld.until(() -> world.ledger.countAll(Platform.META, RollupKey.SKIPPED_DISABLED) == 1);
        world.destinations.put(Platform.META, DeliveryFixtures.destination(Platform.META, "m"));
        Event open = event("denied", "u-1", null, 1, CLICK);
        world.append(new Event(
                open.identity(),
                open.occurredAt(),
                open.source(),
                open.synthetic(),
                open.sender(),
                new Consent(true, false),
                open.document(),
                open.origin()));
        world.untilSettled(1);
        assertThat(world.profiles.finds()).isZero();
        assertThat(world.profiles.remembers()).isZero();
    }

    /// As a login is on most platforms.
    private Event unmapped(String id, @Nullable String user, @Nullable String install, int second, String match) {
        world.meta.unmapped = Set.of("login");
        return DeliveryFixtures.event(
                new EventIdentity(DeliveryFixtures.PROJECT, DeliveryFixtures.APP, id, "login"),
                new SenderFacts(null, null, user, install, null),
                T0.plusSeconds(second),
                match);
    }

    @Test
    void anUnmappedEventTellsWhoseInstallItIsAndWhichClickItBrings() {
        world.start();
        world.append(event("install", null, "i-1", 0, CLICK), unmapped("login", "u-1", "i-1", 1, NOTHING));
        world.untilSettled(2);
        world.append(unmapped("visit", "u-2", null, 2, CLICK));
        world.untilSettled(3);
        world.append(event("purchase-1", "u-1", null, 3, NOTHING), event("purchase-2", "u-2", null, 4, NOTHING));
        world.untilSettled(5);
        assertThat(carriedTo("purchase-1")).isEqualTo(click(0));
        assertThat(carriedTo("purchase-2")).isEqualTo(click(2));
        assertThat(world.meta.prepared).containsExactly("install", "purchase-1", "purchase-2");
        assertThat(world.ledger.countAll(Platform.META, RollupKey.SKIPPED_PREFIX + "unmapped"))
                .isEqualTo(2);
    }

    @Test
    void anUnmappedEventOfWhichNothingCanBeLearnedIsNotLookedUp() {
        world.start();
        world.append(unmapped("of-user", "u-1", null, 0, NOTHING), unmapped("of-install", null, "i-1", 1, NOTHING));
        world.append(unmapped("of-nobody", null, null, 2, CLICK));
        world.untilSettled(3);
        assertThat(world.profiles.finds()).isZero();
    }

    @Test
    void whatCouldNotBeRememberedDoesNotWaitForAnEventThatIsSent() {
        world.start();
        world.profiles.failRemembers(1);
        world.append(event("install", null, "i-1", 0, CLICK));
        world.untilSettled(1);
        world.append(unmapped("of-user", "u-1", null, 1, NOTHING));
        world.untilSettled(2);
        assertThat(world.profiles.remembers()).isEqualTo(1);
    }

    @Test
    void aStoreThatDoesNotAnswerDelaysPlanningAndLosesNothing() {
        world.start();
        world.append(event("first", null, "i-1", 0, CLICK));
        world.untilSettled(1);
        world.profiles.failFinds(2);
        world.append(event("a", null, "i-1", 1, NOTHING), event("b", null, "i-1", 2, NOTHING));
        world.untilSettled(3);
        assertThat(carriedTo("b")).isEqualTo(click(0));
        assertThat(world.meta.delivered).containsExactlyInAnyOrder("first", "a", "b");
    }

    @Test
    void whatCouldNotBeRememberedIsRememberedWithTheNextGroup() {
        world.start();
        world.profiles.failRemembers(1);
        world.append(event("install", null, "i-1", 0, CLICK));
        world.untilSettled(1);
        assertThat(world.profiles.remembers()).isZero();
        world.append(event("login", "u-1", "i-1", 1, NOTHING));
        world.untilSettled(2);
        assertThat(carriedTo("login")).isEqualTo(click(0));
        assertThat(world.profiles.of(user("u-1")).ids()).isEqualTo(click(0));
    }

    @Test
    void whatTheStoreNeverTakesStopsNothing() {
        world.start();
        world.profiles.failRemembers(Integer.MAX_VALUE);
        for (int i = 0; i < 5; i++) {
            world.append(event("e-" + i, null, "i-" + i, i, CLICK));
            world.untilSettled(i + 1);
        }
    }

    @Test
    void anEventFromTheBacklogIsSentWithWhatIsKnownByThen() {
        world.meta.behaviour = events -> new AttemptOutcome.Unavailable(world.meta.answer(503, null), false);
        world.start();
        world.append(event("purchase", "u-1", null, 5, NOTHING));
        RelayWorld.until(() -> world.ledger.backlogSize() == 1);
        assertThat(carriedTo("purchase")).isEmpty();
        world.append(event("login", "u-1", null, 1, CLICK));
        RelayWorld.until(() -> world.ledger.backlogSize() == 2);
        world.meta.behaviour = events -> world.meta.delivered(events.size());
        world.untilSettled(2);
        assertThat(carriedTo("purchase")).isEqualTo(click(1));
    }

    @Test
    void aDestinationOfAnotherProjectKnowsNothingOfTheUser() {
        world.profiles.remember(Map.of(
                new Subject(new java.util.UUID(1, 1), Subject.Kind.USER, "u-1"), Map.of("ttclid", new Seen("x", T0))));
        world.start();
        world.append(event("purchase", "u-1", null, 5, NOTHING));
        world.untilSettled(1);
        assertThat(carriedTo("purchase")).isEmpty();
        assertThat(world.destinations.get(Platform.META))
                .extracting(Destination::enabled)
                .isEqualTo(true);
    }
}
