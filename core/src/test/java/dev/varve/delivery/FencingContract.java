package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.PreparedEvent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.event.SenderFacts;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Of two processes that work on one stream, the one that has lost it changes nothing any more.
public abstract class FencingContract extends LedgerFixture {
    private long count(String metric) {
        return store().count(key.projectId(), metric);
    }

    private Event ownEvent(String eventId) {
        EventIdentity identity = new EventIdentity(key.projectId(), DeliveryFixtures.APP, eventId, "purchase_success");
        return DeliveryFixtures.event(identity, SenderFacts.NONE, NOW, "{}");
    }

    private void settle(Recorder recorder, long position) {
        LoggedEvent event = new LoggedEvent(offset(position), NOW, ownEvent("e-" + position));
        PreparedEvent prepared = new PreparedEvent(event, "Purchase", new byte[2], "", false, List.of());
        LaneItem item = new LaneItem(prepared, NOW, recorder.track(event, Set.of(Platform.TIKTOK), 1));
        recorder.forwarded(item, key, UUID.randomUUID(), NOW);
    }

    @Test
    void aProcessThatLostItsStreamCountsNothingASecondTime() {
        Recorder lost = new Recorder(ledger(), new OpenTwins());
        Recorder adopter = new Recorder(ledger(), new OpenTwins());
        lost.open(stream());
        settle(lost, 1);
        assertThat(adopter.open(stream())).isEqualTo(offset(0));
        settle(adopter, 1);
        assertThat(adopter.flush()).isTrue();
        assertThat(lost.flush()).isTrue();
        assertThat(lost.isLost(stream())).isTrue();
        settle(lost, 2);
        assertThat(lost.flush()).isTrue();
        assertThat(ledger().position(stream())).isEqualTo(offset(1));
        assertThat(count(RollupKey.ACCEPTED)).as("once per platform").isEqualTo(2);
        assertThat(count(RollupKey.SETTLED)).isEqualTo(1);
        assertThat(count(RollupKey.SKIPPED_DISABLED)).isEqualTo(1);
    }

    @Test
    void whatTheLoserLearnedOfItsOtherWorkIsKept() {
        Recorder lost = new Recorder(ledger(), new OpenTwins());
        lost.open(stream());
        settle(lost, 1);
        lost.stateChanged(new DestinationState(key, DestinationState.Phase.FLOWING, null, NOW, null, null));
        ledger().open(stream());
        assertThat(lost.flush()).isTrue();
        assertThat(ledger().state(key)).isPresent();
        assertThat(ledger().position(stream())).isEqualTo(offset(0));
    }

    @Test
    void whoTakesItsStreamUpAgainGoesOnFromWhatIsRecorded() {
        Recorder recorder = new Recorder(ledger(), new OpenTwins());
        recorder.open(stream());
        settle(recorder, 1);
        recorder.close(stream());
        recorder.open(stream());
        settle(recorder, 1);
        assertThat(recorder.flush()).isTrue();
        assertThat(count(RollupKey.ACCEPTED)).isEqualTo(2);
        assertThat(count(RollupKey.SETTLED)).isEqualTo(1);
        assertThat(ledger().position(stream())).isEqualTo(offset(1));
    }

    @Test
    void aStreamThatIsFinishedTakesNothingMore() {
        Recorder lost = new Recorder(ledger(), new OpenTwins());
        lost.open(stream());
        settle(lost, 1);
        assertThat(ledger().finish(stream())).isTrue();
        assertThat(lost.flush()).isTrue();
        assertThat(count(RollupKey.SETTLED)).isZero();
    }
}
