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

    /// What the launcher itself calls to run the tests.
    private static final List<String> TOOLS =
            List.of("bash", "dirname", "readlink", "sed", "find", "mkdir", "rm", "tr", "awk");

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
        Outcome outcome = runCopy(List.of("bash", "dirname", "readlink", "sed", "find"), "start");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text()).startsWith("varve: Maven is needed").hasLineCount(1);
    }

    @Test
    void testsInstallAMissingBrowserWhenRootRunsThem() throws Exception {
        Path done = elsewhere.resolve("installed");
        tool("id", "echo 0");
        tool("apt-get", "echo \"$@\" >> " + done);
        tool("mvn", "echo maven \"$@\"");

        Outcome outcome = runCopy(TOOLS, "test");

        assertThat(outcome.text())
                .startsWith("varve: installing the Debian package \"chromium\", which the tests need ...\nmaven");
        assertThat(done).hasContent("update\ninstall -y --no-install-recommends chromium");
    }

    @Test
    void testsNameTheMissingBrowserWhenSomebodyElseRunsThem() throws Exception {
        tool("id", "echo 1000");
        tool("apt-get", "echo must not be called");
        tool("mvn", "echo maven");

        Outcome outcome = runCopy(TOOLS, "test");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text())
                .isEqualTo("varve: Chromium is needed for the tests and was not found; install it"
                        + " (the Debian package \"chromium\").\n");
    }

    @Test
    void testsInstallNothingWhenThereIsABrowser() throws Exception {
        tool("id", "echo 0");
        tool("apt-get", "echo must not be called");
        tool("chromium", "");
        tool("mvn", "echo maven \"$@\"");

        assertThat(runCopy(TOOLS, "test").text()).startsWith("maven").doesNotContain("must not be called");
    }

    private void tool(String name, String script) throws Exception {
        Path file = Files.writeString(
                Files.createDirectories(elsewhere.resolve("bin")).resolve(name), "#!/bin/bash\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /// The launcher copied to an empty folder, with these tools of the system and what `tool` made beside them.
    private Outcome runCopy(List<String> system, String command) throws Exception {
        Path tools = Files.createDirectories(elsewhere.resolve("bin"));
        for (String name : system) {
            Files.createSymbolicLink(tools.resolve(name), Path.of("/usr/bin").resolve(name));
        }
        Path copy = Files.copy(LAUNCHER, elsewhere.resolve("varve"), StandardCopyOption.COPY_ATTRIBUTES);
        return run(List.of(
                "env", "PATH=" + tools, "JAVA_HOME=" + System.getProperty("java.home"), copy.toString(), command));
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
