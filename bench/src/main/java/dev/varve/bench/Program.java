package dev.varve.bench;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A process of the packaged product, started as the launcher does, on a free loopback port.
final class Program implements AutoCloseable {
    private static final Pattern LAUNCHER_FLAGS = Pattern.compile("(?ms)^JVM_FLAGS=\\(\\s*(.*?)\\s*^\\)");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final Set<Program> RUNNING = ConcurrentHashMap.newKeySet();

    private final Process process;
    private final int port;
    private final long startedAt;

    private Program(Process process, int port, long startedAt) {
        this.process = process;
        this.port = port;
        this.startedAt = startedAt;
    }

    /// `arguments` get `--port` appended. Output goes to `log`.
    static Program start(Path root, List<String> arguments, Map<String, String> environment, Path log)
            throws IOException {
        int port = freePort();
        Path target = root.resolve("server/target");
        if (!Files.isRegularFile(target.resolve("varve-server.jar"))) {
            throw new IOException("The server is not packaged; run ./varve bench, or mvn package first");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaFlags(root));
        if (arguments.contains("sandbox")) {
            command.add("-Xmx768m"); // as the launcher: it remembers millions of event ids
        }
        command.add("-cp");
        command.add(target.resolve("varve-server.jar") + File.pathSeparator + target.resolve("lib") + "/*");
        command.add("dev.varve.server.Main");
        command.addAll(arguments);
        command.addAll(List.of("--port", Integer.toString(port)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("VARVE_"));
        builder.environment().putAll(environment);
        long now = System.nanoTime();
        Program program = new Program(builder.start(), port, now);
        RUNNING.add(program);
        return program;
    }

    /// The last begun first, as a server needs its sandbox.
    static void closeAll() {
        RUNNING.stream()
                .sorted(Comparator.comparingLong((Program program) -> program.startedAt)
                        .reversed())
                .forEach(Program::close);
    }

    int port() {
        return port;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /// Returns when `GET path` answers 200.
    void awaitOk(String path) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (status(path) != 200) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw new IOException("A process did not start; see its log");
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    /// Resident memory of the process in MiB.
    double residentMebibytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        return 0;
    }

    /// SIGTERM, and SIGKILL to this process alone when it does not end within 15 s.
    @Override
    public void close() {
        RUNNING.remove(this);
        process.destroy();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private int status(String path) throws InterruptedException {
        try {
            return send("GET", path, "").statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    static List<String> javaFlags(Path root) throws IOException {
        Matcher matcher = LAUNCHER_FLAGS.matcher(Files.readString(root.resolve("varve")));
        if (!matcher.find()) {
            throw new IOException("The launcher has no JVM_FLAGS=( … )");
        }
        return List.of(matcher.group(1).strip().split("\\s+"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
