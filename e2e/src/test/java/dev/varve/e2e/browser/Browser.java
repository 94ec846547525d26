package dev.varve.e2e.browser;

import dev.varve.e2e.fixture.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Chromium without a window, with a profile of its own. It resolves no name and so reaches nothing but addresses on
/// this machine. It is driven over a pair of pipes: when the test's process dies in whatever way, the pipes close and
/// the browser ends too.
public final class Browser implements AutoCloseable {
    private static final List<String> COMMANDS = List.of("chromium", "google-chrome");
    private static final Duration END_LIMIT = Duration.ofSeconds(10);

    /// The sandbox needs rights that root and containers lack, and the only pages are those of the product under test.
    private static final List<String> FLAGS = List.of(
            "--headless=new",
            "--remote-debugging-pipe",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--no-default-browser-check",
            "--password-store=basic",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            "--window-size=1280,900");

    private final Process process;
    private final DevTools tools;

    private Browser(Process process) {
        this.process = process;
        this.tools = DevTools.over(process.getInputStream(), process.getOutputStream());
    }

    /// `test`: names the profile's directory and the log beside it.
    ///
    /// @throws AssertionError when there is no Chromium
    public static Browser start(Class<?> test) {
        return start(test, System.getenv().getOrDefault("PATH", ""));
    }

    /// Looks for Chromium in the folders of `path` only.
    public static Browser start(Class<?> test, String path) {
        Path program = find(path);
        Path directory = Directories.fresh(test, "browser");
        // The protocol's pipes are the descriptors 3 and 4, which Java cannot hand over by itself.
        List<String> command = new ArrayList<>(
                List.of("bash", "-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >&2", program.toString()));
        command.addAll(FLAGS);
        command.add("--user-data-dir=" + directory.resolve("profile"));
        command.add("about:blank");
        try {
            return new Browser(new ProcessBuilder(command)
                    .redirectError(directory.resolve("chromium.log").toFile())
                    .start());
        } catch (IOException e) {
            throw new AssertionError("Chromium does not start", e);
        }
    }

    /// A fresh page that shares no storage with any other.
    public BrowserPage newPage() {
        String context = tools.call("Target.createBrowserContext", Map.of("disposeOnDetach", true))
                .path("browserContextId")
                .asText();
        String target = tools.call("Target.createTarget", Map.of("url", "about:blank", "browserContextId", context))
                .path("targetId")
                .asText();
        String session = tools.call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .path("sessionId")
                .asText();
        return BrowserPage.of(tools, session);
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        try {
            process.getOutputStream().close();
        } catch (IOException alreadyGone) {
            // Then there is nothing to tell it.
        }
        try {
            if (!process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private static Path find(String path) {
        return COMMANDS.stream()
                .flatMap(name -> Stream.of(path.split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "Chromium is needed for this test and was not found; install the package \"chromium\"."));
    }
}
