package dev.varve.tenant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The managing side of API keys. The caller has already checked that the organization is one it may manage.
public interface IssuedKeys {
    /// `returnUrls`: where an OAuth flow begun with the key may return to.
    Inserted insert(KeyMint.MintedKey minted, List<String> returnUrls);

    Optional<IssuedKey> find(UUID id);

    /// Newest first, at most `limit`.
    List<IssuedKey> list(UUID organizationId, Optional<Projects.Position> after, int limit);

    /// A repeat keeps the first moment.
    IssuedKey revoke(UUID id, Instant now);

    /// Blocks the key for good; a key that was revoked before stays as it is.
    IssuedKey kill(UUID id, Instant now);

    /// Adds the successor, with the same return URLs, and lets the old key work until `graceUntil`. Empty, and nothing
    /// was added, when the old key is revoked (as all keys of an archived organization are), killed, or rotated
    /// already.
    Optional<IssuedKey> rotate(UUID id, KeyMint.MintedKey successor, Instant graceUntil);

    enum Inserted {
        INSERTED,
        /// Nothing was.
        ORGANIZATION_ARCHIVED
    }
}
