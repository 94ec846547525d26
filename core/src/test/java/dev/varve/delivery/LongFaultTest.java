package dev.varve.delivery;

import static dev.varve.delivery.RelayHarness.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.ProbeResult;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Hours and days of trouble with one platform, in seconds.
class LongFaultTest {
    private final RelayHarness h = new RelayHarness(RelayHarness.AT_ONCE);

    @AfterEach
    void close() {
        h.close();
    }

    /// The first request is the answer's to decide on; what comes later meets a lane that knows.
    private void sendOne() {
        h.append(1);
        until(() -> h.meta.requests.size() == 1 && h.relay.lanes(Platform.META, DestinationState.Phase.FLOWING) == 0);
    }

    @Test
    void aDayOfOutageCostsFewRequestsAndLosesNothing() {
        h.answer(events -> new AttemptOutcome.Unavailable(h.meta.answer(503, null), false));
        int events = 0;
        for (int step = 0; step < 96; step++) {
            h.append(330);
            events += 330;
            h.awaitRecorded();
            h.advance(Duration.ofMinutes(15));
        }
        int during = h.meta.requests.size();
        assertThat(during).as("it was tried").isGreaterThan(20);
        h.answer(sent -> h.meta.delivered(sent.size()));
        int all = events;
        h.advanceUntil(Duration.ofSeconds(1), () -> h.forwarded() == all);
        assertThat(h.meta.requests.size()).isLessThanOrEqualTo(all / 100);
        assertThat(h.meta.delivered).hasSize(all).doesNotHaveDuplicates();
        until(() -> h.ledger.backlogSize() == 0);
    }

    @Test
    void whatGrewTooOldDuringAnOutageIsSkippedAndNeverSent() {
        h.answer(events -> new AttemptOutcome.Unavailable(h.meta.answer(503, null), false));
        h.append(1_500);
        h.awaitRecorded();
        h.advance(Duration.ofDays(4));
        h.append(1_500);
        h.awaitRecorded();
        h.advance(Duration.ofDays(4));
        h.answer(events -> h.meta.delivered(events.size()));
        h.advanceUntil(Duration.ofSeconds(1), () -> h.forwarded() == 1_500);
        until(() -> h.ledger.receipts(ReceiptState.SKIPPED) == 1_500);
        assertThat(h.receipt(0).reason()).isEqualTo("too_old");
        assertThat(h.sentTooOld).hasValue(0);
        until(() -> h.ledger.backlogSize() == 0);
    }

