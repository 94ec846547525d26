package dev.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher as a shell program; what it starts is tested end to end elsewhere.
class LauncherTest {
    private static final Path LAUNCHER = Path.of("../varve").toAbsolutePath().normalize();

    @TempDir
    Path elsewhere;

    @Test
    void theScriptsAreValidBash() throws Exception {
        assertThat(run(List.of("bash", "-n", LAUNCHER.toString())).code()).isZero();
        assertThat(run(List.of("bash", "-n", LAUNCHER.resolveSibling(".ci/run").toString()))
                        .code())
                .isZero();
    }

    @Test
    void itWorksThroughASymbolicLinkFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(elsewhere.resolve("v"), LAUNCHER);
        Outcome help = run(List.of(link.toString(), "help"));
        assertThat(help.code()).isZero();
        assertThat(help.text()).contains("start", "demo", "doctor", "erase", "bench");
    }

    @Test
    void anUnknownCommandIsOneSentence() throws Exception {
        Outcome outcome = run(List.of(LAUNCHER.toString(), "strat"));
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text()).endsWith("varve: there is no command 'strat'.\n");
    }

    @Test
    void aMissingMavenIsOneSentence() throws Exception {
        Path tools = Files.createDirectory(elsewhere.resolve("bin"));
        for (String tool : List.of("bash", "dirname", "readlink", "sed", "find")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin").resolve(tool));
        }
        Path copy = Files.copy(LAUNCHER, elsewhere.resolve("varve"), StandardCopyOption.COPY_ATTRIBUTES);
        Outcome outcome = run(List.of(
                "env", "PATH=" + tools, "JAVA_HOME=" + System.getProperty("java.home"), copy.toString(), "start"));
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text()).startsWith("varve: Maven is needed").hasLineCount(1);
    }

    private record Outcome(int code, String text) {}

    private Outcome run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(elsewhere.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), text);
    }
}
