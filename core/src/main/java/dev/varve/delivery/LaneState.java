package dev.varve.delivery;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Destination;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a lane does now.
sealed interface LaneState {
    /// Sends as events come.
    record Flowing() implements LaneState {}

    /// Sends nothing until `until`, then one request to see whether the platform is back.
    record Waiting(Instant until) implements LaneState {}

    /// A token or permission was refused; probes decide. `agreeing`: refusals in a row, the first included in neither.
    record Held(AttemptOutcome.Unauthorized.Cause cause, int probes, int agreeing, Instant nextProbeAt)
            implements LaneState {
        /// `delays`: before the probes; the last one repeats.
        static Held first(AttemptOutcome.Unauthorized.Cause cause, Instant at, List<Duration> delays) {
            return new Held(cause, 0, 0, at.plus(delays.getFirst()));
        }

        /// After a probe that brought `refusals` (0 or 1).
        Held probed(int refusals, Instant at, List<Duration> delays) {
            Duration delay = delays.get(Math.min(probes + 1, delays.size() - 1));
            return new Held(cause, probes + 1, agreeing + refusals, at.plus(delay));
        }

        /// Two agreeing refusals of a token, three of a permission: platforms were seen to refuse permissions for
        /// minutes.
        boolean isConfirmed(List<Duration> delays) {
            int wanted =
                    switch (cause) {
                        case TOKEN -> 2;
                        case PERMISSION -> 3;
                    };
            return agreeing >= Math.min(wanted, delays.size());
        }
    }

    /// Confirmed: nothing is sent until the configuration changes or a probe passes.
    record Stopped(Broken reason, Instant nextProbeAt) implements LaneState {}

    /// What a lane begins with, by what is remembered of it.
    static LaneState after(DestinationState before, Instant now) {
        return switch (before.phase()) {
            case STOPPED ->
                new Stopped(
                        before.brokenReason() == null ? Broken.CONFIGURATION : Broken.valueOf(before.brokenReason()),
                        now);
            // A hold is found again by the next request, when the refusal was real.
            case HELD, WAITING -> new Waiting(before.quietUntil() == null ? now : before.quietUntil());
            case FLOWING -> new Flowing();
        };
    }

    enum Broken {
        TOKEN,
        PERMISSION,
        CONFIGURATION
    }

    default DestinationState.Phase phase() {
        return switch (this) {
            case Flowing() -> DestinationState.Phase.FLOWING;
            case Waiting waiting -> DestinationState.Phase.WAITING;
            case Held held -> DestinationState.Phase.HELD;
            case Stopped stopped -> DestinationState.Phase.STOPPED;
        };
    }

    /// The credentials a state was reached with; when they change, the state is void.
    record Credentials(Optional<String> pixelId, Optional<Destination.AccessToken> token) {
        static Credentials of(Destination destination) {
            return new Credentials(Optional.ofNullable(destination.pixelId()), destination.accessToken());
        }
    }
}
