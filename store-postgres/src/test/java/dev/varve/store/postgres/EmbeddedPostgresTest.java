package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
    private static final Path PROGRAMS = Path.of("target", "postgres");

    @TempDir
    Path dataDir;

    @Test
    void keepsItsDataAcrossRestarts() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dataDir, PROGRAMS)) {
            query(postgres, "create table t as select 42 as n");
        }
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dataDir, PROGRAMS)) {
            assertThat(query(postgres, "select n from t")).isEqualTo("42");
        }
    }

    @Test
    void writesThroughToTheDiskInUtf8AndListensOnLoopbackOnly() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dataDir, PROGRAMS)) {
            assertThat(query(postgres, "show fsync")).isEqualTo("on");
            assertThat(query(postgres, "show synchronous_commit")).isEqualTo("on");
            assertThat(query(postgres, "show server_encoding")).isEqualTo("UTF8");
            assertThat(query(postgres, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(postgres, "select upper('é')")).isEqualTo("É");
        }
    }

    @Test
    void keepsThePasswordReadableByItsOwnerOnly() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dataDir, PROGRAMS)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dataDir.resolve("pg.password"))))
                    .isEqualTo("rw-------");
            assertThat(postgres.toString()).doesNotContain(postgres.password());
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "wrong"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void refusesADirectoryThatIsOpenAlready() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dataDir, PROGRAMS)) {
            assertThat(postgres.port()).isPositive();
            assertThatThrownBy(() -> EmbeddedPostgres.start(dataDir, PROGRAMS)).hasMessageContaining("in use");
        }
    }

    @Test
    void startsAgainOnTheSamePortWhenTheServerIsKilled() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dataDir, PROGRAMS)) {
            query(postgres, "create table t as select 42 as n");
            ProcessHandle.of(postgres.pid()).orElseThrow().destroyForcibly();
            assertThat(Eventually.within(Duration.ofSeconds(10), () -> query(postgres, "select n from t")))
                    .isEqualTo("42");
        }
    }

    @Test
    void adoptsOrStopsTheServerOfAKilledProcess() throws Exception {
        Process first = otherProcess();
        first.inputReader().readLine(); // it says when it is up
        first.destroyForcibly().waitFor();
        long start = System.nanoTime();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dataDir, PROGRAMS)) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
            assertThat(query(postgres, "select n from t")).isEqualTo("42");
            long adopted = postgres.pid();
            ProcessHandle.of(adopted).orElseThrow().destroyForcibly();
            Eventually.within(Duration.ofSeconds(10), () -> {
                assertThat(postgres.pid()).isNotEqualTo(adopted);
                return query(postgres, "select n from t");
            });
        }
    }

    private Process otherProcess() throws Exception {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledProcess.class.getName(),
                        dataDir.toString(),
                        PROGRAMS.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    static final class KilledProcess {
        public static void main(String[] arguments) throws Exception {
            EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(arguments[0]), Path.of(arguments[1]));
            query(postgres, "create table t as select 42 as n");
            System.out.println("\nup"); // a log line may share the first
            System.out.flush();
            Thread.currentThread().join();
        }
    }

    private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            ResultSet result = statement.getResultSet();
            result.next();
            return result.getString(1);
        }
    }
}
