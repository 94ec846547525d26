package dev.varve.store.postgres.webhook;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.bytes;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.tenant.Vault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Signing secrets as vault entries: encrypted, with the entry's id as associated data.
record SigningSecrets(Vault vault) {
    /// The id of the new entry.
    UUID store(Handle handle, UUID organizationId, String secret, Instant now) {
        UUID id = UUID.randomUUID();
        handle.createUpdate("""
                        insert into vault_entry (id, organization_id, ciphertext, updated_at)
                        values (:id, :organization, :ciphertext, :at)""")
                .bind("id", uuid(id))
                .bind("organization", uuid(organizationId))
                .bind("ciphertext", bytes(vault.encrypt(secret.getBytes(StandardCharsets.UTF_8), associatedData(id))))
                .bind("at", at(now))
                .execute();
        return id;
    }

    String reveal(UUID id, byte[] ciphertext) {
        return new String(vault.decrypt(ciphertext, associatedData(id)), StandardCharsets.UTF_8);
    }

    static void delete(Handle handle, @Nullable UUID id) {
        handle.createUpdate("delete from vault_entry where id = :id")
                .bind("id", uuid(id))
                .execute();
    }

    private static byte[] associatedData(UUID id) {
        return id.toString().getBytes(StandardCharsets.UTF_8);
    }
}
