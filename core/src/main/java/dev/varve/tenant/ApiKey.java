package dev.varve.tenant;

import java.time.Instant;
import java.util.UUID;

/// A Partner API key without its secret. `keyId` is the public part, 16 Crockford base32 characters, and may be logged.
public record ApiKey(
        UUID id,
        UUID organizationId,
        String keyId,
        String name,
        Mode env,
        Scopes scopes,
        RateLimitTier tier,
        Instant createdAt) {}
