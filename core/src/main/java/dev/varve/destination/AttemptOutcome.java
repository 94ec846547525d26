package dev.varve.destination;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What came of one request to a platform. Indices refer to the events of the request.
public sealed interface AttemptOutcome {
    Answer answer();

    /// The platform took all of them. `acknowledged` is the platform's own count (TikTok: the number sent).
    /// `pace`: what it wants of the requests to come. `notes`: for the receipts, such as `partial`.
    record Delivered(Answer answer, int acknowledged, Pace pace, List<String> notes) implements AttemptOutcome {
        public Delivered {
            notes = List.copyOf(notes);
        }

        public Delivered(Answer answer, int acknowledged) {
            this(answer, acknowledged, Pace.FULL, List.of());
        }
    }

    /// Nothing was stored; the named events are guilty (index → dead-letter reason), the others may be sent again
    /// at once.
    record PartlyRejected(Answer answer, Map<Integer, String> guilty) implements AttemptOutcome {
        public PartlyRejected {
            guilty = Map.copyOf(guilty);
        }
    }

    /// Nothing was stored, one or more events are guilty, the platform does not say which: split and send again. With a
    /// single event that one is guilty, for `reason`, after `tries` tries: 1 when the platform is clear, more
    /// when its answer may pass.
    record Rejected(Answer answer, String reason, int tries) implements AttemptOutcome {}

    /// The platform stored some of them and does not say which: the same once more, later. The platform recognises
    /// what it has by the event id.
    record PartlyStored(Answer answer) implements AttemptOutcome {}

    /// The request was too large: send fewer at once.
    record TooLarge(Answer answer) implements AttemptOutcome {}

    /// Send nothing within `scope` for `pause` (empty: the connector's ladder); no attempt is counted.
    record Throttled(Answer answer, Optional<Duration> pause, Scope scope) implements AttemptOutcome {
        /// What shares the limit that was hit: this destination alone, or all that use the same token.
        public enum Scope {
            DESTINATION,
            TOKEN
        }

        public Throttled(Answer answer, Optional<Duration> pause) {
            this(answer, pause, Scope.DESTINATION);
        }
    }

    /// The platform blocks the sender for its policy: nothing for `pause`, then one event; after three in a row the
    /// destination stops. No attempt is counted.
    record Blocked(Answer answer, Duration pause) implements AttemptOutcome {}

    /// The platform failed or could not be reached. `fateUnknown`: the events may have been stored nevertheless.
    /// `maxTries`: after so many an event is suspected to be the cause: it is looked for while other events
    /// pass, and given up only when it failed by itself with others passing in between; 0: never.
    record Unavailable(Answer answer, boolean fateUnknown, int maxTries) implements AttemptOutcome {
        public Unavailable(Answer answer, boolean fateUnknown) {
            this(answer, fateUnknown, 0);
        }
    }

    /// Token refused (`TOKEN`) or not allowed here (`PERMISSION`): hold and confirm by probes.
    record Unauthorized(Answer answer, Cause cause) implements AttemptOutcome {
        public enum Cause {
            TOKEN,
            PERMISSION
        }
    }

    /// The destination or this program is set up wrongly; nothing to retry until somebody acts.
    record Misconfigured(Answer answer) implements AttemptOutcome {}
}
