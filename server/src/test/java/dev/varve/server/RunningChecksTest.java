package dev.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RunningChecksTest {
    private static final String WELL = """
            {"status":"ok","components":[{"name":"event-log","status":"ok","detail":"commits"}]}""";

    @Test
    void aServerWithoutTroublePasses() {
        assertThat(findings(WELL, """
                varve_layers_refused{platform="meta"} 0.0
                varve_delivery_backlog_oldest_seconds{platform="meta"} 3600.0
                varve_accounting_unexplained_events 0.0
                """).values()).allMatch(Finding::passed).hasSize(5);
    }

    @Test
    void refusedTokensAnOldBacklogAndUnexplainedEventsFailWithTheirNumbers() {
        Map<String, Finding> found = findings(WELL, """
                # HELP varve_layers_refused x
                varve_layers_refused{platform="meta"} 0.0
                varve_layers_refused{platform="tiktok"} 3.0
                varve_delivery_backlog_oldest_seconds{platform="meta"} 1.23456E7
                varve_accounting_unexplained_events 2.0
                """);

        assertThat(found.get("tokens").passed()).isFalse();
        assertThat(found.get("tokens").detail()).endsWith(": tiktok 3");
        assertThat(found.get("backlog").passed()).isFalse();
        assertThat(found.get("backlog").detail()).endsWith(": meta 12345600");
        assertThat(found.get("accounting").passed()).isFalse();
        assertThat(found.get("accounting").detail()).endsWith(": 2");
    }

    @Test
    void unreadableStatisticsAreToldButFailNothing() {
        Finding found = findings(WELL, "varve_layers_unreadable{platform=\"tiktok\"} 4.0\n")
                .get("statistics");

        assertThat(found.passed()).isTrue();
        assertThat(found.detail()).endsWith(": tiktok 4");
    }

    @Test
    void aComponentInTroubleIsNamed() {
        Finding found = findings("""
                {"components":[{"name":"relay","status":"degraded","detail":"behind"}]}""", "").get("components");

        assertThat(found.passed()).isFalse();
        assertThat(found.detail()).isEqualTo("relay: behind");
        assertThat(findings("<html>", "").get("components").passed()).isFalse();
    }

    private static Map<String, Finding> findings(String health, String metrics) {
        return new RunningChecks(health, metrics)
                .findings().stream().collect(Collectors.toMap(Finding::what, found -> found));
    }
}
