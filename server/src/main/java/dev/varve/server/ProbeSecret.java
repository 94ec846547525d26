package dev.varve.server;

import dev.varve.tenant.Vault;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.jdbi.v3.core.Jdbi;

/// The credential of verify-tracking's probes: one per installation, encrypted, so that every process on the database
/// accepts the probes of the others.
final class ProbeSecret {
    private static final String NAME = "probe-credential";
    private static final byte[] PLACE = NAME.getBytes(StandardCharsets.UTF_8);

    private ProbeSecret() {}

    /// Made on first use; of two processes at once the first wins.
    static String of(Jdbi jdbi, Vault vault) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        byte[] fresh = Base64.getUrlEncoder().withoutPadding().encode(random);
        byte[] stored = jdbi.inTransaction(handle -> {
            handle.createUpdate("insert into installation (name, value) values (:name, :value) on conflict do nothing")
                    .bind("name", NAME)
                    .bind("value", vault.encrypt(fresh, PLACE))
                    .execute();
            return handle.createQuery("select value from installation where name = :name")
                    .bind("name", NAME)
                    .mapTo(byte[].class)
                    .one();
        });
        return new String(vault.decrypt(stored, PLACE), StandardCharsets.US_ASCII);
    }

    /// Whether anything in the database is encrypted with the vault's key.
    static boolean anySecretStored(Jdbi jdbi) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select exists (select from vault_entry) or exists (select from installation where name = :name)")
                .bind("name", NAME)
                .mapTo(Boolean.class)
                .one());
    }
}
