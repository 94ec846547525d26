package dev.varve.delivery;

import dev.varve.destination.AttemptOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What follows an attempt.
public sealed interface NextStep {
    /// All events of the request are forwarded. `notes`: for their receipts.
    record Settle(int acknowledged, List<String> notes) implements NextStep {
        public Settle {
            notes = List.copyOf(notes);
        }
    }

    /// The guilty ones (index → reason) are dead, the rest is sent again at once.
    record ResendWithout(Map<Integer, String> guilty) implements NextStep {
        public ResendWithout {
            guilty = Map.copyOf(guilty);
        }
    }

    /// Send both halves by themselves.
    record Split() implements NextStep {}

    /// Send every event by itself.
    record SendSingly() implements NextStep {}

    /// Smaller batches from now on, and send both halves.
    record Shrink() implements NextStep {}

    /// The only event of the request is dead.
    record GiveUp(String reason) implements NextStep {}

    /// The events of the request are tried again later; the lane goes on.
    record RetryEvent(Duration after) implements NextStep {}

    /// Events that met this answer before are forwarded with `note`, the others are sent once more; the lane goes on.
    record ResendOnce(Duration after, String note) implements NextStep {}

    /// The platform fails: the lane rests, the attempt counts.
    record Rest(Duration pause, boolean fateUnknown) implements NextStep {}

    /// As `Rest`, but the request failed so often that one of its events may be the cause: what is tried next
    /// goes alone.
    record Doubt(Rest rest) implements NextStep {}

    /// The only event of the request is under suspicion: it waits for `waits` and then goes by itself. Where nothing
    /// else passes either, the lane rests for `pause`.
    record SetAside(Duration waits, Duration pause) implements NextStep {}

    /// The lane rests, and with it all that share the limit; no attempt counts.
    record Throttle(Duration pause, AttemptOutcome.Throttled.Scope scope) implements NextStep {}

    /// The lane rests, then sends one event by itself; no attempt counts.
    record Block(Duration pause) implements NextStep {}

    /// Nothing is sent until probes tell whether the refusal is real.
    record Hold(AttemptOutcome.Unauthorized.Cause cause) implements NextStep {}

    /// Nothing is sent until somebody acts or a probe passes.
    record Stop(Why why) implements NextStep {
        public enum Why {
            MISCONFIGURED,
            BLOCKED
        }
    }
}
