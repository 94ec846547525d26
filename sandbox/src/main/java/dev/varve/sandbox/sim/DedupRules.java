package dev.varve.sandbox.sim;

import java.time.Duration;

/// How a platform recognises repeats. `amongServer`: two server events with one id count once. `window`: how long
/// after the first. `merge`: how long repeats fill gaps of the first (zero: never). `matchKeyWindow`: how long a
/// browser event covers server events without an id. `browserWins`: how long a later browser event takes the place
/// of a server event.
public record DedupRules(
        boolean amongServer, Duration window, Duration merge, Duration matchKeyWindow, Duration browserWins) {
    private static final Duration TWO_DAYS = Duration.ofHours(48);
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    public static DedupRules meta(boolean amongServer) {
        return new DedupRules(amongServer, TWO_DAYS, Duration.ZERO, TWO_DAYS, FIVE_MINUTES);
    }

    public static final DedupRules TIKTOK = new DedupRules(true, TWO_DAYS, FIVE_MINUTES, FIVE_MINUTES, Duration.ZERO);
}
