package dev.varve.server.vault;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import dev.varve.server.config.SettingsException;
import dev.varve.tenant.Vault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// AES-256-GCM with a Tink keyset that lies in a file of its own, outside the database.
///
/// The file is made on first start, mode 0600. Losing it loses every stored token, so a missing file beside stored
/// secrets stops the start instead of making a new key. To change the key add a new primary to the keyset and keep
/// the old one.
public final class TinkVault implements Vault {
    private final Aead aead;

    private TinkVault(Aead aead) {
        this.aead = aead;
    }

    /// `hasSecrets`: whether the database holds anything this vault encrypted; asked only when the file is missing.
    ///
    /// @throws SettingsException when the file is missing beside stored secrets, unreadable or no keyset
    public static TinkVault open(Path keyFile, BooleanSupplier hasSecrets) {
        try {
            AeadConfig.register();
            KeysetHandle keys = Files.exists(keyFile) ? read(keyFile) : create(keyFile, hasSecrets);
            return new TinkVault(keys.getPrimitive(RegistryConfiguration.get(), Aead.class));
        } catch (GeneralSecurityException e) {
            throw new SettingsException("The vault key file " + keyFile + " is not a Tink keyset for AEAD.");
        } catch (IOException e) {
            throw new SettingsException("The vault key file " + keyFile + " cannot be read or written: "
                    + e.getClass().getSimpleName() + ".");
        }
    }

    /// Whether the file is there and is a keyset; for `doctor`.
    public static boolean isReadable(Path keyFile) {
        try {
            AeadConfig.register();
            read(keyFile);
            return true;
        } catch (GeneralSecurityException | IOException e) {
            return false;
        }
    }

    @Override
    public byte[] encrypt(byte[] plaintext, byte[] associatedData) {
        try {
            return aead.encrypt(plaintext, associatedData);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("encryption failed", e);
        }
    }

    @Override
    public byte[] decrypt(byte[] ciphertext, byte[] associatedData) {
        try {
            return aead.decrypt(ciphertext, associatedData);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a stored secret cannot be decrypted with this vault key", e);
        }
    }

    private static KeysetHandle read(Path keyFile) throws IOException, GeneralSecurityException {
        return TinkJsonProtoKeysetFormat.parseKeyset(Files.readString(keyFile), InsecureSecretKeyAccess.get());
    }

    private static KeysetHandle create(Path keyFile, BooleanSupplier hasSecrets)
            throws IOException, GeneralSecurityException {
        if (hasSecrets.getAsBoolean()) {
            throw new SettingsException("The vault key file " + keyFile
                    + " is missing, but the database holds tokens encrypted with it; put the file back from its copy.");
        }
        KeysetHandle keys = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM);
        write(keyFile, TinkJsonProtoKeysetFormat.serializeKeyset(keys, InsecureSecretKeyAccess.get()));
        return keys;
    }

    /// Never there half-written: a crash leaves the temporary file at most, and the key is on disk before it is used.
    private static void write(Path keyFile, String keyset) throws IOException {
        Path temporary = keyFile.resolveSibling(keyFile.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(java.nio.ByteBuffer.wrap(keyset.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
        Files.move(temporary, keyFile, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }
}
