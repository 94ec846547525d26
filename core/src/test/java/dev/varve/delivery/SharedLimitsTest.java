package dev.varve.delivery;

import static dev.varve.delivery.RelayHarness.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DestinationState.Phase;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.Unavailable;
import dev.varve.destination.Connector.Limits;
import dev.varve.destination.Connector.Rate;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What destinations of one platform share: a token's limit, the process's rate, the permits to send.
class SharedLimitsTest {
    private static final UUID SAME_TOKEN = new UUID(1, 1);
    private static final UUID OTHER_TOKEN = new UUID(2, 2);

    private final RelayHarness h = new RelayHarness(RelayHarness.AT_ONCE);
    private final Map<UUID, AtomicInteger> deliveredTo = new ConcurrentHashMap<>();

    @AfterEach
    void close() {
        h.close();
    }

    private static UUID project(List<PreparedEvent> events) {
        return events.getFirst().event().identity().projectId();
    }

    private int delivered(UUID project) {
        return deliveredTo.getOrDefault(project, new AtomicInteger()).get();
    }

    private void deliver() {
        h.answer(events -> {
            deliveredTo
                    .computeIfAbsent(project(events), p -> new AtomicInteger())
                    .addAndGet(events.size());
            return h.meta.delivered(events.size());
        });
    }

    private void throttleToken(Duration pause) {
        h.useToken(SAME_TOKEN, "token-1");
        h.useToken(OTHER_TOKEN, "token-9");
        h.answer(events -> new Throttled(h.meta.answer(429, null), Optional.of(pause), Throttled.Scope.TOKEN));
        h.append(1);
        until(() -> h.state().phase() == Phase.WAITING);
        deliver();
    }

    @Test
    void aThrottledTokenPausesAllItsDestinationsAndNoOthers() {
        throttleToken(Duration.ofMinutes(30));
        h.append(SAME_TOKEN, 100);
        h.append(OTHER_TOKEN, 100);
        until(() -> delivered(OTHER_TOKEN) == 100);
        h.advance(Duration.ofMinutes(29));
        h.append(OTHER_TOKEN, 100);
        until(() -> delivered(OTHER_TOKEN) == 200);
        assertThat(delivered(SAME_TOKEN)).isZero();
        h.advance(Duration.ofMinutes(1));
        h.advanceUntil(Duration.ofMillis(100), () -> h.forwarded() == 301);
        assertThat(delivered(SAME_TOKEN)).isEqualTo(100);
        assertThat(List.of(0, 1, 100))
                .allSatisfy(
                        i -> assertThat(h.receipt(i).settlement().attempts()).isEqualTo(1));
    }

    @Test
    void liveEventsWaitInMemoryDuringAShortPause() {
        throttleToken(Duration.ofSeconds(5));
        h.append(SAME_TOKEN, 100);
        until(() -> h.relay.plannedEvents() == 101);
        h.append(OTHER_TOKEN, 1);
        until(() -> delivered(OTHER_TOKEN) == 1);
        assertThat(h.ledger.backlogSize()).as("only the throttled request's").isLessThanOrEqualTo(1);
        assertThat(delivered(SAME_TOKEN)).isZero();
        h.advance(Duration.ofSeconds(5));
        until(() -> delivered(SAME_TOKEN) == 100);
    }

    @Test
    void theProcessKeepsToThePlatformsRate() {
        h.meta.limits =
                new Limits(1, 1, 1 << 20, 8, Duration.ofSeconds(10), new Rate(10, List.of(Duration.ofMinutes(1))));
        h.append(60);
        Instant start = h.clock.instant();
        h.advanceUntil(Duration.ofMillis(50), () -> h.forwarded() == 60);
        assertThat(h.sentAt).allSatisfy(at -> assertThat(
                        h.sentAt.stream().filter(other -> !other.isAfter(at)).count())
                .isLessThanOrEqualTo(2 + 10 * Duration.between(start, at).toMillis() / 1000));
    }

    /// A hundred destinations never answer; they hold what they may hold, and nobody else needs it.
    @Test
    void aThousandDestinationsAreServedWhileAHundredHang() {
        CountDownLatch answers = new CountDownLatch(1);
        Set<UUID> dead = ConcurrentHashMap.newKeySet();
        List<UUID> projects =
                IntStream.range(0, 1_000).mapToObj(i -> new UUID(7, i)).toList();
        dead.addAll(projects.subList(0, 100));
        projects.forEach(project -> h.useToken(project, "token-" + project));
        h.answer(events -> {
            if (dead.contains(project(events))) {
                await(answers);
            }
            deliveredTo
                    .computeIfAbsent(project(events), p -> new AtomicInteger())
                    .addAndGet(events.size());
            return h.meta.delivered(events.size());
        });
        for (int round = 0; round < 5; round++) {
            projects.forEach(project -> h.append(project, 2));
        }
        List<UUID> healthy = projects.subList(100, 1_000);
        until(() -> healthy.stream().allMatch(project -> delivered(project) == 10));
        assertThat(dead).allSatisfy(project -> assertThat(delivered(project)).isZero());
        answers.countDown();
        until(() -> dead.stream().allMatch(project -> delivered(project) == 10));
        until(() -> h.forwarded() == 10_000);
    }

    /// As many as the process can hold requests, twice over: each tries with one, and those that flow are not asked to
    /// make room.
    @Test
    void deadDestinationsTryThemselvesWithPermitsOfTheirOwn() {
        CountDownLatch answers = new CountDownLatch(1);
        List<UUID> dead = IntStream.range(0, 300).mapToObj(i -> new UUID(8, i)).toList();
        dead.forEach(project -> h.useToken(project, "token-" + project));
        h.answer(events -> new Unavailable(h.meta.answer(503, null), false));
        dead.forEach(project -> h.append(project, 1));
        until(() -> h.relay.lanes(Platform.META, Phase.WAITING) == 300);
        h.awaitRecorded();
        AtomicInteger hanging = new AtomicInteger();
        h.answer(events -> {
            if (!project(events).equals(DeliveryFixtures.PROJECT)) {
                hanging.incrementAndGet();
                await(answers);
            }
            return h.meta.delivered(events.size());
        });
        h.advance(Duration.ofMinutes(1));
        until(() -> hanging.get() == 32);
        h.append(500);
        until(() -> h.forwarded() == 500);
        assertThat(hanging).hasValue(32);
        answers.countDown();
        h.advanceUntil(Duration.ofMillis(100), () -> h.forwarded() == 800);
    }

    @Test
    void aLaneWithoutWorkIsTakenOutOfMemoryAndMadeAnewWhenNeeded() {
        deliver();
        h.append(10);
        until(() -> h.forwarded() == 10);
        h.awaitRecorded();
        h.advanceUntil(Duration.ofMinutes(1), () -> h.relay.lanes(Platform.META, Phase.FLOWING) == 0);
        h.append(10);
        until(() -> h.forwarded() == 20);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
