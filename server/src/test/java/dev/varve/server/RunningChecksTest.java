package dev.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunningChecksTest {
    private static final String WELL = """
            {"status":"ok","components":[{"name":"event-log","status":"ok","detail":"commits"}]}""";

    @Test
    void aServerWithoutTroublePasses() {
        assertThat(new RunningChecks(WELL, """
                varve_layers_refused{platform="meta"} 0.0
                varve_delivery_backlog_oldest_seconds{platform="meta"} 3600.0
                varve_accounting_unexplained_events 0.0
                """).findings())
                .allMatch(Finding::passed)
                .hasSize(5);
    }

    @Test
    void refusedTokensAnOldBacklogAndUnexplainedEventsFailWithTheirNumbers() {
        RunningChecks found = new RunningChecks(WELL, """
                # HELP varve_layers_refused x
                varve_layers_refused{platform="meta"} 0.0
                varve_layers_refused{platform="tiktok"} 3.0
                varve_delivery_backlog_oldest_seconds{platform="meta"} 1.23456E7
                varve_accounting_unexplained_events 2.0
                """);

        assertThat(finding(found, "tokens").passed()).isFalse();
        assertThat(finding(found, "tokens").detail()).endsWith(": tiktok 3");
        assertThat(finding(found, "backlog").passed()).isFalse();
        assertThat(finding(found, "backlog").detail()).endsWith(": meta 12345600");
        assertThat(finding(found, "accounting").passed()).isFalse();
        assertThat(finding(found, "accounting").detail()).endsWith(": 2");
    }

    @Test
    void unreadableStatisticsAreToldButFailNothing() {
        Finding found =
                finding(new RunningChecks(WELL, "varve_layers_unreadable{platform=\"tiktok\"} 4.0\n"), "statistics");

        assertThat(found.passed()).isTrue();
        assertThat(found.detail()).endsWith(": tiktok 4");
    }

    @Test
    void aComponentInTroubleIsNamed() {
        String degraded = """
                {"components":[{"name":"relay","status":"degraded","detail":"behind"}]}""";
        Finding found = finding(new RunningChecks(degraded, ""), "components");

        assertThat(found.passed()).isFalse();
        assertThat(found.detail()).isEqualTo("relay: behind");
        assertThat(finding(new RunningChecks("<html>", ""), "components").passed())
                .isFalse();
    }

    private static Finding finding(RunningChecks checks, String what) {
        return checks.findings().stream()
                .filter(one -> one.what().equals(what))
                .findFirst()
                .orElseThrow();
    }
}
