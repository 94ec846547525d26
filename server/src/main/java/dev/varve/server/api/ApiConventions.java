package dev.varve.server.api;

import dev.varve.server.config.Allowance;
import dev.varve.tenant.IdempotencyKeys;
import dev.varve.tenant.Vault;

/// What every route shares besides its subject. `internalTier`: the allowance of keys of that tier; `vault`
/// seals stored answers.
public record ApiConventions(Allowance internalTier, IdempotencyKeys idempotencyKeys, Vault vault) {}
