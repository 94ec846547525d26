package dev.varve.connectors;

import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Misconfigured;
import dev.varve.destination.AttemptOutcome.Rejected;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.TooLarge;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.AttemptOutcome.Unauthorized.Cause;
import dev.varve.destination.AttemptOutcome.Unavailable;

/// What an answer means when its body is not the platform's envelope; the same on all platforms.
public final class StatusOnly {
    /// Of a single event whose refusal nobody can explain.
    public static final int UNKNOWN_CODE_TRIES = 3;

    private StatusOnly() {}

    public static AttemptOutcome outcome(PlatformAnswer platformAnswer) {
        int status = platformAnswer.status();
        Answer answer = platformAnswer.toRefusal(null, "HTTP " + status + " without a readable body", null);
        if (platformAnswer.isSuccess()) {
            return new Unavailable(answer, true);
        }
        if (status >= 500) {
            return new Unavailable(answer, false);
        }
        return switch (status) {
            case 401 -> new Unauthorized(answer, Cause.TOKEN);
            case 403 -> new Unauthorized(answer, Cause.PERMISSION);
            case 404 -> new Misconfigured(answer);
            case 408, 429 -> new Throttled(answer, platformAnswer.retryAfter());
            case 413 -> new TooLarge(answer);
            default ->
                status >= 400
                        ? new Rejected(answer, "platform_rejected", UNKNOWN_CODE_TRIES)
                        : new Misconfigured(answer);
        };
    }

    /// For an envelope whose code nobody has heard of: the statuses that are clear by themselves, else a rejection
    /// worth a few tries.
    public static AttemptOutcome unknownCode(PlatformAnswer platformAnswer, Answer answer) {
        int status = platformAnswer.status();
        if (status >= 500) {
            return new Unavailable(answer, false);
        }
        return switch (status) {
            case 408, 429 -> new Throttled(answer, platformAnswer.retryAfter());
            case 413 -> new TooLarge(answer);
            default -> new Rejected(answer, "platform_rejected", UNKNOWN_CODE_TRIES);
        };
    }
}
