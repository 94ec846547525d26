package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.event.Event;
import dev.varve.event.Platform;
import dev.varve.event.SenderFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two apps that report the same event to the same pixel: it is sent once, and never not at all.
class TwinsTest {
    private static final String A = "app_a";
    private static final String B = "app_b";
    private final RelayWorld world = new RelayWorld();

    @AfterEach
    void close() {
        world.close();
    }

    private Event of(String app, String eventId) {
        return RelayWorld.event(app, eventId, SenderFacts.NONE, world.clock.instant(), "{}");
    }

    private void startWithSharedPixel() {
        world.pixelApps = Set.of(A, B);
        world.start();
    }

    private String end(long offset) {
        return world.ledger
                .receipt(offset, Platform.META)
                .map(receipt -> receipt.state().wireName() + (receipt.reason() == null ? "" : " " + receipt.reason()))
                .orElse("none");
    }

    @Test
    void theSecondOneIsADuplicate() {
        startWithSharedPixel();
        long first = world.append(of(A, "e-1"));
        world.untilSettled(1);
        long second = world.append(of(B, "e-1"));
        world.untilSettled(2);
        assertThat(end(first)).isEqualTo("forwarded");
        assertThat(end(second)).isEqualTo("skipped duplicate");
    }

    @Test
    void aMemberNamedLikeATestCodeMakesNoTestEvent() {
        startWithSharedPixel();
        world.append(of(A, "e-1"));
        world.untilSettled(1);
        long second = world.append(RelayWorld.event(
                B, "e-1", SenderFacts.NONE, world.clock.instant(), "{\"testEventCode\":{\"meta\":\"T\"}}"));
        world.untilSettled(2);
        assertThat(end(second)).isEqualTo("skipped duplicate");
    }

    @Test
    void theSecondOneIsADuplicateForAnotherProcessToo() {
        startWithSharedPixel();
        world.append(of(A, "e-1"));
        world.untilSettled(1);
        world.restart();
        long second = world.append(of(B, "e-1"));
        world.untilSettled(2);
        assertThat(end(second)).isEqualTo("skipped duplicate");
    }

    @Test
    void aPairOfOneGroupIsSentOnce() {
        startWithSharedPixel();
        long first = world.append(of(A, "e-1"), of(B, "e-1"), of(B, "e-2"));
        world.untilSettled(3);
        assertThat(end(first)).isEqualTo("forwarded");
        assertThat(end(first + 1)).isEqualTo("skipped duplicate");
        assertThat(world.meta.delivered).containsExactlyInAnyOrder("e-1", "e-2");
        assertThat(world.ledger.backlogSize()).isZero();
    }

    @Test
    void theSecondOfAPairIsSentWhenTheFirstDies() {
        world.meta.behaviour = events -> events.stream()
                        .anyMatch(event -> event.event().identity().appId().equals(A))
                ? new AttemptOutcome.Rejected(world.meta.answer(400, 100), "platform_rejected", 1)
                : world.meta.delivered(events.size());
        startWithSharedPixel();
        long first = world.append(of(A, "e-1"), of(B, "e-1"));
        world.untilSettled(2);
        assertThat(end(first)).isEqualTo("dead platform_rejected");
        assertThat(end(first + 1)).isEqualTo("forwarded");
    }

    @Test
    void theSecondWaitsWhileTheFirstIsOnItsWay() {
        CountDownLatch answered = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        world.meta.behaviour = events -> {
            asked.countDown();
            await(answered);
            return world.meta.delivered(events.size());
        };
        startWithSharedPixel();
        long first = world.append(of(A, "e-1"));
        await(asked);
        long second = world.append(of(B, "e-1"));
        RelayWorld.until(() -> world.ledger.isWaiting(second, Platform.META));
        assertThat(end(second)).isEqualTo("none");
        answered.countDown();
        world.untilSettled(2);
        assertThat(end(first)).isEqualTo("forwarded");
        assertThat(end(second)).isEqualTo("skipped duplicate");
        assertThat(world.meta.requests).hasSize(1);
    }

    @Test
    void aPairThatWaitedInTheBacklogTogetherIsSentOnce() {
        world.meta.behaviour = events -> new AttemptOutcome.Unavailable(world.meta.answer(503, null), false);
        startWithSharedPixel();
        world.append(of(A, "e-1"), of(B, "e-1"));
        RelayWorld.until(() -> world.ledger.backlogSize() == 2);
        world.meta.behaviour = events -> world.meta.delivered(events.size());
        world.untilSettled(2);
        assertThat(world.meta.delivered).hasSize(1);
        assertThat(world.ledger.receipts(ReceiptState.FORWARDED)).isEqualTo(1);
        assertThat(world.ledger.receipts(ReceiptState.SKIPPED)).isEqualTo(1);
    }

    @Test
    void after48HoursItIsAnotherEvent() {
        startWithSharedPixel();
        world.append(of(A, "e-1"));
        world.untilSettled(1);
        world.ahead = Duration.ofHours(48).plusSeconds(5);
        long second = world.append(of(B, "e-1"));
        world.untilSettled(2);
        assertThat(end(second)).isEqualTo("forwarded");
    }

    @Test
    void theLedgerIsAskedOncePerGroupAndOnlyForSharedPixels() {
        world.pixelApps = Set.of(A);
        world.start();
        world.append(of(A, "e-1"), of(A, "e-2"));
        world.untilSettled(2);
        assertThat(world.ledger.twinQuestions()).isZero();
        world.pixelApps = Set.of(A, B);
        world.append(of(A, "e-3"), of(B, "e-4"));
        world.untilSettled(4);
        assertThat(world.ledger.twinQuestions()).isEqualTo(1);
    }

    @Test
    void anEventThatFoundNoPlaceInMemoryLetsItsTwinGoFirst() {
        Instant now = world.clock.instant();
        OpenTwins open = new OpenTwins();
        LaneItem item = DeliveryFixtures.item(1, now);
        Twin.Key key = new Twin.Key(Platform.META, "pixel", "Purchase", "e-1");
        item.twin = key;
        open.take(key, item.offset(), now);
        assertThat(open.take(key, 2, now)).isEqualTo(OpenTwins.Verdict.WAIT);
        new Recorder(world.ledger, open).leftWaiting(item);
        assertThat(open.take(key, 2, now)).isEqualTo(OpenTwins.Verdict.FIRST);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
