package dev.varve.delivery;

import dev.varve.destination.Answer;
import dev.varve.destination.SkipReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Reports what becomes of single events, and lets their lane forget them.
final class ItemFates {
    /// A request whose fate nobody knows may be repeated for as long as the platforms recognise the event id.
    private static final Duration DEDUP_WINDOW = Duration.ofHours(48);

    private final Recorder recorder;
    private final Consenting consenting;

    ItemFates(Recorder recorder, Consenting consenting) {
        this.recorder = recorder;
        this.consenting = consenting;
    }

    /// Skips those whose age window has closed; answers the others.
    List<LaneItem> dropTooOld(Attempt.Shipment shipment, Instant now) {
        DestinationLane lane = shipment.lane();
        List<LaneItem> young = new ArrayList<>(shipment.items().size());
        for (LaneItem item : shipment.items()) {
            if (lane.connector.tooOldAt(item.event(), shipment.destination()).isAfter(now)) {
                young.add(item);
            } else {
                recorder.skipped(item, lane.key, SkipReason.TOO_OLD.wireName(), now);
                lane.forget(item);
            }
        }
        return young;
    }

    /// Skips those whose user has denied advertising meanwhile, and lets those be made ready anew that carry
    /// an id which may not be sent any more; answers the others.
    List<LaneItem> dropWithheld(DestinationLane lane, List<LaneItem> items, Instant now) {
        Consenting.Parted parted = consenting.parted(items);
        for (LaneItem item : parted.denied()) {
            recorder.skipped(item, lane.key, SkipReason.CONSENT.wireName(), now);
            lane.forget(item);
        }
        spill(lane, parted.tracked(), now);
        return parted.allowed();
    }

    void forwarded(Attempt attempt, List<LaneItem> items, List<String> notes) {
        for (LaneItem item : items) {
            item.addNotes(notes);
            recorder.forwarded(
                    item,
                    attempt.lane().key,
                    attempt.requestId(),
                    attempt.answer().at());
            attempt.lane().forget(item);
        }
    }

    void giveUp(Attempt attempt, LaneItem item, String reason) {
        Answer answer = attempt.answer();
        DestinationLane lane = attempt.lane();
        recorder.attemptFailed(new FailedAttempt(
                item.offset(), lane.key.platform(), item.attempts, attempt.requestId(), item.prepared.sentAs(), null));
        recorder.dead(
                item,
                new DeadLetter(
                        item.event(),
                        lane.key,
                        reason,
                        "PLATFORM_ERROR",
                        failure(attempt, item, answer),
                        lane.connector.tooOldAt(item.event(), attempt.destination())));
        lane.forget(item);
    }

    private static DeadLetter.Failure failure(Attempt attempt, LaneItem item, Answer answer) {
        return new DeadLetter.Failure(
                item.attempts,
                item.firstAttemptAt == null ? answer.at() : item.firstAttemptAt,
                answer.at(),
                answer.message() == null ? "the platform refused this event" : answer.message(),
                new DeadLetter.Sent(attempt.requestId(), answer, item.prepared.payload()));
    }

    /// After 48 h a repeat might be counted twice; from then on a person decides. Answers the others.
    List<LaneItem> giveUpUnknown(Attempt attempt) {
        Instant limit = attempt.answer().at().minus(DEDUP_WINDOW);
        List<LaneItem> waiting = new ArrayList<>();
        for (LaneItem item : attempt.items()) {
            if (item.firstAttemptAt != null && item.firstAttemptAt.isBefore(limit)) {
                giveUp(attempt, item, "outcome_unknown");
            } else {
                waiting.add(item);
            }
        }
        return waiting;
    }

    void retryLater(Attempt attempt, List<LaneItem> items, Duration after) {
        Instant next = attempt.answer().at().plus(after);
        for (LaneItem item : items) {
            recorder.attemptFailed(new FailedAttempt(
                    item.offset(),
                    attempt.lane().key.platform(),
                    item.attempts,
                    attempt.requestId(),
                    item.prepared.sentAs(),
                    next));
        }
        spill(attempt.lane(), items, next);
    }

    /// They wait in the ledger from now on, and are due at `nextAt`.
    void spill(DestinationLane lane, List<LaneItem> items, Instant nextAt) {
        for (LaneItem item : items) {
            recorder.spilled(item, lane.key, nextAt);
            lane.forget(item);
        }
        if (!items.isEmpty()) {
            lane.backlogDue(nextAt);
        }
    }
}
