package dev.varve.tenant;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Stores API keys. Only the SHA-256 of a secret is ever stored.
public interface ApiKeys {
    void insert(KeyMint.MintedKey minted);

    /// By the public part; revoked and killed keys are found too, see `StoredKey.isUsable`.
    Optional<StoredKey> find(String keyId);

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
