package dev.varve.delivery;

import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import dev.varve.tenant.PrefixedId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes down every request: into the ledger for audit and counts, into the log as one line.
final class AttemptJournal {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptJournal.class);

    private final Recorder recorder;

    AttemptJournal(Recorder recorder) {
        this.recorder = recorder;
    }

    void finished(Attempt attempt, NextStep step) {
        AttemptOutcome outcome = attempt.outcome();
        int events = attempt.items().size();
        int synthetics = (int) attempt.items().stream()
                .filter(item -> item.event().event().synthetic())
                .count();
        int acknowledged =
                outcome instanceof AttemptOutcome.Delivered delivered ? delivered.acknowledged() - synthetics : 0;
        recorder.requested(
                Recorder.request(
                        attempt.requestId(), attempt.destination(), attempt.items(), word(outcome), outcome.answer()),
                acknowledged,
                isFailed(attempt),
                synthetics == events);
        log(attempt, step);
    }

    private static boolean isFailed(Attempt attempt) {
        return attempt.isShort()
                || !(attempt.outcome() instanceof AttemptOutcome.Delivered)
                        && !(attempt.outcome() instanceof AttemptOutcome.Throttled);
    }

    private static void log(Attempt attempt, NextStep step) {
        Answer answer = attempt.answer();
        LOG.atInfo()
                .addKeyValue(
                        "projectId",
                        PrefixedId.PROJECT.format(attempt.lane().key.projectId()))
                .addKeyValue("platform", attempt.lane().key.platform().layerName())
                .addKeyValue("events", attempt.items().size())
                .addKeyValue("outcome", word(attempt.outcome()))
                .addKeyValue("nextStep", step.getClass().getSimpleName())
                .addKeyValue("httpStatus", answer.httpStatus())
                .addKeyValue("platformCode", answer.platformCode())
                .addKeyValue("traceId", answer.traceId())
                .addKeyValue("latencyMs", answer.latency().toMillis())
                .log("attempt.finished");
    }

    private static String word(AttemptOutcome outcome) {
        return switch (outcome) {
            case AttemptOutcome.Delivered delivered -> "forwarded";
            case AttemptOutcome.PartlyRejected partly -> "rejected";
            case AttemptOutcome.Rejected rejected -> "rejected";
            case AttemptOutcome.TooLarge tooLarge -> "rejected";
            case AttemptOutcome.Throttled throttled -> "throttled";
            case AttemptOutcome.Blocked blocked -> "throttled";
            case AttemptOutcome.PartlyStored partly -> "retry";
            case AttemptOutcome.Unavailable unavailable ->
                unavailable.answer().httpStatus() == 0 ? "unreachable" : "retry";
            case AttemptOutcome.Unauthorized unauthorized -> "auth_failed";
            case AttemptOutcome.Misconfigured misconfigured -> "rejected";
        };
    }
}
