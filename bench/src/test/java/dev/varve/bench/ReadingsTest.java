package dev.varve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What is printed of reads on little and on much data.
class ReadingsTest {
    @Test
    void theReadThatGrewMostIsNamedAndMissesItsTarget() {
        List<Figure> figures = readings(3, 8).beside(readings(3, 2));

        assertThat(figures).hasSize(3);
        assertThat(figures.getFirst().isMet()).isTrue();
        assertThat(figures.getLast().measured()).startsWith("4.").endsWith("grown");
        assertThat(figures.getLast().isMet()).isFalse();
    }

    @Test
    void aReadThatTakesTooLongMissesItsTarget() {
        List<Figure> figures = readings(3, 60).beside(readings(3, 40));

        assertThat(figures.get(1).isMet()).isFalse();
        assertThat(figures.get(1).measured()).endsWith("1 reads");
        assertThat(figures.getLast().isMet()).isTrue();
    }

    @Test
    void aPageThatHadFewerEventsToShowIsNoMeasureOfGrowth() {
        Readings little = new Readings();
        little.add("filled", taking(2), 3);
        Readings much = new Readings();
        much.add("filled", taking(9), 50);

        List<Figure> figures = much.beside(little);

        assertThat(figures).hasSize(2);
        assertThat(figures.getFirst().measured()).contains("3 events to 50");
        assertThat(figures.getLast().target()).isEmpty();
    }

    private static Readings readings(long steady, long grown) {
        Readings readings = new Readings();
        readings.add("steady", taking(steady), 50);
        readings.add("grown", taking(grown), 50);
        return readings;
    }

    private static LatencyHistogram taking(long millis) {
        LatencyHistogram latencies = new LatencyHistogram();
        latencies.record(millis * 1_000_000);
        return latencies;
    }
}
