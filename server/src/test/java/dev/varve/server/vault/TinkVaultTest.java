package dev.varve.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.server.config.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinkVaultTest {
    private static final byte[] HERE = {1};
    private static final byte[] ELSEWHERE = {2};

    @TempDir
    Path directory;

    @Test
    void aLaterStartReadsWhatAnEarlierOneWroteAndOnlyTheOwnerReadsTheKey() throws Exception {
        Path file = directory.resolve("key.json");
        byte[] ciphertext = TinkVault.open(file, () -> false).encrypt(new byte[] {7}, HERE);
        assertThat(TinkVault.open(file, () -> true).decrypt(ciphertext, HERE)).containsExactly(7);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aCiphertextCannotBeMovedToAnotherPlace() {
        TinkVault vault = TinkVault.open(directory.resolve("key.json"), () -> false);
        byte[] ciphertext = vault.encrypt(new byte[] {7}, HERE);
        assertThatThrownBy(() -> vault.decrypt(ciphertext, ELSEWHERE)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMissingKeyBesideStoredSecretsStopsTheStart() {
        Path file = directory.resolve("key.json");
        assertThatThrownBy(() -> TinkVault.open(file, () -> true))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("is missing");
        assertThat(file).doesNotExist();
    }

    @Test
    void aFileThatIsNoKeysetIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("key.json"), "{}");
        assertThatThrownBy(() -> TinkVault.open(file, () -> false)).isInstanceOf(SettingsException.class);
    }
}
