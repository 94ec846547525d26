package dev.varve.server;

import com.sun.management.OperatingSystemMXBean;
import dev.varve.component.CheckResult;
import dev.varve.server.config.Settings;
import dev.varve.server.config.SettingsException;
import dev.varve.server.vault.TinkVault;
import dev.varve.store.postgres.Database;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Checks the machine and, if there is one, the running installation. Changes nothing.
final class Doctor {
    private static final long MIB = 1024 * 1024;

    private final Settings settings;
    private final Path data;

    Doctor(Settings settings) {
        this.settings = settings;
        this.data = settings.installation().data();
    }

    /// Prints a line per check; 0 when all passed, else 1.
    int examine(PrintStream out) {
        List<Finding> findings = new ArrayList<>(
                List.of(jdk(), memory(), disk(), dataDirectory(), server(), vaultKey(), postgresBinaries()));
        findings.addAll(running());
        for (Finding finding : findings) {
            out.printf("%-6s %-16s %s%n", finding.passed() ? "ok" : "FAILED", finding.what(), finding.detail());
            if (!finding.passed()) {
                out.printf("       %-16s -> %s%n", "", finding.fix());
            }
        }
        return findings.stream().allMatch(Finding::passed) ? 0 : 1;
    }

    private static Finding jdk() {
        int version = Runtime.version().feature();
        return new Finding("JDK", version >= 25, "version " + Runtime.version(), "install a JDK 25");
    }

    private static Finding memory() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long mebibytes = system.getTotalMemorySize() / MIB;
        return new Finding("memory", mebibytes >= 1024, mebibytes + " MiB", "give the machine at least 1 GiB");
    }

    private Finding disk() {
        try {
            long mebibytes = Files.getFileStore(existing(data)).getUsableSpace() / MIB;
            return new Finding(
                    "disk", mebibytes >= 2048, mebibytes + " MiB free", "make room for at least 2 GiB of events");
        } catch (IOException e) {
            return new Finding("disk", false, "free space cannot be read", "check the file system of " + data);
        }
    }

    private Finding dataDirectory() {
        boolean writable = Files.isWritable(existing(data));
        return new Finding(
                "data directory",
                writable,
                data + (Files.exists(data) ? "" : " (made at first start)"),
                "make it writable for this user or choose another with --data");
    }

    private Finding server() {
        Optional<Bootstrap> bootstrap = Bootstrap.read(data);
        Optional<HttpResponse<String>> health = bootstrap.flatMap(b -> get(b.apiUrl() + "/health"));
        if (health.isPresent()) {
            int status = health.get().statusCode();
            return new Finding("server", status == 200, "running, /health says " + status, "see /health and the log");
        }
        int port = settings.http().port();
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(settings.http().bind(), port));
            return new Finding("server", true, "not running, port " + port + " is free", "");
        } catch (IOException e) {
            return new Finding(
                    "server", false, "port " + port + " is taken by something else", "choose another with --port");
        }
    }

    private List<Finding> running() {
        return Bootstrap.read(data)
                .flatMap(known -> get(known.apiUrl() + "/health").flatMap(health -> get(known.apiUrl() + "/metrics")
                        .map(metrics -> new RunningChecks(health.body(), metrics.body()).findings())))
                .orElse(List.of());
    }

    private static Optional<HttpResponse<String>> get(String url) {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return Optional.of(client.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Finding vaultKey() {
        Path file = settings.installation().vaultKeyFile();
        if (!Files.exists(file)) {
            boolean fresh = Bootstrap.read(data).isEmpty();
            return new Finding(
                    "vault key",
                    fresh,
                    fresh ? "made at first start" : file + " is missing",
                    "put it back from its copy");
        }
        return new Finding("vault key", TinkVault.isReadable(file), file.toString(), "put the file back from its copy");
    }

    private Finding postgresBinaries() {
        if (settings.database().url().isPresent()) {
            return externalPostgres(settings.database().url().get());
        }
        String arch = System.getProperty("os.arch", "");
        String name = arch.equals("aarch64") ? "/postgres-linux-arm_64.txz" : "/postgres-linux-x86_64.txz";
        return new Finding(
                "PostgreSQL",
                Doctor.class.getResource(name) != null,
                "embedded, for " + arch,
                "this CPU has no embedded PostgreSQL; set VARVE_DATABASE_URL");
    }

    private Finding externalPostgres(String url) {
        String fix = "check database-url, database-user and database-password, and that the server runs";
        try (Database database = StoreParts.openExternal(url, settings.database())) {
            CheckResult result = database.check();
            return new Finding("PostgreSQL", result instanceof CheckResult.Passed, "external; " + result.detail(), fix);
        } catch (SettingsException e) {
            return new Finding("PostgreSQL", false, String.valueOf(e.getMessage()), fix);
        }
    }

    private static Path existing(Path path) {
        Path here = path;
        while (!Files.exists(here) && here.getParent() != null) {
            here = here.getParent();
        }
        return here;
    }
}
