package dev.varve.health;

import dev.varve.destination.Answer;
import dev.varve.destination.ProbeResult;
import dev.varve.tenant.Layers.LayerError;

/// What one check of a token comes to.
public sealed interface TokenFinding {
    /// The platform accepts token and pixel.
    record Confirmed() implements TokenFinding {}

    /// The platform did not object, but the probe cannot tell: the first accepted event will.
    record Inconclusive() implements TokenFinding {}

    /// Refused, but not often enough to call a token bad that worked so far.
    record Suspected(LayerError error, int refusals) implements TokenFinding {}

    record Refused(LayerError error) implements TokenFinding {}

    /// No verdict: the one before stands.
    record Unanswered() implements TokenFinding {}

    /// As with lanes: platforms were seen to refuse permissions for minutes.
    int TOKEN_REFUSALS = 2;
    int PIXEL_REFUSALS = 3;

    static TokenFinding of(ProbeResult result, TokenStanding standing) {
        return switch (result) {
            case ProbeResult.Accepted accepted -> accepted.conclusive() ? new Confirmed() : new Inconclusive();
            case ProbeResult.TokenRefused(Answer answer) ->
                refused(error(answer, "TOKEN_INVALID"), TOKEN_REFUSALS, standing);
            case ProbeResult.PixelRefused(Answer answer) ->
                refused(error(answer, "PIXEL_INVALID"), PIXEL_REFUSALS, standing);
            case ProbeResult.Unknown _ -> new Unanswered();
        };
    }

    /// While a lane is held its own probes decide, at their own pace.
    private static TokenFinding refused(LayerError error, int needed, TokenStanding standing) {
        if (standing.known() != TokenStanding.Known.VALID) {
            return new Refused(error);
        }
        return switch (standing.lane()) {
            case HELD -> new Suspected(error, standing.refusals());
            case STOPPED -> new Refused(error);
            case FLOWING, WAITING ->
                standing.refusals() + 1 >= needed ? new Refused(error) : new Suspected(error, standing.refusals() + 1);
        };
    }

    private static LayerError error(Answer answer, String code) {
        return new LayerError(answer.at(), code, answer.message(), answer.platformCode());
    }
}
