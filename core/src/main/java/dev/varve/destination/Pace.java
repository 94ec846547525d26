package dev.varve.destination;

import java.time.Duration;

/// What a platform that took a request wants of the next ones. `halved`: half the requests at a time; `pause`: none
/// for so long.
public record Pace(boolean halved, Duration pause) {
    public static final Pace FULL = new Pace(false, Duration.ZERO);
    public static final Pace HALF = new Pace(true, Duration.ZERO);
}
