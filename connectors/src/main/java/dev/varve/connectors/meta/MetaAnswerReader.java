package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.AnswerBody;
import dev.varve.connectors.PlatformAnswer;
import dev.varve.connectors.StatusOnly;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Blocked;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.Misconfigured;
import dev.varve.destination.AttemptOutcome.Rejected;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.AttemptOutcome.Unauthorized.Cause;
import dev.varve.destination.AttemptOutcome.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Says what an answer to events means. Decides on code, subcode and `is_transient` only, never on texts, which are
/// localised, and never on the status where a code is given. Pure.
///
/// The index that some refusals name is not used: Meta does not promise that it is right, and splitting finds the
/// guilty event for certain.
public final class MetaAnswerReader {
    private static final int UNKNOWN_ERROR = 1;
    /// After so many tries of an unknown error an event is suspected.
    private static final int UNKNOWN_ERROR_TRIES = 5;
    private static final Duration POLICY_PAUSE = Duration.ofMinutes(60);
    private static final String REJECTED = "platform_rejected";

    private static final Map<Integer, String> REASONS = Map.of(
            2804003, "too_old",
            2804004, "future_time",
            2804008, "content_id_missing",
            2804009, "missing_value",
            2804016, "unhashed_pii",
            2804023, "missing_currency",
            2804030, "ldu_invalid",
            2804036, "lead_id_invalid",
            2804043, "os_version_missing",
            2804050, "no_identifiers");

    public AttemptOutcome read(PlatformAnswer answer) {
        Optional<JsonNode> body = AnswerBody.read(answer);
        Optional<MetaProblem> problem = body.flatMap(json -> MetaProblem.in(answer, json));
        if (problem.isPresent()) {
            return outcome(answer, problem.get());
        }
        JsonNode received = body.map(json -> json.path("events_received")).orElse(null);
        if (answer.isSuccess() && body.isPresent() && received != null && isCount(received)) {
            return delivered(answer, body.get(), received.intValue());
        }
        return withUsage(StatusOnly.outcome(answer), answer);
    }

    private static boolean isCount(JsonNode received) {
        return received.isIntegralNumber() && received.canConvertToInt() && received.intValue() >= 0;
    }

    private static Delivered delivered(PlatformAnswer answer, JsonNode body, int received) {
        return new Delivered(
                answer.toAnswer(null, messages(body), MetaProblem.text(body, "fbtrace_id")),
                received,
                MetaUsage.of(answer).pace(),
                List.of());
    }

    private static AttemptOutcome outcome(PlatformAnswer answer, MetaProblem problem) {
        return switch (problem.kind()) {
            case THROTTLE ->
                new Throttled(problem.answer(), pause(answer), MetaThrottles.scope(problem.code(), problem.subcode()));
            case POLICY -> new Blocked(problem.answer(), POLICY_PAUSE);
            case TRANSIENT ->
                new Unavailable(problem.answer(), false, problem.code() == UNKNOWN_ERROR ? UNKNOWN_ERROR_TRIES : 0);
            case TOKEN -> new Unauthorized(problem.answer(), Cause.TOKEN);
            case PERMISSION -> new Unauthorized(problem.answer(), Cause.PERMISSION);
            case CONFIGURATION -> new Misconfigured(problem.answer());
            case PAYLOAD -> new Rejected(problem.answer(), REASONS.getOrDefault(problem.subcode(), REJECTED), 1);
            case UNKNOWN -> withUsage(StatusOnly.unknownCode(answer, problem.answer()), answer);
        };
    }

    /// A throttle that only the status tells may still name its end in a usage header.
    private static AttemptOutcome withUsage(AttemptOutcome outcome, PlatformAnswer answer) {
        return outcome instanceof Throttled throttled
                ? new Throttled(throttled.answer(), pause(answer), throttled.scope())
                : outcome;
    }

    /// The longest time to regain access that a usage header names, else `Retry-After`.
    private static Optional<Duration> pause(PlatformAnswer answer) {
        Duration regain = MetaUsage.of(answer).regain();
        return regain.isZero() ? answer.retryAfter() : Optional.of(regain);
    }

    /// Warnings beside a success.
    private static @Nullable String messages(JsonNode body) {
        StringBuilder all = new StringBuilder();
        for (JsonNode message : body.path("messages")) {
            all.append(all.isEmpty() ? "" : "; ")
                    .append(message.isTextual() ? message.textValue() : message.toString());
        }
        return all.isEmpty() ? null : all.toString();
    }
}
