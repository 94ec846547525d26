package dev.varve.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Latencies by what was read, of the same reads on little and on much data.
record Readings(Map<String, LatencyHistogram> latencies) {
    private static final double MOST = 50;
    private static final double RATIO = 2;

    Readings() {
        this(new LinkedHashMap<>());
    }

    void add(String name, LatencyHistogram read) {
        latencies.put(name, read);
    }

    /// A line for each, and one for the read that much data made slowest in proportion.
    List<Figure> beside(Readings little) {
        List<Figure> figures = new ArrayList<>();
        double worst = 0;
        String worstName = "";
        for (Map.Entry<String, LatencyHistogram> entry : latencies.entrySet()) {
            double before = little.p50(entry.getKey());
            double ratio = p50(entry.getKey()) / before;
            figures.add(line(entry.getKey(), entry.getValue(), before, ratio));
            if (ratio > worst) {
                worst = ratio;
                worstName = entry.getKey();
            }
        }
        figures.add(new Figure(
                "p50 of the slowest of them, compared with 100 times less",
                String.format("%.1f times: %s", worst, worstName),
                "< 2 times",
                worst < RATIO));
        return figures;
    }

    private static Figure line(String name, LatencyHistogram latencies, double before, double ratio) {
        double p99 = latencies.millisAt(0.99);
        return new Figure(
                "  " + name,
                String.format(
                        "p50 %.1f, p99 %.1f ms; of 1 %%: p50 %.1f (%.1fx)%s",
                        latencies.millisAt(0.5), p99, before, ratio, few(latencies)),
                "p99 < 50 ms",
                p99 < MOST);
    }

    /// A shape whose time was up before a hundred reads says so.
    private static String few(LatencyHistogram latencies) {
        return latencies.count() < PageReads.ENOUGH ? ", " + latencies.count() + " reads" : "";
    }

    private double p50(String name) {
        LatencyHistogram read = latencies.get(name);
        if (read == null) {
            throw new IllegalArgumentException(name + " was not read");
        }
        return read.millisAt(0.5);
    }
}
