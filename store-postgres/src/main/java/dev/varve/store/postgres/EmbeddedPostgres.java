package dev.varve.store.postgres;

import dev.varve.component.CheckResult;
import dev.varve.component.Component;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A real PostgreSQL server that lives in the data directory and as long as this process.
///
/// - Files: `pg-bin-<version>` the programs, `pg` the database, `pg.password` (0600), `pg.log`, `pg.lock`.
/// - Listens on 127.0.0.1 only, on a free port that stays the same until [#close()].
/// - When the server dies, it is started again on that port, at most one try per second, until [#close()].
/// - When this process was killed, its server lives on; the next start of the same directory adopts it if it is healthy
///   and has the same settings, and otherwise stops it.
/// - Only one process may open a data directory.
public final class EmbeddedPostgres implements AutoCloseable, Component {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    static final String USER = "varve";
    private static final String DATABASE = "varve";
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration FAST_STOP_LIMIT = Duration.ofSeconds(5);
    private static final long LOG_LIMIT_BYTES = 16L << 20;

    private final Path dataDir;
    private final Path programs;
    private final Path database;
    private final String password;
    private final UnprivilegedUser user;
    private final FileLock lock;
    private final PostgresProcesses processes;
    private final Thread supervisor;
    private volatile int port;
    private volatile ProcessHandle server;
    private volatile boolean closing;

    /// Starts the server of `dataDir` (created when missing) and returns when it answers queries.
    ///
    /// @throws IllegalStateException when another process has the directory open, or the server does not start; the
    ///     message names the log file
    public static EmbeddedPostgres start(Path dataDir) {
        return start(dataDir, dataDir);
    }

