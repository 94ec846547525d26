package dev.varve.store.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operating system's processes of one database directory. They are known by their working directory, which
/// PostgreSQL sets to the database's; process ids alone may long belong to somebody else.
final class PostgresProcesses {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresProcesses.class);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(5);
    private final Path database;

    PostgresProcesses(Path database) {
        this.database = database;
    }

    /// The running server that `postmaster.pid` names, or null.
    @Nullable
    ProcessHandle postmaster() throws IOException {
        List<String> lines = pidFile();
        if (lines.isEmpty()) {
            return null;
        }
        ProcessHandle handle =
                ProcessHandle.of(Long.parseLong(lines.getFirst().trim())).orElse(null);
        return handle != null && isOurs(handle) ? handle : null;
    }

    /// The port that `postmaster.pid` names.
    int port() throws IOException {
        List<String> lines = pidFile();
        return lines.size() > 3 ? Integer.parseInt(lines.get(3).trim()) : 0;
    }

    boolean isRunWith(ProcessHandle handle, List<String> command) {
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(handle.pid()), "cmdline"));
            return new String(bytes, StandardCharsets.UTF_8).equals(String.join("\0", command) + "\0");
        } catch (IOException e) {
            return false;
        }
    }

    /// Stops the server: a fast shutdown, and after `limit` everything is killed.
    void stop(ProcessHandle server, Duration limit) throws InterruptedException {
        if (isOurs(server)) {
            interrupt(server);
            try {
                server.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                LOG.warn("PostgreSQL did not stop within {} and is killed; it recovers at the next start", limit);
            }
        }
        kill();
    }

    /// Kills what is left of the server and waits until it is gone.
    void kill() {
        List<ProcessHandle> left =
                ProcessHandle.allProcesses().filter(this::isOurs).toList();
        left.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle handle : left) {
            try {
                handle.onExit().get(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (ExecutionException | TimeoutException e) {
                LOG.warn("process {} of PostgreSQL does not go away", handle.pid());
            }
        }
    }

    private boolean isOurs(ProcessHandle handle) {
        Path process = Path.of("/proc", Long.toString(handle.pid()));
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(database)
                    && Files.readString(process.resolve("comm")).trim().equals("postgres");
        } catch (IOException e) {
            return false; // gone, or somebody else's
        }
    }

    /// SIGINT is PostgreSQL's fast shutdown; Java itself can only send SIGTERM, which waits for all clients to leave.
    private static void interrupt(ProcessHandle server) throws InterruptedException {
        try {
            new ProcessBuilder("sh", "-c", "kill -INT \"$0\"", Long.toString(server.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            LOG.warn("no shell to stop PostgreSQL with", e);
        }
    }

    private List<String> pidFile() throws IOException {
        Path file = database.resolve("postmaster.pid");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
