package dev.varve.tenant;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Stores API keys. Only the SHA-256 of a secret is ever stored.
public interface ApiKeys {
    void insert(KeyMint.MintedKey minted);

    /// By the public part; revoked and killed keys are found too, see `StoredKey.isUsable`.
    Optional<StoredKey> find(String keyId);

    /// A key was accepted. Returns at once; that it was used is written down some time later, and not each time.
    default void used(UUID id, Instant now) {}

    /// Told when this process changed keys or the status of an organization, so that copies in memory are read anew at
    /// once; other processes see the change within a second by themselves.
    default void changed() {}

    /// What authentication needs to know, read in one query.
    record StoredKey(ApiKey key, byte[] secretSha256, Lifetime lifetime, Organization organization) {
        /// False: to be treated as unknown.
        public boolean isUsable(Instant now) {
            return lifetime.revokedAt() == null
                    && organization.status() != Organization.Status.ARCHIVED
                    && (lifetime.graceUntil() == null || now.isBefore(lifetime.graceUntil()));
        }

        /// True: the key is known, but nothing may be done with it for now.
        public boolean isBlocked() {
            return lifetime.killedAt() != null || organization.status() == Organization.Status.SUSPENDED;
        }
    }

    /// `graceUntil`: a rotated key works until then.
    record Lifetime(
            @Nullable Instant revokedAt,
            @Nullable Instant killedAt,
            @Nullable Instant graceUntil) {
        public static final Lifetime UNLIMITED = new Lifetime(null, null, null);
    }
}
