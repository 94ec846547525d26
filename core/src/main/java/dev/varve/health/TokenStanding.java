package dev.varve.health;

import dev.varve.delivery.DestinationState;

/// What is known of a layer's token before it is validated again. `refusals`: in a row, by checks that were not enough
/// to call a valid token bad.
public record TokenStanding(Known known, int refusals, DestinationState.Phase lane) {
    public enum Known {
        /// The platform has given no verdict yet.
        NOTHING,
        VALID,
        REFUSED
    }
}
