package dev.varve.health;

import dev.varve.tenant.Layer;
import java.time.Duration;
import java.time.Instant;

/// When a token is validated again. Nothing waits longer than `whileFine`.
public record CheckSchedule(Duration whileFine) {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final Duration WHILE_REFUSED = Duration.ofMinutes(15);
    /// Longer than any probe takes, so that a check is not done twice unless its process died.
    private static final Duration CLAIM = Duration.ofMinutes(2);

    public static final CheckSchedule DEFAULT = new CheckSchedule(Duration.ofHours(6));

    public Instant after(TokenFinding finding, TokenStanding standing, Instant now) {
        return switch (finding) {
            case TokenFinding.Confirmed _ -> now.plus(whileFine);
            case TokenFinding.Inconclusive _ ->
                standing.known() == TokenStanding.Known.REFUSED ? in(WHILE_REFUSED, now) : now.plus(whileFine);
            case TokenFinding.Suspected _ -> in(SOON, now);
            case TokenFinding.Refused _ -> in(WHILE_REFUSED, now);
            case TokenFinding.Unanswered _ -> in(SOON, now);
        };
    }

    /// After a layer was configured with what the platform then said of its token.
    public Instant afterSave(Layer.Token token, Instant now) {
        if (token.valid()) {
            return now.plus(whileFine);
        }
        return in(token.isRefused() ? WHILE_REFUSED : SOON, now);
    }

    /// Until when a check that begins now belongs to its process.
    public Instant claimedUntil(Instant now) {
        return in(CLAIM, now);
    }

    private Instant in(Duration wanted, Instant now) {
        return now.plus(wanted.compareTo(whileFine) < 0 ? wanted : whileFine);
    }
}
