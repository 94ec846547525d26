package dev.varve.delivery;

import dev.varve.destination.AttemptOutcome;
import java.time.Duration;
import java.util.Map;

/// What follows an attempt.
public sealed interface NextStep {
    /// All events of the request are forwarded.
    record Settle(int acknowledged) implements NextStep {}

    /// The guilty ones (index → reason) are dead, the rest is sent again at once.
    record ResendWithout(Map<Integer, String> guilty) implements NextStep {
        public ResendWithout {
            guilty = Map.copyOf(guilty);
        }
    }

    /// Send both halves by themselves.
    record Split() implements NextStep {}

    /// Smaller batches from now on, and send both halves.
    record Shrink() implements NextStep {}

    /// The only event of the request is dead.
    record GiveUp(String reason) implements NextStep {}

    /// The events of the request are tried again later; the lane goes on.
    record RetryEvent(Duration after) implements NextStep {}

    /// The lane rests; `counted`: the events' attempt counts.
    record Rest(Duration pause, boolean counted, boolean fateUnknown) implements NextStep {}

    /// Nothing is sent until probes tell whether the refusal is real.
    record Hold(AttemptOutcome.Unauthorized.Cause cause) implements NextStep {}

    /// Nothing is sent until somebody changes the configuration.
    record Stop() implements NextStep {}
}
