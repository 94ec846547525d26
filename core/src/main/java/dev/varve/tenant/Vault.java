package dev.varve.tenant;

/// Encrypts secrets with a key that is not in the database. Thread-safe.
///
/// `associatedData` binds a ciphertext to its place (the id of its row): what was encrypted for one place cannot be
/// decrypted for another.
public interface Vault {
    byte[] encrypt(byte[] plaintext, byte[] associatedData);

    /// @throws IllegalStateException when the ciphertext was changed, belongs elsewhere, or was made with another key
    byte[] decrypt(byte[] ciphertext, byte[] associatedData);
}
