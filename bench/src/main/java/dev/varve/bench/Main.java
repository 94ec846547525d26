package dev.varve.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// `./varve bench [ingest|batches|relay|start|layout|isolation|query|all] [--seconds=N] [--events=N]`: measures the
/// packaged server on this machine and prints one table. `mapping`, `rush` and `drain` are parts of `relay`; `query` is
/// not part of `all`. Loopback only; ends its own processes and deletes its data. Exit code 1 when a target was missed.
public final class Main {
    private static final int LAYOUT_ROWS = 500_000;

    private final Path root;
    private final Path directory;
    private final Options options;
    private final List<Figure> figures = new ArrayList<>();

    private Main(Path root, Path directory, Options options) {
        this.root = root;
        this.directory = directory;
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        Optional<Options> options = Options.parse(arguments);
        if (options.isEmpty()) {
            System.err.println(Options.USAGE);
            System.exit(2);
        }
        Path root = findRoot();
        Path directory = Files.createDirectories(
                root.resolve("bench/target/run-" + ProcessHandle.current().pid()));
        Main bench = new Main(root, directory, options.orElseThrow());
        Runtime.getRuntime().addShutdownHook(new Thread(bench::cleanUp));
        bench.run();
        bench.print();
        System.exit(bench.figures.stream().allMatch(Figure::isMet) ? 0 : 1);
    }

    /// Also when the benchmark fails or is ended halfway: nothing of it goes on running, and no data stay.
    private void cleanUp() {
        Program.closeAll();
        try {
            stopPostgres(directory.resolve("data"));
            delete(directory.resolve("data"));
        } catch (IOException e) {
            System.err.println("The data of this run could not be deleted: " + e.getMessage());
        }
    }

    private void run() throws IOException, InterruptedException, SQLException {
        figures.add(Figure.context("machine before", load()));
        try (Program sandbox = Program.start(root, List.of("sandbox"), Map.of(), directory.resolve("sandbox.log"))) {
            sandbox.awaitOk("/__sim/counters");
            String appId;
            try (Program server = server(sandbox)) {
                server.awaitOk("/health");
                appId = measure(server, sandbox);
            }
            if (options.wants("start")) {
                try (Program again = server(sandbox)) {
                    figures.add(StartTime.measure(again, appId));
                }
            }
            if (options.wants("isolation")) {
                try (Program server = server(sandbox)) {
                    server.awaitOk("/health");
                    note("isolation");
                    figures.addAll(IsolationLoad.measure(server, sandbox, apiKey(), options.lasting(20)));
                }
            }
            if (options.wants("query")) {
                query(sandbox);
            }
        }
        figures.add(Figure.context("machine after", load()));
    }

    private void query(Program sandbox) throws IOException, InterruptedException, SQLException {
        Path data = directory.resolve("data");
        try (Program server = server(sandbox)) {
            server.awaitOk("/health");
            Watched watched = new Watched(server, sandbox, postgres(data));
            figures.addAll(new QueryLoad(watched, data, apiKey(), options).measure());
            note("revoked keys");
            Installation shared = Installation.of(data);
            Map<String, String> database = Map.of(
                    "VARVE_DATABASE_URL",
                    shared.url() + Installation.DATABASE,
                    "VARVE_DATABASE_USER",
                    Installation.USER,
                    "VARVE_DATABASE_PASSWORD",
                    shared.password(),
                    "VARVE_VAULT_KEY_FILE",
                    data.resolve("vault-key.json").toString());
            try (Program second = server(sandbox, data.resolve("second"), database)) {
                second.awaitOk("/health");
                figures.add(RevokedKey.measure(server, second, apiKey()));
            }
        }
    }

    /// Returns the app that the load went to.
    private String measure(Program server, Program sandbox) throws IOException, InterruptedException, SQLException {
        Path data = directory.resolve("data");
        String apiKey = apiKey();
        Shop plain = Shop.open(server, apiKey, "Bench ingest");
        if (options.wants("ingest") || options.wants("batches")) {
            note("bare COPY");
            figures.add(CopyRate.measure(data, options.lasting(8)));
        }
        Watched watched = new Watched(server, sandbox, postgres(data));
        figures.addAll(new RelayTrials(options, root, apiKey, watched).run());
        if (options.wants("ingest")) {
            note("single-event requests");
            figures.addAll(IngestLoad.singles(plain, options.lasting(20)));
        }
        if (options.wants("batches")) {
            note("batches");
            figures.add(IngestLoad.batches(plain, options.lasting(20)));
        }
        if (options.wants("layout")) {
            note("layouts");
            figures.addAll(
                    LayoutTrial.measure(data, options.seconds() == 0 ? LAYOUT_ROWS : options.seconds() * 10_000));
        }
        return plain.appId();
    }

    private String apiKey() throws IOException {
        return new JsonMapper()
                .readTree(Files.readString(directory.resolve("data/bootstrap.json")))
                .path("apiKey")
                .asText();
    }

    private static ProcessHandle postgres(Path data) throws IOException {
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("pg/postmaster.pid")).getFirst().strip());
        return ProcessHandle.of(pid).orElseThrow(() -> new IOException("PostgreSQL has ended"));
    }

    private Program server(Program sandbox) throws IOException {
        return server(sandbox, directory.resolve("data"), Map.of());
    }

    private Program server(Program sandbox, Path data, Map<String, String> database) throws IOException {
        Map<String, String> settings = new HashMap<>(database);
        settings.put("VARVE_META_BASE_URL", sandbox.url());
        settings.put("VARVE_TIKTOK_BASE_URL", sandbox.url());
        settings.put("VARVE_DELIVERY_RETRY_CAP", BacklogDrain.RETRY_CAP);
        settings.put("VARVE_INGEST_EVENTS_PER_MINUTE_PER_APP", "0");
        List<String> arguments = List.of("start", "--data", data.toString());
        return Program.start(root, arguments, settings, directory.resolve("server.log"));
    }

    private void print() {
        System.out.println();
        System.out.println(new Figure("figure", "measured", "target", true).line());
        figures.forEach(figure -> System.out.println(figure.line()));
    }

    static void note(String what) {
        System.out.println("measuring " + what + " …");
    }

    private static String load() throws IOException {
        return Runtime.getRuntime().availableProcessors() + " cores, load average "
                + Files.readString(Path.of("/proc/loadavg")).strip();
    }

    /// The checkout: where the launcher stands, or else from the working directory upward.
    private static Path findRoot() {
        String launcher = System.getProperty("varve.launcher");
        if (launcher != null) {
            return Path.of(launcher).toAbsolutePath().resolveSibling("").normalize();
        }
        Path here = Path.of("").toAbsolutePath();
        while (here != null && !Files.exists(here.resolve("server/target/varve-server.jar"))) {
            here = here.getParent();
        }
        if (here == null) {
            throw new IllegalStateException("The server is not packaged here; run ./varve bench in the checkout");
        }
        return here;
    }

    /// Ends the PostgreSQL that a killed server of ours left behind.
    private static void stopPostgres(Path data) throws IOException {
        Path pidFile = data.resolve("pg/postmaster.pid");
        if (Files.exists(pidFile)) {
            long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private static void delete(Path data) throws IOException {
        if (!Files.exists(data)) {
            return;
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
