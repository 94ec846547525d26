package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.SenderFacts;
import dev.varve.identity.ConsentRecord;
import dev.varve.identity.Consents.Statement;
import dev.varve.identity.Profiles.Subject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Consent is looked at again before each attempt.
class WithdrawnConsentTest {
    private static final Instant T0 = Instant.now().minusSeconds(600);
    private static final Subject USER = new Subject(DeliveryFixtures.PROJECT, Subject.Kind.USER, "u-1");
    private final RelayWorld world = new RelayWorld();

    @AfterEach
    void close() {
        world.close();
    }

    private void state(@Nullable Boolean advertising, @Nullable String att) {
        world.consents.state(List.of(USER), new Statement(new ConsentRecord(null, advertising, att), Instant.now()));
    }

    @Test
    void anEventOfAUserWhoDeniedAdvertisingIsNeverSent() {
        state(false, null);
        world.start();
        world.append(
                RelayWorld.event("denied", "u-1", "i-1", T0, "{}"), RelayWorld.event("other", "u-2", "i-2", T0, "{}"));
        world.untilSettled(2);
        assertThat(world.meta.known).doesNotContainKey("denied").containsKey("other");
        assertThat(world.ledger.receipts(ReceiptState.SKIPPED)).isEqualTo(1);
    }

    @Test
    void whatWaitsWhenConsentIsWithdrawnEndsSkipped() {
        world.meta.behaviour = events -> new AttemptOutcome.Unavailable(world.meta.answer(503, null), false, 100);
        world.start();
        world.append(RelayWorld.event("waiting", "u-1", "i-1", T0, "{}"));
        RelayWorld.until(() -> !world.meta.requests.isEmpty());
        state(false, null);
        world.meta.behaviour = events -> world.meta.delivered(events.size());
        world.untilSettled(1);
        assertThat(world.ledger.receipts(ReceiptState.SKIPPED)).isEqualTo(1);
        assertThat(world.ledger.receipts(ReceiptState.FORWARDED)).isZero();
    }

    @Test
    void anAdvertisingIdIsTakenOutOnceTrackingIsDenied() {
        state(null, "denied");
        List<String> sent = Collections.synchronizedList(new ArrayList<>());
        world.meta.behaviour = events -> {
            events.forEach(event -> sent.add(new String(event.event().event().document(), StandardCharsets.UTF_8)));
            return world.meta.delivered(events.size());
        };
        world.start();
        world.append(RelayWorld.event("tracked", "u-1", "i-1", T0, "{\"idfa\":\"6D92078A\",\"fbp\":\"p\"}"));
        world.untilSettled(1);
        assertThat(sent).singleElement().asString().doesNotContain("6D92078A").contains("fbp");
    }

    @Test
    void whatWaitedWithAnAdvertisingIdGoesOutWithoutIt() {
        List<String> sent = Collections.synchronizedList(new ArrayList<>());
        world.meta.behaviour = events -> new AttemptOutcome.Unavailable(world.meta.answer(503, null), false, 100);
        world.start();
        world.append(RelayWorld.event("tracked", "u-1", "i-1", T0, "{\"idfa\":\"6D92078A\"}"));
        RelayWorld.until(() -> !world.meta.requests.isEmpty());
        state(null, "denied");
        world.meta.behaviour = events -> {
            events.forEach(event -> sent.add(new String(event.event().event().document(), StandardCharsets.UTF_8)));
            return world.meta.delivered(events.size());
        };
        world.untilSettled(1);
        assertThat(sent).singleElement().asString().doesNotContain("6D92078A");
    }

    @Test
    void anApplePostbackIsNeverForwarded() {
        world.start();
        EventIdentity identity =
                new EventIdentity(DeliveryFixtures.PROJECT, DeliveryFixtures.APP, "skan_1", Event.SKAN_POSTBACK);
        world.append(DeliveryFixtures.event(identity, SenderFacts.NONE, T0, "{}"));
        world.untilSettled(1);
        assertThat(world.ledger.receipts(ReceiptState.SKIPPED)).isEqualTo(1);
        assertThat(world.meta.requests).isEmpty();
    }
}
