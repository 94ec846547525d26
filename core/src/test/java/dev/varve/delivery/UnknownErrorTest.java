package dev.varve.delivery;

import static dev.varve.delivery.RelayHarness.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Unavailable;
import dev.varve.destination.PreparedEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// An error that one event or the whole platform may be the reason for: the event dies, an outage kills nothing.
class UnknownErrorTest {
    private static final String POISON = "e-0";
    private final RelayHarness h = new RelayHarness(RelayHarness.AT_ONCE);

    @AfterEach
    void close() {
        h.close();
    }

    private AttemptOutcome unknownError() {
        return new Unavailable(h.meta.answer(500, 1), false, 5);
    }

    private static boolean has(List<PreparedEvent> events, String eventId) {
        return events.stream().anyMatch(e -> e.event().identity().eventId().equals(eventId));
    }

    @Test
    void aDayOfUnknownErrorsKillsNothingAndCostsFewRequests() {
        h.answer(events -> unknownError());
        int events = 0;
        for (int step = 0; step < 96; step++) {
            h.append(100);
            events += 100;
            h.awaitRecorded();
            h.advance(Duration.ofMinutes(15));
        }
        assertThat(h.meta.requests).hasSizeBetween(20, 400);
        h.answer(sent -> h.meta.delivered(sent.size()));
        int all = events;
        h.advanceUntil(Duration.ofSeconds(1), () -> h.forwarded() == all);
        assertThat(h.ledger.deadLetters()).isEmpty();
        until(() -> h.ledger.backlogSize() == 0);
    }

    @Test
    void anEventAtTheHeadThatAlwaysFailsBlocksNobodyAndDiesAlone() {
        h.answer(events -> has(events, POISON) ? unknownError() : h.meta.delivered(events.size()));
        h.append(300);
        h.advanceUntil(Duration.ofSeconds(1), () -> h.forwarded() == 299);
        h.advanceUntil(Duration.ofSeconds(1), () -> h.ledger.deadLetters().size() == 1);
        assertThat(h.ledger.deadLetters())
                .extracting(letter -> letter.event().identity().eventId())
                .containsExactly(POISON);
        assertThat(h.meta.requests).hasSizeLessThan(60);
        until(() -> h.ledger.backlogSize() == 0);
    }
}
