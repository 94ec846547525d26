package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.AnswerBody;
import dev.varve.connectors.PlatformAnswer;
import dev.varve.connectors.meta.MetaTraits.Trait;
import dev.varve.destination.Answer;
import dev.varve.destination.ProbeResult;
import dev.varve.destination.ProbeResult.Accepted;
import dev.varve.destination.ProbeResult.PixelRefused;
import dev.varve.destination.ProbeResult.TokenRefused;
import dev.varve.destination.ProbeResult.Unknown;
import java.time.Instant;
import java.util.Optional;

/// Says what the answers to probes prove about token and dataset. Pure.
final class MetaProbeReader {
    private static final int UNKNOWN_ALIAS = 803;
    private static final int INVALID_TOKEN = 190;
    private static final String MAY_NOT_READ =
            "the token may not read the dataset, which does not tell whether it may send";

    /// To an event that is wrong in nothing but its age.
    ProbeResult ofSending(PlatformAnswer answer) {
        Optional<MetaProblem> found = MetaProblem.in(answer);
        if (found.isEmpty()) {
            return isRecorded(answer)
                    ? new Accepted(answer.toAnswer(null, null, null), true)
                    : new Unknown(unreadable(answer));
        }
        MetaProblem problem = found.get();
        return switch (problem.kind()) {
            case PAYLOAD -> new Accepted(problem.answer(), problem.isAboutAnEvent());
            case TOKEN -> new TokenRefused(problem.answer());
            case PERMISSION -> new PixelRefused(problem.answer());
            case CONFIGURATION ->
                problem.code() == UNKNOWN_ALIAS ? new PixelRefused(problem.answer()) : new Unknown(problem.answer());
            case UNKNOWN ->
                problem.isArgumentError() ? new Accepted(problem.answer(), false) : new Unknown(problem.answer());
            case THROTTLE, POLICY, TRANSIENT -> new Unknown(problem.answer());
        };
    }

    /// Was the probe's event taken?
    boolean isRecorded(PlatformAnswer answer) {
        return answer.isSuccess()
                && AnswerBody.read(answer)
                        .filter(body -> body.path("events_received").isIntegralNumber())
                        .isPresent();
    }

    /// To a request for the dataset itself. Tokens that may only send are refused here, so a refusal to read counts
    /// only against a token that once could.
    ProbeResult ofReading(PlatformAnswer answer, Trait trait) {
        Optional<MetaProblem> found = MetaProblem.in(answer);
        if (found.isEmpty()) {
            boolean read = answer.isSuccess()
                    && AnswerBody.read(answer).filter(body -> body.has("id")).isPresent();
            return read ? new Accepted(answer.toAnswer(null, null, null), true) : new Unknown(unreadable(answer));
        }
        MetaProblem problem = found.get();
        return switch (problem.kind()) {
            case TOKEN -> trait.tokenInBody() ? mayNotRead(answer, problem) : new TokenRefused(problem.answer());
            case PERMISSION -> trait.readable() ? new PixelRefused(problem.answer()) : mayNotRead(answer, problem);
            case CONFIGURATION, UNKNOWN, PAYLOAD, THROTTLE, POLICY, TRANSIENT -> new Unknown(problem.answer());
        };
    }

    private static ProbeResult mayNotRead(PlatformAnswer answer, MetaProblem problem) {
        return new Accepted(
                answer.toRefusal(problem.code(), MAY_NOT_READ, problem.answer().traceId()), false);
    }

    /// Present only when Meta says of this token that it is invalid or has expired.
    Optional<ProbeResult> refusalByDebugToken(PlatformAnswer answer, Instant now) {
        JsonNode data = AnswerBody.read(answer)
                .filter(_ -> answer.isSuccess())
                .map(body -> body.path("data"))
                .orElse(null);
        if (data == null || !data.path("is_valid").isBoolean()) {
            return Optional.empty();
        }
        int code = data.path("error").path("code").asInt(INVALID_TOKEN);
        long expiresAt = data.path("expires_at").asLong(0);
        boolean expired = expiresAt > 0 && expiresAt <= now.getEpochSecond();
        boolean refused = !data.path("is_valid").booleanValue() && code == INVALID_TOKEN;
        if (!refused && !expired) {
            return Optional.empty();
        }
        String why = expired
                ? "the token has expired"
                : data.path("error").path("message").asText("");
        return Optional.of(new TokenRefused(answer.toAnswer(INVALID_TOKEN, "debug_token: " + why, null)));
    }

    private static Answer unreadable(PlatformAnswer answer) {
        return answer.toRefusal(null, "HTTP " + answer.status() + " without a readable body", null);
    }
}
