package dev.varve.destination;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What came of one request to a platform. Indices refer to the events of the request.
public sealed interface AttemptOutcome {
    Answer answer();

    /// The platform took all of them. `acknowledged` is the platform's own count (TikTok: the number sent).
    record Delivered(Answer answer, int acknowledged) implements AttemptOutcome {}

    /// Nothing was stored; the named events are guilty (index → dead-letter reason), the others may be sent again
    /// at once.
    record PartlyRejected(Answer answer, Map<Integer, String> guilty) implements AttemptOutcome {
        public PartlyRejected {
            guilty = Map.copyOf(guilty);
        }
    }

    /// Nothing was stored, one or more events are guilty, the platform does not say which: split and send again. With a
    /// single event that one is guilty, for `reason`. `confident` false: an unknown code, worth a few tries.
    record Rejected(Answer answer, String reason, boolean confident) implements AttemptOutcome {}

    /// The platform stored some of them and does not say which: the same once more, later. The platform recognises
    /// what it has by the event id.
    record PartlyStored(Answer answer) implements AttemptOutcome {}

    /// The request was too large: send fewer at once.
    record TooLarge(Answer answer) implements AttemptOutcome {}

    /// Send nothing to this destination for `pause` (empty: the caller's own ladder); no attempt is counted.
    record Throttled(Answer answer, Optional<Duration> pause) implements AttemptOutcome {}

    /// The platform failed or could not be reached. `fateUnknown`: the events may have been stored nevertheless.
    record Unavailable(Answer answer, boolean fateUnknown) implements AttemptOutcome {}

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
