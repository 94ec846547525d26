package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.AnswerBody;
import dev.varve.connectors.PlatformAnswer;
import dev.varve.connectors.StatusOnly;
import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.Misconfigured;
import dev.varve.destination.AttemptOutcome.Rejected;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.AttemptOutcome.Unauthorized.Cause;
import dev.varve.destination.AttemptOutcome.Unavailable;
import dev.varve.destination.ProbeResult;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Says what an answer of Meta's means. Decides on code, subcode and `is_transient` only, never on texts, which are
/// localised. Pure.
public final class MetaAnswerReader {
    private static final Set<Integer> THROTTLES = Set.of(4, 17, 32, 341, 613, 80000, 80001, 80003, 80004, 80014);
    private static final Set<Integer> TRANSIENT = Set.of(1, 2, 5000, 21009);
    private static final Set<Integer> TOKEN = Set.of(190, 102);
    private static final Set<Integer> CONFIGURATION = Set.of(803, 2500, 2635);
    private static final int INVALID_PARAMETER = 100;
    private static final int TOO_MANY_PARAMETERS = 105;
    private static final int POLICY_BLOCK = 368;
    private static final int NO_ACCESS_TO_OBJECT = 33;
    private static final Duration POLICY_PAUSE = Duration.ofMinutes(60);
    private static final String REJECTED = "platform_rejected";
    private static final String NO_ACCESS = "the token has no access to this dataset, or the id is wrong: ";

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

    /// An error envelope; `subcode` 0: none.
    private record Problem(int code, int subcode, boolean isTransient, Answer answer) {}

    public AttemptOutcome read(PlatformAnswer answer) {
        Optional<JsonNode> body = AnswerBody.read(answer);
        Optional<Problem> problem = body.flatMap(json -> problem(answer, json));
        if (problem.isPresent()) {
            return outcome(answer, problem.get());
        }
        Optional<JsonNode> received = body.map(json -> json.get("events_received"));
        if (answer.isSuccess() && received.filter(JsonNode::isIntegralNumber).isPresent()) {
            return new Delivered(
                    answer.toAnswer(null, messages(body.get()), text(body.get(), "fbtrace_id")),
                    received.get().asInt());
        }
        return StatusOnly.outcome(answer);
    }

    /// Reads the answer to the probe, an event that is wrong in nothing but its age.
    public ProbeResult readProbe(PlatformAnswer answer) {
        Optional<Problem> problem = AnswerBody.read(answer).flatMap(json -> problem(answer, json));
        if (problem.isPresent() && isArgumentError(problem.get())) {
            boolean known = problem.get().subcode() / 1000 == 2804;
            return new ProbeResult.Accepted(problem.get().answer(), known);
        }
        return switch (read(answer)) {
            case Delivered delivered -> new ProbeResult.Accepted(delivered.answer(), true);
            case Unauthorized refused ->
                refused.answer().platformCode() == null
                        ? new ProbeResult.Unknown(refused.answer())
                        : refused.cause() == Cause.TOKEN
                                ? new ProbeResult.TokenRefused(refused.answer())
                                : new ProbeResult.PixelRefused(refused.answer());
            case Misconfigured misconfigured ->
                Integer.valueOf(803).equals(misconfigured.answer().platformCode())
                        ? new ProbeResult.PixelRefused(misconfigured.answer())
                        : new ProbeResult.Unknown(misconfigured.answer());
            case AttemptOutcome.PartlyRejected other -> new ProbeResult.Unknown(other.answer());
            case Rejected other -> new ProbeResult.Unknown(other.answer());
            case AttemptOutcome.TooLarge other -> new ProbeResult.Unknown(other.answer());
            case AttemptOutcome.PartlyStored other -> new ProbeResult.Unknown(other.answer());
            case Throttled other -> new ProbeResult.Unknown(other.answer());
            case AttemptOutcome.Blocked other -> new ProbeResult.Unknown(other.answer());
            case Unavailable other -> new ProbeResult.Unknown(other.answer());
        };
    }

