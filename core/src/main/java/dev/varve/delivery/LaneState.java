package dev.varve.delivery;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Destination;
import java.time.Instant;
import java.util.Optional;

/// What a lane does now.
sealed interface LaneState {
    /// Sends as events come.
    record Flowing() implements LaneState {}

    /// Sends nothing until `until`, then one request to see whether the platform is back.
    record Waiting(Instant until) implements LaneState {}

    /// A token or permission was refused; probes decide. `agreeing`: refusals in a row, the first included in neither.
    record Held(AttemptOutcome.Unauthorized.Cause cause, int probes, int agreeing, Instant nextProbeAt)
            implements LaneState {}

    /// Confirmed: nothing is sent until the configuration changes or a probe passes.
    record Stopped(Broken reason, Instant nextProbeAt) implements LaneState {}

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
