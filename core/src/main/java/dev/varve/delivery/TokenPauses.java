package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.identity.Sha256;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Tokens a platform wants nothing of for a while, whatever destination they are used for. Knows their hashes only.
/// Thread-safe.
final class TokenPauses {
    private record Key(Platform platform, String hash) {}

    private final Map<Key, Instant> pauses = new ConcurrentHashMap<>();

    void pause(Destination destination, Instant until, Instant now) {
        pauses.values().removeIf(end -> !end.isAfter(now));
        key(destination).ifPresent(key -> pauses.merge(key, until, (a, b) -> a.isAfter(b) ? a : b));
    }

    /// `Instant.MIN` when the destination's token may be used.
    Instant until(Destination destination) {
        return pauses.isEmpty()
                ? Instant.MIN
                : key(destination).map(pauses::get).orElse(Instant.MIN);
    }

    private static Optional<Key> key(Destination destination) {
        return destination
                .accessToken()
                .map(token -> new Key(destination.key().platform(), new Sha256().hex(token.value())));
    }
}