    @Test
    void largeEventsThatWaitAreFetchedInPartsAndAllSent() {
        h.answer(events -> new AttemptOutcome.Unavailable(h.meta.answer(503, null), false));
        h.documentBytes = 64 << 10;
        h.append(200);
        h.awaitRecorded();
        h.answer(events -> h.meta.delivered(events.size()));
        h.advanceUntil(Duration.ofSeconds(1), () -> h.forwarded() == 200);
        assertThat(h.ledger.receipts(ReceiptState.SKIPPED)).isZero();
        assertThat(h.meta.delivered).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void aDayOfThrottlingCountsNoAttempt() {
        h.answer(events -> new Throttled(h.meta.answer(429, null), Optional.empty()));
        h.append(300);
        for (int step = 0; step < 96; step++) {
            h.awaitRecorded();
            h.advance(Duration.ofMinutes(15));
        }
        h.advanceUntil(Duration.ofMinutes(1), () -> h.meta.requests.size() >= 10);
        h.answer(events -> h.meta.delivered(events.size()));
        h.advanceUntil(Duration.ofMinutes(1), () -> h.forwarded() == 300);
        assertThat(List.of(0, 150, 299))
                .allSatisfy(
                        i -> assertThat(h.receipt(i).settlement().attempts()).isEqualTo(1));
    }

    @Test
    void aThrottledDestinationIsSentNothingBeforeItsTime() {
        Instant end = h.clock.instant().plus(Duration.ofMinutes(10));
        h.answer(events -> new Throttled(h.meta.answer(429, null), Optional.of(Duration.ofMinutes(10))));
        sendOne();
        h.answer(events -> h.meta.delivered(events.size()));
        for (int minute = 0; minute < 9; minute++) {
            h.append(50);
            h.awaitRecorded();
            h.advance(Duration.ofMinutes(1));
        }
        h.advanceUntil(Duration.ofSeconds(5), () -> h.forwarded() == 451);
        assertThat(h.sentAt.subList(1, h.sentAt.size())).allMatch(at -> !at.isBefore(end));
    }

    @Test
    void aRefusedTokenIsConfirmedTwiceThenANewOneResumesWhereItStopped() {
        Instant start = h.clock.instant();
        List<Instant> probes = Collections.synchronizedList(new ArrayList<>());
        h.meta.onProbe = () -> probes.add(h.clock.instant());
        h.meta.probeAnswer = () -> new ProbeResult.TokenRefused(h.meta.answer(401, 190));
        h.answer(events -> new Unauthorized(h.meta.answer(401, 190), Unauthorized.Cause.TOKEN));
        sendOne();
        h.append(99);
        until(() -> h.state().phase() == DestinationState.Phase.HELD);
        h.advance(Duration.ofSeconds(30));
        until(() -> probes.size() == 1);
        h.append(100);
        h.awaitRecorded();
        until(() -> h.relay.lanes(Platform.META, DestinationState.Phase.HELD) == 1);
        h.advance(Duration.ofMinutes(2));
        until(() -> h.state().phase() == DestinationState.Phase.STOPPED);
        assertThat(h.state().brokenReason()).isEqualTo("TOKEN");
        assertThat(probes).containsExactly(start.plusSeconds(30), start.plusSeconds(150));
        assertThat(h.meta.requests).hasSize(1);
        h.answer(events -> h.meta.delivered(events.size()));
        h.useToken(DeliveryFixtures.PROJECT, "token-2");
        h.advanceUntil(Duration.ofMillis(100), () -> h.forwarded() == 200);
        assertThat(h.receipt(0).settlement().attempts()).isEqualTo(1);
        assertThat(h.meta.delivered).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void aPermissionThatIsRefusedForAMomentStopsNothing() {
        AtomicInteger calls = new AtomicInteger();
        h.answer(events -> calls.incrementAndGet() == 1
                ? new Unauthorized(h.meta.answer(403, 200), Unauthorized.Cause.PERMISSION)
                : h.meta.delivered(events.size()));
        sendOne();
        h.append(99);
        until(() -> h.state().phase() == DestinationState.Phase.HELD);
        h.advance(Duration.ofSeconds(30));
        h.advanceUntil(Duration.ofMillis(100), () -> h.forwarded() == 100);
        until(() -> h.state().phase() == DestinationState.Phase.FLOWING);
        assertThat(h.receipt(0).settlement().attempts()).isEqualTo(1);
    }

    @Test
    void threeBlocksInARowStopTheDestinationAndEachTrialIsOneEvent() {
        h.answer(events -> new AttemptOutcome.Blocked(h.meta.answer(400, 368), Duration.ofHours(1)));
        sendOne();
        h.append(99);
        for (int block = 1; block <= 3; block++) {
            int requests = block;
            until(() -> h.blocksRecorded() == requests);
            if (block < 3) {
                h.advance(Duration.ofHours(1));
            }
        }
        until(() -> h.state().phase() == DestinationState.Phase.STOPPED);
        h.advance(Duration.ofMinutes(59));
        assertThat(h.relay.lanes(Platform.META, DestinationState.Phase.STOPPED))
                .as("nothing asks before the hour is over")
                .isEqualTo(1);
        assertThat(h.state().brokenReason()).isEqualTo("PERMISSION");
        assertThat(h.state().lastError())
                .satisfies(error -> assertThat(error.platformCode()).isEqualTo(368));
        assertThat(h.meta.requests).extracting(List::size).containsExactly(1, 1, 1);
        assertThat(Duration.between(h.sentAt.get(0), h.sentAt.get(1))).isGreaterThanOrEqualTo(Duration.ofHours(1));
    }

    @Test
    void aBlockThatPassesLetsEverythingGoOn() {
        AtomicInteger calls = new AtomicInteger();
        h.answer(events -> calls.incrementAndGet() == 1
                ? new AttemptOutcome.Blocked(h.meta.answer(400, 368), Duration.ofHours(1))
                : h.meta.delivered(events.size()));
        sendOne();
        h.append(99);
        h.awaitRecorded();
        h.advance(Duration.ofHours(1));
        h.advanceUntil(Duration.ofMillis(100), () -> h.forwarded() == 100);
        assertThat(h.meta.requests.get(1)).hasSize(1);
        assertThat(h.receipt(0).settlement().attempts()).isEqualTo(1);
    }
}
