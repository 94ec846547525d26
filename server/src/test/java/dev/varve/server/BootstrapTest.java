package dev.varve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.server.config.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `bootstrap.json` holds an administrator's key, and tools rely on its form.
class BootstrapTest {
    private static final Bootstrap FRESH = new Bootstrap(
            "http://localhost:1",
            "http://localhost:2",
            "http://localhost:1",
            "org_1",
            "lp_live_key",
            null,
            null,
            null,
            null);

    @TempDir
    Path data;

    @Test
    void onlyTheOwnerMayReadItAndNothingElseIsLeftBehind() throws Exception {
        FRESH.write(data);
        FRESH.withUrls("http://localhost:3", "http://localhost:4").write(data);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Bootstrap.file(data))))
                .isEqualTo("rw-------");
        try (var files = Files.list(data)) {
            assertThat(files.toList()).isEqualTo(List.of(Bootstrap.file(data)));
        }
    }

    @Test
    void whatIsWrittenIsReadAgainAndAnAbsentFileIsNothing() {
        assertThat(Bootstrap.read(data)).isEmpty();
        Bootstrap demo = FRESH.withDemo("prj_1", "app_1", "app_2", "http://localhost:9");
        demo.write(data);
        assertThat(Bootstrap.read(data)).contains(demo);
    }

    @Test
    void newAddressesKeepTheKeyAndTheDemosObjects() {
        Bootstrap moved = FRESH.withDemo("prj_1", "app_1", "app_2", "http://localhost:9")
                .withUrls("http://localhost:5", "http://localhost:6");

        assertThat(moved)
                .isEqualTo(new Bootstrap(
                        "http://localhost:5",
                        "http://localhost:6",
                        "http://localhost:5",
                        "org_1",
                        "lp_live_key",
                        "prj_1",
                        "app_1",
                        "app_2",
                        "http://localhost:9"));
    }

    @Test
    void withoutADemoItsMembersAreAbsent() throws Exception {
        FRESH.write(data);
        assertThat(Files.readString(Bootstrap.file(data))).doesNotContain("projectId", "sandboxUrl", "null");
    }

    @Test
    void aFileThatIsNotJsonIsRefusedInOneSentence() throws Exception {
        Files.writeString(Bootstrap.file(data), "lp_live_half");
        assertThatThrownBy(() -> Bootstrap.read(data))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("bootstrap.json")
                .hasMessageNotContaining("lp_live_half");
    }

    @Test
    void theKeyIsNotPrinted() {
        assertThat(FRESH.toString()).doesNotContain("lp_live_key");
    }
}
