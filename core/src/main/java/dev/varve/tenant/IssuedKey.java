package dev.varve.tenant;

import dev.varve.tenant.ApiKeys.Lifetime;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An API key as those who manage it see it; the secret is not known to anybody.
public record IssuedKey(ApiKey key, Lifetime lifetime, History history) {
    public record History(
            @Nullable Instant lastUsedAt,
            @Nullable Instant rotatedAt,
            @Nullable UUID supersededBy) {}

    /// From when on it does not work: revoked, killed, or the grace after a rotation over, whatever came first.
    public Optional<Instant> endedAt(Instant now) {
        return Stream.of(lifetime.revokedAt(), lifetime.killedAt(), lifetime.graceUntil())
                .flatMap(Stream::ofNullable)
                .filter(moment -> !moment.isAfter(now))
                .min(Instant::compareTo);
    }

    public boolean isActive(Instant now) {
        return endedAt(now).isEmpty();
    }
}