    private AttemptOutcome outcome(PlatformAnswer answer, Problem problem) {
        int code = problem.code();
        if (THROTTLES.contains(code)) {
            return new Throttled(problem.answer(), pause(answer));
        }
        if (code == POLICY_BLOCK) {
            return new Throttled(problem.answer(), Optional.of(POLICY_PAUSE));
        }
        if (problem.isTransient() || TRANSIENT.contains(code)) {
            return new Unavailable(problem.answer(), false);
        }
        if (TOKEN.contains(code)) {
            return new Unauthorized(problem.answer(), Cause.TOKEN);
        }
        if (isPermission(problem)) {
            return new Unauthorized(problem.answer(), Cause.PERMISSION);
        }
        if (CONFIGURATION.contains(code)) {
            return new Misconfigured(problem.answer());
        }
        if (isPayload(problem)) {
            return new Rejected(problem.answer(), REASONS.getOrDefault(problem.subcode(), REJECTED), 1);
        }
        return StatusOnly.unknownCode(answer, problem.answer());
    }

    private static boolean isPermission(Problem problem) {
        int code = problem.code();
        return code == 10
                || code == 3
                || code >= 200 && code <= 299
                || code == INVALID_PARAMETER && problem.subcode() == NO_ACCESS_TO_OBJECT;
    }

    private static boolean isPayload(Problem problem) {
        return problem.code() == TOO_MANY_PARAMETERS
                || problem.code() == INVALID_PARAMETER && problem.subcode() / 1000 == 2804;
    }

    /// Arguments are read only after access was granted, so an error about them proves access.
    private static boolean isArgumentError(Problem problem) {
        return problem.code() == INVALID_PARAMETER && !problem.isTransient() && !isPermission(problem);
    }

    private static Optional<Problem> problem(PlatformAnswer answer, JsonNode body) {
        JsonNode error = body.path("error");
        if (!error.isObject() || !error.path("code").canConvertToInt()) {
            return Optional.empty();
        }
        int code = error.path("code").intValue();
        int subcode = error.path("error_subcode").asInt(0);
        Answer cleaned = answer.toAnswer(code, message(error, code, subcode), text(error, "fbtrace_id"));
        return Optional.of(new Problem(code, subcode, error.path("is_transient").asBoolean(false), cleaned));
    }

    /// The numbers stand first, so that shortening a long text never costs them.
    private static String message(JsonNode error, int code, int subcode) {
        String numbers = subcode == 0 ? "code " + code : "code " + code + "/" + subcode;
        String hint = code == INVALID_PARAMETER && subcode == NO_ACCESS_TO_OBJECT ? NO_ACCESS : "";
        return numbers + ": " + hint + error.path("message").asText("");
    }

    private static @Nullable String messages(JsonNode body) {
        StringBuilder all = new StringBuilder();
        for (JsonNode message : body.path("messages")) {
            all.append(all.isEmpty() ? "" : "; ")
                    .append(message.isTextual() ? message.textValue() : message.toString());
        }
        return all.isEmpty() ? null : all.toString();
    }

    private static @Nullable String text(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return value.isTextual() ? value.textValue() : null;
    }

    /// The longest time to regain access that the usage header names, else `Retry-After`.
    private static Optional<Duration> pause(PlatformAnswer answer) {
        int minutes = answer.header("x-business-use-case-usage")
                .flatMap(AnswerBody::readHeader)
                .map(MetaAnswerReader::minutesToRegainAccess)
                .orElse(0);
        return minutes > 0 ? Optional.of(Duration.ofMinutes(minutes)) : answer.retryAfter();
    }

    private static int minutesToRegainAccess(JsonNode usage) {
        int most = 0;
        for (JsonNode limits : usage) {
            for (JsonNode limit : limits) {
                most = Math.max(
                        most, limit.path("estimated_time_to_regain_access").asInt(0));
            }
        }
        return Math.min(most, (int) Duration.ofDays(1).toMinutes());
    }
}
