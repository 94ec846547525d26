package dev.varve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.server.config.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One process at a time has the data directory.
class DataDirectoryTest {
    @TempDir
    Path folder;

    @Test
    void itIsMadeWithItsParentsAndOthersCannotListIt() throws Exception {
        Path data = folder.resolve("a/b");
        try (DataDirectory opened = DataDirectory.open(data)) {
            assertThat(opened.path()).isEqualTo(data);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                    .isEqualTo("rwxr-x--x");
        }
    }

    @Test
    void aSecondHolderIsRefusedUntilTheFirstIsGone() {
        DataDirectory first = DataDirectory.open(folder);
        assertThatThrownBy(() -> DataDirectory.open(folder))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("Another Varve")
                .hasMessageContaining("--data");
        first.close();
        DataDirectory.open(folder).close();
    }

    @Test
    void aFileInItsPlaceIsRefusedWithTheReason() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> DataDirectory.open(file))
                .isInstanceOf(SettingsException.class)
                .hasMessage("The data directory " + file + " cannot be used: Not a directory.");
        assertThatThrownBy(() -> DataDirectory.open(file.resolve("below")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("null");
    }
}