    /// The same with the programs unpacked into (or found in) another directory, which several servers may share.
    public static EmbeddedPostgres start(Path dataDir, Path programsDir) {
        try {
            Files.createDirectories(dataDir);
            Files.createDirectories(programsDir);
            FileLock lock = lock(dataDir);
            try {
                return new EmbeddedPostgres(dataDir.toRealPath(), programsDir.toRealPath(), lock);
            } catch (IOException | InterruptedException | RuntimeException e) {
                lock.channel().close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded PostgreSQL did not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the embedded PostgreSQL started", e);
        }
    }

    private EmbeddedPostgres(Path dataDir, Path programsDir, FileLock lock) throws IOException, InterruptedException {
        this.dataDir = dataDir;
        this.lock = lock;
        this.programs = PostgresBinaries.unpack(programsDir);
        this.user = UnprivilegedUser.choose(program("postgres"), dataDir);
        this.database = dataDir.resolve("pg");
        this.password = password(dataDir.resolve("pg.password"));
        this.processes = new PostgresProcesses(database);
        initialize();
        user.own(database);
        this.server = adoptOrLaunch();
        ensureDatabase();
        this.supervisor =
                Thread.ofPlatform().daemon().name("postgres-supervisor").start(this::supervise);
    }

    static String jdbcUrl(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE;
    }

    public String jdbcUrl() {
        return jdbcUrl(port);
    }

    public String user() {
        return USER;
    }

    public String password() {
        return password;
    }

    public int port() {
        return port;
    }

    /// The process id of the server's first process, which changes when the server had to be started again.
    public long pid() {
        return server.pid();
    }

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public CheckResult check() {
        return server.isAlive()
                ? new CheckResult.Passed("embedded PostgreSQL runs")
                : new CheckResult.Failed("embedded PostgreSQL is down and being started again");
    }

    /// Stops the server within 6 s: first politely, then at once, which costs the next start a recovery but no data.
    @Override
    public void close() {
        closing = true;
        supervisor.interrupt();
        try {
            supervisor.join(Duration.ofSeconds(2));
            processes.stop(server, FAST_STOP_LIMIT);
        } catch (InterruptedException e) {
            processes.kill();
            Thread.currentThread().interrupt();
        } finally {
            unlock();
        }
    }

    @Override
    public String toString() {
        return "EmbeddedPostgres[" + dataDir + ", port " + port + "]";
    }

    private static FileLock lock(Path dataDir) throws IOException {
        FileChannel channel =
                FileChannel.open(dataDir.resolve("pg.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            LOG.debug("this process has the directory open already", e);
        }
        if (lock == null) {
            channel.close();
            throw new IllegalStateException("the data directory " + dataDir + " is in use by another Varve process");
        }
        return lock;
    }

    private void unlock() {
        try {
            lock.channel().close();
        } catch (IOException e) {
            LOG.warn("the data directory's lock was not released", e);
        }
    }

    private static String password(Path file) throws IOException {
        if (Files.exists(file)) {
            return Files.readString(file).trim();
        }
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        Path half = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(half);
        Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(half, password);
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        return password;
    }

    private void initialize() throws IOException, InterruptedException {
        if (Files.exists(database.resolve("PG_VERSION"))) {
            return;
        }
        Path half = dataDir.resolve("pg.tmp");
        PostgresBinaries.deleteTree(half);
        Files.createDirectory(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path passwordFile = Files.createTempFile(dataDir, "pg", ".init");
        try {
            Files.writeString(passwordFile, password);
            user.own(half);
            user.own(passwordFile);
            run(List.of(
                    program("initdb").toString(),
                    "--pgdata=" + half,
                    "--username=" + USER,
                    "--pwfile=" + passwordFile,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-instructions"));
        } finally {
            Files.delete(passwordFile);
        }
        Files.move(half, database);
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        int code = process(command).start().waitFor();
        if (code != 0) {
            throw new IOException(command.getFirst() + " ended with " + code + "; see " + logFile());
        }
    }

    private ProcessHandle adoptOrLaunch() throws IOException, InterruptedException {
        @Nullable ProcessHandle orphan = processes.postmaster();
        if (orphan != null) {
            port = processes.port();
            if (processes.isRunWith(orphan, arguments(port)) && answersWithin(orphan, Duration.ofSeconds(1))) {
                LOG.info("adopted the PostgreSQL server that an earlier process left behind, pid {}", orphan.pid());
                return orphan;
            }
            processes.stop(orphan, Duration.ofSeconds(2));
        }
        port = freePort();
        return launch();
    }

    private ProcessHandle launch() throws IOException, InterruptedException {
        processes.kill(); // what a killed server left: its backends hold its memory for a moment
        rotateLog();
        ProcessHandle started = process(arguments(port)).start().toHandle();
        if (!answersWithin(started, START_LIMIT)) {
            processes.kill();
            throw new IOException("PostgreSQL does not answer; see " + logFile());
        }
        return started;
    }

    private ProcessBuilder process(List<String> command) {
        // A session of its own: Ctrl-C in the terminal must reach PostgreSQL only after the events are stored.
        List<String> whole = new java.util.ArrayList<>(List.of("setsid"));
        whole.addAll(user.command(command));
        ProcessBuilder builder = new ProcessBuilder(whole)
                .directory(Path.of("/").toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
        builder.environment().keySet().removeIf(key -> key.startsWith("PG") || key.startsWith("VARVE_"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private List<String> arguments(int port) {
        return PostgresArguments.of(program("postgres"), database, port);
    }

    private boolean answersWithin(ProcessHandle process, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (Connection connection = connect("postgres")) {
                return connection.isValid(1);
            } catch (SQLException e) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        return false;
    }

    private void ensureDatabase() throws IOException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("select 1 from pg_database where datname = '" + DATABASE + "'")) {
            if (!found.next()) {
                statement.execute("create database " + DATABASE);
            }
        } catch (SQLException e) {
            throw new IOException("the database could not be created", e);
        }
    }

    private Connection connect(String databaseName) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "1");
        properties.setProperty("loginTimeout", "1");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + databaseName, properties);
    }

    private void supervise() {
        try {
            while (!closing) {
                server.onExit().get();
                if (!closing) {
                    LOG.warn("the PostgreSQL server died and is started again");
                    restart();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close() does this
        } catch (java.util.concurrent.ExecutionException e) {
            LOG.error("the PostgreSQL server is no longer watched", e);
        }
    }

    private void restart() throws InterruptedException {
        try {
            server = launch();
            LOG.info("the PostgreSQL server runs again");
        } catch (IOException e) {
            LOG.error("the PostgreSQL server did not start again; next try in a second", e);
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private void rotateLog() throws IOException {
        if (Files.exists(logFile()) && Files.size(logFile()) > LOG_LIMIT_BYTES) {
            Files.move(logFile(), dataDir.resolve("pg.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Path program(String name) {
        return programs.resolve("bin").resolve(name);
    }

    private Path logFile() {
        return dataDir.resolve("pg.log");
    }
}
