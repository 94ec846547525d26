package dev.varve.collect;

import java.time.Duration;
import java.util.Optional;

/// How many events an app may send per minute.
public interface EventAllowance {
    EventAllowance UNLIMITED = (appId, events) -> Optional.empty();

    /// Takes `events` from the app's allowance; otherwise takes nothing and says how long to wait.
    Optional<Duration> take(String appId, int events);
}
