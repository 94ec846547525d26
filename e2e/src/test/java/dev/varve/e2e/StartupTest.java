package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.Tables;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Starting, starting again, and refusing to start with one clear sentence.
class StartupTest {
    @Test
    void theFirstStartWritesTheBootstrapFileAndLaterStartsKeepIt() throws Exception {
        Path directory = Directories.fresh(StartupTest.class, "bootstrap");
        try (RunningVarve varve = RunningVarve.prepare(directory.resolve("data"), List.of(), Map.of())) {
            varve.start();
            JsonNode bootstrap = varve.bootstrap();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(varve.bootstrapFile())))
                    .isEqualTo("rw-------");
            for (String member : List.of("apiUrl", "ingestUrl", "dashboardUrl")) {
                assertThat(bootstrap.path(member).asText())
                        .startsWith("http")
                        .doesNotEndWith("/")
                        .doesNotEndWith("/v1");
            }
            assertThat(bootstrap.path("organizationId").asText()).startsWith("org_");
            assertThat(bootstrap.path("apiKey").asText()).startsWith("lp_live_");
            JsonNode whoami = varve.api().get("/v1/whoami").expect(200).json();
            assertThat(whoami.path("organizationId")).isEqualTo(bootstrap.path("organizationId"));
            assertThat(whoami.path("rateLimitTier").asText()).isEqualTo("internal");
            assertThat(whoami.path("scopes").toString()).isEqualTo("[\"*\",\"org:admin\"]");

            assertThat(varve.stop()).isZero();
            varve.start();
            assertThat(varve.bootstrap()).isEqualTo(bootstrap);
            varve.api().get("/v1/whoami").expect(200);
        }
    }

    @Test
    void healthAndMetricsAnswerWithoutAKey() {
        Path directory = Directories.fresh(StartupTest.class, "observe");
        try (RunningVarve varve = RunningVarve.prepare(directory.resolve("data"), List.of(), Map.of())) {
            varve.start();
            assertThat(varve.http()
                            .get("/health")
                            .expect(200)
                            .json()
                            .path("status")
                            .asText())
                    .isEqualTo("ok");
            assertThat(varve.http().get("/metrics").expect(200).text()).contains("# TYPE ");
            assertThat(varve.http().get("/health").header("X-Request-Id")).startsWith("req_");
        }
    }

    @Test
    void anUnknownSettingIsRefusedByName() {
        refuses("unknown", List.of("--prot-of-call=1"), Map.of(), "prot-of-call");
        refuses("variable", List.of(), Map.of("VARVE_METTA_BASE_URL", "x"), "VARVE_METTA_BASE_URL");
    }

    @Test
    void plainHttpToAPlatformIsRefusedBeyondLoopback() {
        refuses("plain", List.of(), Map.of("VARVE_META_BASE_URL", "http://platform.example"), "meta-base-url");
    }

    @Test
    void aDataDirectoryInUseIsRefused() {
        Path directory = Directories.fresh(StartupTest.class, "in-use");
        try (RunningVarve varve = RunningVarve.prepare(directory.resolve("data"), List.of(), Map.of());
                RunningVarve second = RunningVarve.prepare(directory.resolve("data"), List.of(), Map.of())) {
            varve.start();
            second.launch();
            assertThat(second.awaitExit(Duration.ofSeconds(30))).isNotZero();
            assertThat(second.log()).containsPattern("(?i)another Varve");
            assertThat(varve.isReady()).isTrue();
        }
    }

    @Test
    void aTakenPortIsRefusedAndNothingSaysThatTheServerRuns() throws Exception {
        try (ServerSocket other = new ServerSocket(0)) {
            Path data = Directories.fresh(StartupTest.class, "port").resolve("data");
            try (RunningVarve varve =
                    RunningVarve.prepare(data, List.of("--ingest-port=" + other.getLocalPort()), Map.of())) {
                varve.launch();
                assertThat(varve.awaitExit(Duration.ofSeconds(30))).isEqualTo(1);
                assertThat(varve.log())
                        .contains("Port " + other.getLocalPort() + " is in use already")
                        .doesNotContain("Varve is running", "stack_trace");
            }
        }
    }

    @Test
    void aSchemaNewerThanTheProgramIsRefused() {
        Path directory = Directories.fresh(StartupTest.class, "newer");
        try (RunningVarve varve = RunningVarve.prepare(directory.resolve("data"), List.of(), Map.of())) {
            varve.start();
            Tables.of(varve)
                    .execute("insert into flyway_schema_history (installed_rank, version, description, type, script,"
                            + " installed_by, execution_time, success) values (9999, '9999', 'from the future', 'SQL', 'V9999__x.sql',"
                            + " 'varve', 1, true)");
            assertThat(varve.stop()).isZero();

            varve.launch();
            assertThat(varve.awaitExit(Duration.ofSeconds(30))).isNotZero();
            assertThat(varve.log()).contains("9999");
        }
    }

    private static void refuses(String name, List<String> settings, Map<String, String> environment, String named) {
        Path directory = Directories.fresh(StartupTest.class, name);
        try (RunningVarve varve = RunningVarve.prepare(directory.resolve("data"), settings, environment)) {
            varve.launch();
            assertThat(varve.awaitExit(Duration.ofSeconds(30))).isNotZero();
            assertThat(varve.log()).contains(named).doesNotContain("\tat ");
        }
    }
}
