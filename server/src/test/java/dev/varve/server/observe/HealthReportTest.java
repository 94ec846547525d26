package dev.varve.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.component.CheckResult;
import dev.varve.component.Component;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Health says who is unwell, and turns traffic away only when events cannot be stored.
class HealthReportTest {
    private static final CheckResult WELL = new CheckResult.Passed("fine");
    private static final CheckResult SLOW = new CheckResult.Degraded("slow");
    private static final CheckResult DOWN = new CheckResult.Failed("down");

    private record Part(String name, CheckResult check) implements Component {}

    private static HealthReport report(CheckResult log, CheckResult relay) {
        return HealthReport.of(List.of(new Part("event-log", log), new Part("relay", relay)), Set.of("event-log"));
    }

    @Test
    void allWellIsOk() {
        assertThat(report(WELL, WELL).status()).isEqualTo("ok");
        assertThat(report(WELL, WELL).isWritable()).isTrue();
    }

    @Test
    void aFailingPartThatStoresNothingLeavesTheServerWritable() {
        HealthReport report = report(WELL, DOWN);
        assertThat(report.status()).isEqualTo("ok");
        assertThat(report.isWritable()).isTrue();
    }

    @Test
    void aFailingLogIsNotWritable() {
        assertThat(report(DOWN, WELL).isWritable()).isFalse();
        assertThat(report(DOWN, WELL).status()).isEqualTo("failing");
    }

    @Test
    void aDegradedPartLeavesTheServerWritable() {
        assertThat(report(SLOW, WELL).status()).isEqualTo("ok");
        assertThat(report(SLOW, WELL).isWritable()).isTrue();
    }

    @Test
    void everyPartsAnswerIsListed() {
        assertThat(report(WELL, SLOW).components())
                .extracting(HealthReport.Line::name, HealthReport.Line::status)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("event-log", "ok"),
                        org.assertj.core.groups.Tuple.tuple("relay", "degraded"));
    }
}
