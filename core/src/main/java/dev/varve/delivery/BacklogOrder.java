package dev.varve.delivery;

/// Which stored events a lane sends first. Those that would soon be too old go before all others in either order.
public enum BacklogOrder {
    OLDEST,
    NEWEST
}
